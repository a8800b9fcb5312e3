"""The columns of an export of things with fields: what is known of each, and a column for every field that one of them has."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import partial
from operator import attrgetter
from typing import Any

from dossier.fields import Field, as_cell
from dossier.foundation.pages.language import Language

Known = tuple[str, Callable[[Any], Any]]
"""A column that every row has: its name, and what stands there for a row."""


Reader = Callable[[Any], Any]
"""What stands in a column for a value that is there."""


@dataclass(frozen=True)
class FieldColumns:
    """`names`: key → name of every field; `fields_of`: the fields of a row by key, of rows that have the same ones the same
    mapping, for which what is to be read is put together once. With `keys` all is as programs know it.

    `data_of`: the values of a row.
    """

    known: Sequence[Known]
    names: Mapping[str, str]
    fields_of: Callable[[Any], Mapping[str, Field]]
    language: Language
    keys: bool = False
    data_of: Callable[[Any], Mapping[str, Any]] = attrgetter("data")
    _last: list[tuple[Mapping[str, Field], list[tuple[int, Reader]]]] = field(default_factory=list)

    @property
    def head(self) -> list[str]:
        """The names of the columns, no two alike: one that is called like a known column is told by its key."""
        known = [name for name, _ in self.known]
        if self.keys:
            return [*known, *(f"data.{key}" if key in known else key for key in self.names)]
        said = [*known, *self.names.values()]
        return [*known, *(f"{name} ({key})" if said.count(name) > 1 else name for key, name in self.names.items())]

    def cells(self, row: Any) -> list[Any]:
        """A row's cells: texts, exact numbers, true and false, days, moments."""
        values = list(map(self.data_of(row).get, self.names))
        for place, read in self._readers(row):
            if (value := values[place]) is not None:
                values[place] = read(value)
        known = [read(row) for _, read in self.known]
        return known + [value if type(value) in _CELLS else as_cell(value) for value in values]

    def _readers(self, row: Any) -> list[tuple[int, Reader]]:
        """How values are read that do not stand in a cell as they are, by place; of the fields that the row before had too, mostly."""
        fields = _NONE if self.keys else self.fields_of(row)
        if not self._last or self._last[0][0] is not fields:
            self._last[:] = [(fields, list(self._special(fields)))]
        return self._last[0][1]

    def _special(self, fields: Mapping[str, Field]) -> Iterator[tuple[int, Reader]]:
        for place, key in enumerate(self.names):
            field = fields.get(key)
            if field is not None and type(field).exported is not Field.exported:
                yield place, partial(field.exported, language=self.language)


_NONE: Mapping[str, Field] = {}
_CELLS = frozenset({str, int, bool, Decimal, type(None)})  # that stand in a cell as they are


def names_of(fields: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Key → its names, in the order of keys; a key that has none is its own."""
    names: dict[str, dict[str, None]] = {}
    for key, name in fields:
        names.setdefault(key, {})[name] = None
    return {key: " / ".join(filter(None, said)) or key for key, said in names.items()}
