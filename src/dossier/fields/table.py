"""Rows of cells: each column is a field of a simple type."""

from datetime import date
from functools import cached_property
from typing import Annotated, Any, ClassVar, Literal, Self

from pydantic import Field as Member
from pydantic import field_validator, model_validator

from dossier.fields.choices import Choices
from dossier.fields.contact_details import Country, Email, Iban, Phone
from dossier.fields.field import BadValue, Field, what
from dossier.fields.scalars import Checkbox, Currency, Date, NumberField, Text

Column = Annotated[
    Text | NumberField | Currency | Date | Checkbox | Choices | Email | Phone | Iban | Country,
    Member(discriminator="type"),
]
MAX_ROWS = 1000


class Table(Field):
    """A list of row objects: column key → cell."""

    type: Literal["table"]
    indexable: ClassVar[bool] = False
    columns: Annotated[list[Column], Member(min_length=1, max_length=50)]
    min_rows: Annotated[int, Member(ge=0)] | None = None
    max_rows: Annotated[int, Member(ge=1, le=MAX_ROWS)] | None = None

    @field_validator("columns")
    @classmethod
    def _distinct(cls, columns: list[Field]) -> list[Field]:
        if len({column.key for column in columns}) < len(columns):
            message = "has a key twice"
            raise ValueError(message)
        return columns

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if (self.min_rows or 0) > (self.max_rows or MAX_ROWS):
            message = "“min_rows” is more than “max_rows”"
            raise ValueError(message)
        return self

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
            raise BadValue(f"must have an object as row {position + 1}, not {what(row)}.", pointer=f"/{position}")
        return {key: self._cell(key, cell, position, today) for key, cell in row.items() if cell is not None}

    def _cell(self, key: str, cell: Any, position: int, today: date) -> Any:
        where = f"/{position}/" + key.replace("~", "~0").replace("/", "~1")
        column = self._by_key.get(key)
        if column is None:
            raise BadValue(f"has no column “{key[:40]}” (row {position + 1}).", pointer=where)
        try:
            return column.check(cell, today)
        except BadValue as bad:
            detail = f"row {position + 1}, “{key}” {bad.detail}"
            raise BadValue(detail, bad.code, where + bad.pointer) from None
