"""The columns of an export of things with fields: what is known of each, and a column for every field that one of them has."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
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

    A row has its values in `data`.
    """

    known: Sequence[Known]
    names: Mapping[str, str]
    fields_of: Callable[[Any], Mapping[str, Field]]
    language: Language
    keys: bool = False
    _last: list[tuple[Mapping[str, Field], list[tuple[str, Reader]]]] = field(default_factory=list)

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
        cells, value_of = [read(row) for _, read in self.known], row.data.get
        for key, read in self._readers(row):
            value = value_of(key)
            cells.append(value if value is None else read(value))
        return cells

    def _readers(self, row: Any) -> list[tuple[str, Reader]]:
        """Those of the fields that the row before had too, mostly."""
        fields = _NONE if self.keys else self.fields_of(row)
        if not self._last or self._last[0][0] is not fields:
            self._last[:] = [(fields, [(key, self._reader(fields.get(key))) for key in self.names])]
        return self._last[0][1]

    def _reader(self, field: Field | None) -> Reader:
        if field is None or type(field).exported is Field.exported:
            return as_cell
        return partial(field.exported, language=self.language)


_NONE: Mapping[str, Field] = {}


def names_of(fields: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Key → its names, in the order of keys; a key that has none is its own."""
    names: dict[str, dict[str, None]] = {}
    for key, name in fields:
        names.setdefault(key, {})[name] = None
    return {key: " / ".join(filter(None, said)) or key for key, said in names.items()}
