"""What every field has in common: its definition, how a value is checked, how one is refused."""

from datetime import date
from decimal import Decimal
from typing import Annotated, Any, ClassVar, Self

from pydantic import BaseModel, ConfigDict, model_validator
from pydantic import Field as Member

INDEXED_TEXT = 200  # code points of a text that the side table keeps
SHOWN = 40  # characters of a value that an error quotes

Key = Annotated[str, Member(pattern="^[a-z0-9_]{1,120}$")]
Name = Annotated[str, Member(min_length=1, max_length=500)]


class BadValue(Exception):
    """A value that a field does not take. `detail` goes on after the field's key: “must be a number, not text”.

    `pointer` leads from the value to the part of it that is wrong; "" is the value itself.
    """

    def __init__(self, detail: str, code: str = "invalid_value", pointer: str = "") -> None:
        super().__init__(detail)
        self.detail = detail
        self.code = code
        self.pointer = pointer


class Field(BaseModel):
    """A field as a template defines it. Each type is a subclass with its options and its check."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True, arbitrary_types_allowed=True)

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
    default: Any = None

    @model_validator(mode="after")
    def _indexed_only_where_it_helps(self) -> Self:
        if self.indexed and not self.indexable:
            message = f"“indexed” cannot be set on a field of type {self.type}"
            raise ValueError(message)
        return self

    def document(self) -> dict[str, Any]:
        """The definition as it was published."""
        return self.model_dump(exclude_unset=True)

    def check(self, value: Any, today: date) -> Any:
        """The value as it is stored; BadValue when the field does not take it. `value` is never None."""
        raise NotImplementedError


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


def index_values(value: Any) -> list[Any]:
    """What a value contributes to the side table: a number, text cut at 200 code points, each member of a list."""
    if isinstance(value, list):
        return [each for member in value if not isinstance(member, list) for each in index_values(member)]
    if isinstance(value, bool):
        return ["true" if value else "false"]
    if isinstance(value, str):
        return [value[:INDEXED_TEXT]]
    return [value] if isinstance(value, int | Decimal) else []
