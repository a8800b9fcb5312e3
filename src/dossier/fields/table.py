"""Rows of cells: each column is a field of a simple type."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from functools import cached_property
from typing import Annotated, Any, ClassVar, Literal

from pydantic import BeforeValidator, ValidationInfo, field_validator
from pydantic import Field as Member

from dossier.fields.choices import Choices
from dossier.fields.contact_details import Country, Email, Iban, Phone
from dossier.fields.field import BadValue, Field, Misdefined, shown, what
from dossier.fields.parse import parse_definitions
from dossier.fields.scalars import Checkbox, Currency, Date, NumberField, Text
from dossier.foundation.errors import Problem, pointer

COLUMN_TYPES: Mapping[str, type[Field]] = {
    "text": Text,
    "number": NumberField,
    "currency": Currency,
    "date": Date,
    "checkbox": Checkbox,
    "choices": Choices,
    "email": Email,
    "phone": Phone,
    "iban": Iban,
    "country": Country,
}
MAX_ROWS = 1000


def _read_columns(raw: object) -> list[Field]:
    columns, problems = parse_definitions(raw, "", COLUMN_TYPES)
    if problems := [*problems, *_indexed(columns)]:
        raise Misdefined(*problems)
    return list(columns)


def _indexed(columns: Sequence[Field]) -> Iterator[Problem]:
    for position, column in enumerate(columns):
        if column.indexed:
            yield Problem("“indexed” cannot be true on a column.", pointer=pointer(position, "indexed"))


Column = Annotated[
    Text | NumberField | Currency | Date | Checkbox | Choices | Email | Phone | Iban | Country,
    Member(discriminator="type"),
]
Columns = Annotated[list[Column], Member(min_length=1, max_length=50), BeforeValidator(_read_columns)]


class Table(Field):
    """A list of row objects: column key → cell."""

    type: Literal["table"]
    indexable: ClassVar[bool] = False
    columns: Columns
    min_rows: Annotated[int, Member(ge=0, le=MAX_ROWS)] | None = None
    max_rows: Annotated[int, Member(ge=1, le=MAX_ROWS)] | None = None

    @field_validator("max_rows")
    @classmethod
    def _in_order(cls, most: int | None, definition: ValidationInfo) -> int | None:
        if most is not None and most < (definition.data.get("min_rows") or 0):
            raise ValueError("must not be less than “min_rows”")
        return most

    @cached_property
    def _by_key(self) -> dict[str, Field]:
        return {column.key: column for column in self.columns}

    def check(self, value: Any, today: date) -> list[dict[str, Any]]:
        if not isinstance(value, list):
            raise BadValue(f"must be a list of rows, not {what(value)}.")
        if len(value) < (self.min_rows or 0):
            raise BadValue(f"must have at least {self.min_rows} rows.")
        if len(value) > (self.max_rows or MAX_ROWS):
            raise BadValue(f"must have at most {self.max_rows or MAX_ROWS} rows.")
        return [self._row(row, position, today) for position, row in enumerate(value)]

    def _row(self, row: Any, position: int, today: date) -> dict[str, Any]:
        if not isinstance(row, dict):
            raise BadValue(f"must have an object as row {position + 1}, not {what(row)}.", pointer=pointer(position))
        return {key: self._cell(key, cell, position, today) for key, cell in row.items() if cell is not None}

    def _cell(self, key: str, cell: Any, position: int, today: date) -> Any:
        where = pointer(position, key)
        column = self._by_key.get(key)
        if column is None:
            raise BadValue(f"has no column “{shown(key)}” (row {position + 1}).", pointer=where)
        try:
            return column.check(cell, today)
        except BadValue as bad:
            detail = f"row {position + 1}, “{key}” {bad.detail}"
            raise BadValue(detail, bad.code, where + bad.pointer) from None
