"""The columns of an export of things with fields: what is known of each, and a column for every field that one of them has."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from dossier.fields import Field, as_cell
from dossier.foundation.pages.language import Language

Known = tuple[str, Callable[[Any], Any]]
"""A column that every row has: its name, and what stands there for a row."""


@dataclass(frozen=True)
class FieldColumns:
    """`names`: key → name of every field; `fields_of`: the fields of a row by key. With `keys` all is as programs know it.

    A row has its values in `data`.
    """

    known: Sequence[Known]
    names: Mapping[str, str]
    fields_of: Callable[[Any], Mapping[str, Field]]
    language: Language
    keys: bool = False

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
        known = [read(row) for _, read in self.known]
        if self.keys:
            return [*known, *(as_cell(row.data.get(key)) for key in self.names)]
        fields = self.fields_of(row)
        return [*known, *(self._value(fields.get(key), row.data.get(key)) for key in self.names)]

    def _value(self, field: Field | None, value: Any) -> Any:
        return as_cell(value) if value is None or field is None else field.exported(value, self.language)


def names_of(fields: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Key → its names, in the order of keys; a key that has none is its own."""
    names: dict[str, dict[str, None]] = {}
    for key, name in fields:
        names.setdefault(key, {})[name] = None
    return {key: " / ".join(filter(None, said)) or key for key, said in names.items()}
