"""What every field has in common: its definition, how a value is checked, how one is refused."""

import re
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import Annotated, Any, ClassVar, Self

from pydantic import BaseModel, ConfigDict, ValidationInfo, field_validator, model_validator
from pydantic import Field as Member

from dossier.foundation.errors import Problem

INDEXED_TEXT = 200  # code points of a text that the side table keeps
SHOWN = 40  # characters of a value that an error quotes

LAST_DAY = date.max
"""The `today` that a default must pass on: a template that was published once never becomes invalid."""

Key = Annotated[str, Member(pattern="^[a-z0-9_]{1,120}$")]
Name = Annotated[str, Member(min_length=1, max_length=500)]

_SURROGATE = re.compile("[\ud800-\udfff]")


class BadValue(Exception):
    """A value that a field does not take. `detail` goes on after the field's key: “must be a number, not text.”

    `code` is “invalid_value”, or “read_only_field” for file, signature and api_call.
    `pointer` leads from the value to the part of it that is wrong; "" is the value itself.
    """

    def __init__(self, detail: str, code: str = "invalid_value", pointer: str = "") -> None:
        super().__init__(detail)
        self.detail = detail
        self.code = code
        self.pointer = pointer


class Misdefined(ValueError):
    """Raised by a type's validator: what is wrong with its part of a definition, pointing from that part on."""

    def __init__(self, *problems: Problem) -> None:
        super().__init__(*problems)
        self.problems = problems


class Field(BaseModel):
    """A field as a template defines it. Each type is a subclass with its options and its check."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)

    read_only: ClassVar[bool] = False
    indexable: ClassVar[bool] = True

    key: Key
    type: str
    name: Name
    description: str | None = None
    section: str | None = None
    visibility: str | None = None
    required: bool = False
    indexed: bool = False
    given_default: Any = Member(default=None, alias="default", description="What a new case has here.")

    @cached_property
    def default(self) -> Any:
        """What a new case has here, as it is stored; None for nothing."""
        return None if self.given_default is None else self.check(self.given_default, LAST_DAY)

    @field_validator("indexed")
    @classmethod
    def _can_be_indexed(cls, indexed: bool, definition: ValidationInfo) -> bool:
        if indexed and not cls.indexable:
            raise ValueError(f"cannot be true on a field of type {definition.data.get('type')}")
        return indexed

    @model_validator(mode="after")
    def _default_passes(self) -> Self:
        try:
            _ = self.default
        except BadValue as bad:
            problem = Problem(f"“default” {bad.detail}", pointer="/default" + bad.pointer)
            raise Misdefined(problem) from None
        return self

    def document(self) -> dict[str, Any]:
        """The definition as it was published: only the members that were given."""
        return self.model_dump(exclude_unset=True, by_alias=True)

    def check(self, value: Any, today: date) -> Any:
        """The value as it is stored; BadValue when the field does not take it.

        `value` is a decoded JSON value and never None; `today` is the day in the workspace's time zone.
        What comes back passes again and stays the same.
        """
        raise NotImplementedError


def text_of(value: Any) -> str:
    """The value when it is text that can be stored, else BadValue."""
    if not isinstance(value, str):
        raise BadValue(f"must be text, not {what(value)}.")
    if "\0" in value or (not value.isascii() and _SURROGATE.search(value)):
        raise BadValue("must not contain NUL or half of a surrogate pair.")
    return value


def what(value: object) -> str:
    """What kind of JSON value it is, for a person."""
    if isinstance(value, bool):
        return "true or false"
    if isinstance(value, int | Decimal):
        return "a number"
    names: dict[type, str] = {str: "text", list: "a list", dict: "an object"}
    return names.get(type(value), "null")


def shown(value: object) -> str:
    """A value as an error quotes it."""
    text = str(value)
    return text if len(text) <= SHOWN else text[: SHOWN - 1] + "…"


def shown_or_what(value: object) -> str:
    """A text in quotes; of any other value what kind it is."""
    return f"“{shown(value)}”" if isinstance(value, str) else what(value)


def index_values(value: Any) -> list[Any]:
    """What a value contributes to the side table: a number, text cut at 200 code points, each scalar of a list.

    A checkbox is the text “true” or “false”: a match is only a candidate, which the case's own data confirms.
    """
    members = value if isinstance(value, list) else [value]
    return [_indexed(member) for member in members if isinstance(member, str | int | Decimal)]


def _indexed(scalar: Any) -> Any:
    if isinstance(scalar, bool):
        return "true" if scalar else "false"
    return scalar[:INDEXED_TEXT] if isinstance(scalar, str) else scalar
