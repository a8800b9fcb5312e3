"""How a kind of thing describes itself, so that it can be listed, filtered, counted, sorted and searched: values, no base class."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Generic, Literal, TypeVar

from dossier.conditions import Condition, Vocabulary
from dossier.foundation.actor import Scope
from dossier.foundation.database import Row
from dossier.listing.sql import Columns, worth_an_index

T = TypeVar("T")

Archived = Literal["true", "false", "any"]

Matching = tuple[str, dict[str, Any]]
"""SQL that holds for the rows that are meant, and its values."""


@dataclass(frozen=True, slots=True)
class Visible:
    """Which rows of a table a caller may see: those of its workspaces, and of them, where it is limited, those that are its `own`.

    `own` is SQL over the row, with `%(only_owner)s`.
    """

    alias: str
    own: str

    def __str__(self) -> str:
        """The whole of it, for a statement that stands as a text."""
        return f"{self.alias}.workspace_id = ANY(%(scope)s) AND (%(only_owner)s::uuid IS NULL OR {self.own})"

    def within_workspaces(self, scope: Scope) -> str:
        """What more must hold of a row of its workspaces, for a statement that is put together: nothing where all are seen."""
        return self.own if scope.owner else "true"


@dataclass(frozen=True, slots=True)
class Sort:
    """What rows can be sorted by: SQL of it, to what its text is cast back, and whether it is a time (then the last comes first).

    `source`: the tables to begin with where another than the kind's own has the index for the order, its alias `by`.
    """

    key: str
    cast: str = '::text COLLATE "C"'
    is_time: bool = False
    source: str = ""
    by: str = ""


def by_time(key: str, source: str = "", by: str = "") -> Sort:
    """Sorted by a column that holds a time."""
    return Sort(key, "::timestamptz", True, source, by)


@dataclass(frozen=True, slots=True)
class Collection:
    """A kind of thing as every list knows it.

    `source`: its tables, the one with `workspace_id` and `id` under `alias`. `sorts`: by name; the first is the usual one.
    `archived_at`: SQL of when a thing was put away, "" where that does not exist. `total`: a statement that gives the
    `count` of all without counting them (`%(archived)s` is a bool[]), and `groups` one that gives it for each combination of
    states, with whether it is `ready`. `ready`: a statement that gives each `field` for
    which `columns.indexed` is complete.
    """

    source: str
    alias: str
    visible: Visible
    vocabulary: Vocabulary
    columns: Columns
    sorts: Mapping[str, Sort]
    archived_at: str = ""
    total: str = ""
    groups: str = ""
    ready: str = ""

    def sort(self, name: str) -> Sort:
        """A sort, with where it begins."""
        sort = self.sorts[name]
        return sort if sort.source else Sort(sort.key, sort.cast, sort.is_time, self.source, self.alias)

    def live(self, archived: Archived) -> str:
        """SQL that holds for archived things, for live ones, or for any."""
        if archived == "any" or not self.archived_at:
            return "true"
        return f"{self.archived_at} IS {'NOT ' if archived == 'true' else ''}NULL"


@dataclass(frozen=True, slots=True)
class Shape(Generic[T]):
    """What is read of each thing that a list shows: columns, tables joined for them, and the typed row that is made of them."""

    columns: str
    joined: str
    make: Callable[[Row], T]


@dataclass(frozen=True, slots=True)
class Selection:
    """Which things: archived or live ones, for which a condition (None: no more) holds.

    `ready`: the fields that it looks at and a side table answers for, where that was asked for already.
    """

    archived: Archived = "false"
    condition: Condition | None = None
    ready: frozenset[str] | None = None

    @property
    def without_index(self) -> list[str]:
        """The fields that it looks at in every row."""
        compared = self.condition.comparisons() if self.condition else ()
        fields = {str(each.attribute.key) for each in compared if each.attribute.is_field}
        return sorted(fields - (self.ready or frozenset()))

    @property
    def worth_an_index(self) -> list[str]:
        """Those of them by which it would be faster with an index."""
        worth = set(worth_an_index(self.condition)) if self.condition else set()
        return sorted(worth - (self.ready or frozenset()))
