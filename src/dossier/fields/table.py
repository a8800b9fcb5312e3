"""Rows of cells: each column is a field of a simple type."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from functools import cached_property
from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import BeforeValidator, ValidationInfo, field_validator
from pydantic import Field as Member

from dossier.conditions.comparing import Comparing
from dossier.fields.columns import COLUMN_TYPES, AnyColumn
from dossier.fields.faces import Cell, Clash, Column, Input, Kind, Language, Option, Rows, Sent, merged
from dossier.fields.field import MEMBERS, Field, InvalidDefinition, as_cell, shown
from dossier.fields.parse import parse_definitions
from dossier.foundation import json
from dossier.foundation.errors import Invalid, InvalidValue, Problem, pointer
from dossier.foundation.messages import Message, Named, kind_of
from dossier.foundation.text import gettext_noop

MAX_ROWS = 1000
DISPLAYED_ROWS = 5


def _read_columns(raw: object) -> list[Field]:
    columns, problems = parse_definitions(raw, "", COLUMN_TYPES)
    if problems := [*problems, *_indexed(columns)]:
        raise InvalidDefinition(*problems)
    return list(columns)


def _indexed(columns: Sequence[Field]) -> Iterator[Problem]:
    for position, column in enumerate(columns):
        if column.indexed:
            yield Problem(
                "“{member}” cannot be true on a column.",
                pointer=pointer(position, "indexed"),
                member=Named("indexed", Message(MEMBERS["indexed"])),
            )


Columns = Annotated[list[AnyColumn], Member(min_length=1, max_length=50), BeforeValidator(_read_columns)]


class Table(Field):
    """A list of row objects: column key → cell."""

    called: ClassVar[str] = gettext_noop("Table")
    designed: ClassVar[tuple[Option, ...]] = (
        Option("columns", "columns", gettext_noop("Columns")),
        Option("min_rows", "whole", gettext_noop("At least so many rows")),
        Option("max_rows", "whole", gettext_noop("At most so many rows")),
    )
    indexable: ClassVar[bool] = False
    wide: ClassVar[bool] = True
    compared: ClassVar[Comparing | None] = None

    type: Literal["table"]
    columns: Columns
    min_rows: Annotated[int, Member(ge=0, le=MAX_ROWS)] | None = None
    max_rows: Annotated[int, Member(ge=1, le=MAX_ROWS)] | None = None

    @field_validator("max_rows")
    @classmethod
    def _in_order(cls, most: int | None, definition: ValidationInfo) -> int | None:
        if most is not None and most < (definition.data.get("min_rows") or 0):
            least = Named("min_rows", Message("At least so many rows"))
            raise InvalidValue("“{field}” must not be less than “{other}”.", other=least)
        return most

    @cached_property
    def _by_key(self) -> dict[str, Field]:
        return {column.key: column for column in self.columns}

    def check(self, value: Any, today: date) -> list[dict[str, Any]]:
        if not isinstance(value, list):
            raise InvalidValue("“{field}” must be a list of rows, not {given}.", given=kind_of(value))
        if len(value) < (self.min_rows or 0):
            raise InvalidValue("“{field}” must have at least {count} rows.", count=self.min_rows or 0)
        if len(value) > (self.max_rows or MAX_ROWS):
            raise InvalidValue("“{field}” must have at most {count} rows.", count=self.max_rows or MAX_ROWS)
        return [self._row(row, position, today) for position, row in enumerate(value)]

    def _row(self, row: Any, position: int, today: date) -> dict[str, Any]:
        if not isinstance(row, dict):
            raise InvalidValue(
                "“{field}” must have an object as row {row}, not {given}.",
                pointer=pointer(position),
                row=position + 1,
                given=kind_of(row),
            )
        return {key: self._cell(key, cell, position, today) for key, cell in row.items() if cell is not None}

    def _cell(self, key: str, cell: Any, position: int, today: date) -> Any:
        where = pointer(position, key)
        column = self._by_key.get(key)
        if column is None:
            raise InvalidValue(
                "“{field}” has no column “{column}” (row {row}).", pointer=where, column=shown(key), row=position + 1
            )
        try:
            return column.check(cell, today)
        except InvalidValue as bad:
            raise self._in_row(bad, column, position, where) from None

    def _in_row(self, bad: InvalidValue, column: Field, position: int, where: str) -> InvalidValue:
        """A refusal of a cell: people read its row and column as the name of what is wrong."""
        row = position + 1
        problem = bad.message.about(field=Named(column.key, f"{self.name} {row}: {column.name}"))
        return InvalidValue(
            "“{field}” row {row}, {problem}",
            bad.code,
            pointer=where + bad.pointer,
            people="{problem}",
            row=row,
            problem=problem,
        )

    @property
    def calculated(self) -> Kind | None:
        return None

    def calculated_columns(self) -> Mapping[str, Kind]:
        return {column.key: column.calculated for column in self.columns if column.calculated}

    def input(self, language: Language) -> Input:
        return Rows([Column(each.key, each.name, each.cell_input(language)) for each in self.columns])

    def local(self, country: str) -> Self:
        there = self.model_copy(update={"columns": [column.local(country) for column in self.columns]})
        there.__dict__.pop("_by_key", None)  # what was remembered of the columns is copied too
        return there

    def typed(self, sent: Sent) -> Any:
        rows = enumerate(_rows(self, sent))
        return [{key: self._read(key, text, at) for key, text in row.items()} for at, row in rows] or None

    def _read(self, key: str, text: str, position: int) -> Any:
        column = self._by_key[key]
        try:
            return column.read(text)
        except InvalidValue as bad:
            raise Invalid((self._in_row(bad, column, position, pointer(position, key)).of(self.named),)) from None

    def unread(self, sent: Sent) -> Any:
        return _rows(self, sent)

    def merge(self, seen: Any, mine: Any, theirs: Any) -> Any:
        """Rows that were there are compared one by one, those that came after them are all kept; a row that went is a clash."""
        was, wanted, there = (list(each or ()) for each in (seen, mine, theirs))
        if len(wanted) < len(was) or len(there) < len(was):
            raise Clash
        count = len(was)
        kept = [merged(*rows) for rows in zip(was, wanted[:count], there[:count], strict=True)]
        return [*kept, *there[count:], *wanted[count:]]

    def displayed(self, value: Any, language: Language) -> str:
        if not _are_rows(value):
            return super().displayed(value, language)
        count = language.ngettext("%(count)s row", "%(count)s rows", len(value)) % {"count": len(value)}
        rows = "; ".join(" · ".join(self._displayed(row, language)) for row in value[:DISPLAYED_ROWS])
        return f"{count}: {rows}{'…' if len(value) > DISPLAYED_ROWS else ''}"

    def _displayed(self, row: Mapping[str, Any], language: Language) -> Iterator[str]:
        """Cells in the order of the columns, behind them what an older definition let in."""
        for key, column in self._by_key.items():
            if row.get(key) is not None:
                yield column.displayed(row[key], language)
        yield from (str(cell) for key, cell in row.items() if key not in self._by_key and cell is not None)

    def whole(self, value: Any, language: Language) -> str:
        if not _are_rows(value):
            return super().whole(value, language)
        return "\n".join(" · ".join(self._line(row, language)) for row in value)

    def _line(self, row: Mapping[str, Any], language: Language) -> Iterator[str]:
        for key, column in self._by_key.items():
            if row.get(key) is not None:
                yield f"{column.name}: {column.whole(row[key], language)}"

    def said(self, value: Any, language: Language) -> Any:
        if not _are_rows(value):
            return super().said(value, language)
        return [{key: column.said(row.get(key), language) for key, column in self._by_key.items()} for row in value]

    def exported(self, value: Any, language: Language) -> Cell:
        if not _are_rows(value):
            return super().exported(value, language)
        lines = ([self._exported(key, cell, language) for key, cell in row.items()] for row in value)
        return "; ".join(" · ".join(map(str, line)) for line in lines)

    def _exported(self, key: str, cell: Any, language: Language) -> Cell:
        column = self._by_key.get(key)
        return as_cell(cell) if column is None or cell is None else column.exported(cell, language)

    @classmethod
    def read_default(cls, text: str) -> Any:
        return json.decode(text.encode())


def _are_rows(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(row, dict) for row in value)


def _rows(table: Table, sent: Sent) -> list[dict[str, str]]:
    """`cell.<row>.<column>`: rows in the order of their numbers; an empty one is no row."""
    known = {column.key for column in table.columns}
    rows: dict[int, dict[str, str]] = {}
    for name, value in sent:
        prefix, _, rest = name.partition(".")
        number, _, key = rest.partition(".")
        if prefix == "cell" and number.isdecimal() and len(number) < 6 and key in known and value.strip():
            rows.setdefault(int(number), {})[key] = value.strip()
    return [rows[number] for number in sorted(rows)]
