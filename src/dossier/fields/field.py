"""What every field has in common: its definition and its faces; a type says in its own file what differs."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import Annotated, Any, ClassVar, Self

from pydantic import BaseModel, ConfigDict, ValidationInfo, field_validator, model_validator
from pydantic import Field as Member

from dossier.conditions.comparing import TEXT, Comparing
from dossier.fields.faces import Cell, Clash, Input, Kind, Language, Line, Option, Sent, SomeFile, filled, last
from dossier.foundation import exact, json
from dossier.foundation.errors import Invalid, InvalidValue, Problem, pointer
from dossier.foundation.messages import Message, Named, kind_of
from dossier.foundation.text import gettext_noop, shortened

INDEXED_TEXT = 200  # code points of a text that the side table keeps
SHOWN = 40  # characters of a value that an error quotes
DISPLAYED = 300  # characters of a text among other values

TOO_LONG = gettext_noop("“{field}” must have {count} characters at most; it has {length}.")
MEMBERS = {
    "default": gettext_noop("What a new case has here"),
    "key": gettext_noop("Key"),
    "type": gettext_noop("Type"),
    "name": gettext_noop("Name"),
    "description": gettext_noop("Help text"),
    "section": gettext_noop("Section"),
    "visibility": gettext_noop("Visibility"),
    "required": gettext_noop("Required"),
    "indexed": gettext_noop("Filtered often: keep an index"),
    "value": gettext_noop("Value"),
    "label": gettext_noop("Label"),
}
"""How the designer calls the members that every definition has, and those of an option, in English."""

LAST_DAY = date.max
"""The `today` that a default must pass on: a template that was published once never becomes invalid."""

Key = Annotated[str, Member(pattern="^[a-z0-9_]{1,120}$")]
Name = Annotated[str, Member(min_length=1, max_length=500)]

_SURROGATE = re.compile("[\ud800-\udfff]")


class InvalidDefinition(ValueError):
    """Raised by a type's validator: what is wrong with its part of a definition, pointing from that part on."""

    def __init__(self, *problems: Problem) -> None:
        super().__init__(*problems)
        self.problems = problems


class Field(BaseModel):
    """A field as a template defines it. Each type is a subclass: its options, its check, and what its other faces differ in."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)

    called: ClassVar[str] = ""
    """How the designer calls the type, in English; its French and Dutch stand in the catalogues."""
    designed: ClassVar[tuple[Option, ...]] = ()
    """The options of the type in the designer, in the order of the form."""
    read_only: ClassVar[bool] = False
    indexable: ClassVar[bool] = True
    preset: ClassVar[bool] = True  # whether a definition may say what a new case has
    wide: ClassVar[bool] = False  # whether the form gives it a whole line
    derived: ClassVar[bool] = (
        False  # whether its value follows from other fields, and so is nobody's to set or to take back
    )
    compared: ClassVar[Comparing | None] = TEXT
    """How conditions by rows compare it; None: not at all."""

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
            raise InvalidValue(
                "“{field}” cannot be true on a field of type {type}.", type=str(definition.data.get("type"))
            )
        return indexed

    @model_validator(mode="after")
    def _default_passes(self) -> Self:
        try:
            _ = self.default
        except InvalidValue as bad:
            default = bad.message.about(field=Named("default", Message(MEMBERS["default"])))
            raise InvalidDefinition(Problem(default, pointer="/default" + bad.pointer)) from None
        return self

    def document(self) -> dict[str, Any]:
        """The definition as it was published: only the members that were given."""
        return self.model_dump(exclude_unset=True, by_alias=True)

    def check(self, value: Any, today: date) -> Any:
        """The value as it is stored; InvalidValue when the field does not take it.

        `value` is a decoded JSON value and never None; `today` is the day in the workspace's time zone.
        What comes back passes again and stays the same.
        """
        raise NotImplementedError

    def unasked(self, operator: str, operand: Any) -> Message | None:
        """Why no condition asks that of its value; None: one may."""
        return None

    # ---- files ----

    def files(self, value: Any) -> Sequence[str]:
        """The ids of the files that a stored value names."""
        return ()

    def with_files(self, value: Any, show: Callable[[str], Any]) -> Any:
        """A stored value with the files that it names as `show` has them, by id."""
        return value

    def unfit(self, value: Any, there: Mapping[str, SomeFile | None]) -> Iterable[InvalidValue]:
        """What is wrong with files that a value newly names, by id; None: there is no such file."""
        return ()

    # ---- formulas ----

    @property
    def calculated(self) -> Kind | None:
        """What a formula may take its value for; None: it cannot use it."""
        return "text"

    @property
    def looks_at(self) -> frozenset[str]:
        """The fields that its value follows from, where it is derived."""
        return frozenset()

    def calculated_columns(self) -> Mapping[str, Kind]:
        """Column → the same, for what has rows."""
        return {}

    # ---- form ----

    def input(self, language: Language) -> Input:
        """What a person types it into."""
        return Line()

    def cell_input(self, language: Language) -> Input:
        """The same in a table."""
        return self.input(language)

    @property
    def unit(self) -> str | None:
        """What stands in brackets after its name."""
        return None

    def meant(self, value: Any, time_zone: str) -> Any:
        """The same value in the field's own type, where another one has one reading alone: `"12.5"` is a number. None: there is none.

        For what programs fill in beforehand; what is stored by its type is checked and never read so.
        """
        return None

    def local(self, country: str) -> Self:
        """The field as it is read where people are: in that country (ISO 3166-1)."""
        return self

    def typed(self, sent: Sent) -> Any:
        """What was typed, as JSON has it; None for nothing; 400 where it cannot be read. What it may not be, `check` says."""
        texts = filled(sent)
        return self.read_or_refuse(texts[-1]) if texts else None

    def unread(self, sent: Sent) -> Any:
        """What was typed where it cannot be read: the texts themselves."""
        return last(sent, "value")

    def read(self, text: str) -> Any:
        """A typed text as JSON has it; InvalidValue says how it must be."""
        return text

    def read_or_refuse(self, text: str) -> Any:
        """The same; 400 by the field's name."""
        try:
            return self.read(text)
        except InvalidValue as bad:
            raise Invalid((bad.of(self.named, pointer("data", self.key)),)) from None

    @property
    def named(self) -> Named:
        """What a message about it calls it."""
        return Named(self.key, self.name)

    def merge(self, seen: Any, mine: Any, theirs: Any) -> Any:
        """What two changes of one `seen` value make together; Clash where somebody must choose."""
        raise Clash

    # ---- display, export ----

    def displayed(self, value: Any, language: Language) -> str:
        """A stored value as people read it, also one that an older definition let in."""
        return as_text(value) if isinstance(value, Mapping) else shortened(str(value), DISPLAYED)

    def said(self, value: Any, language: Language) -> Any:
        """The same in texts that people write: whole; of several values each, of rows each cell by its column; None for nothing."""
        if isinstance(value, list):
            return [self.displayed([each], language) for each in value]
        is_long = isinstance(value, str) and len(value) > DISPLAYED
        return value if is_long or value is None else self.displayed(value, language)

    def whole(self, value: Any, language: Language) -> str:
        """A stored value to its last word, each of several on a line: for whoever looks at it before it counts."""
        said = self.said(value, language)
        return "\n".join(map(str, said)) if isinstance(said, list) else str(said)

    def link(self, value: Any) -> str | None:
        """Where a stored value leads, for somebody who wants to go there."""
        return None

    def exported(self, value: Any, language: Language) -> Cell:
        """A stored value in a spreadsheet."""
        return as_cell(value)

    @classmethod
    def comparing(cls, definition: Mapping[str, Any]) -> Comparing | None:  # noqa: ARG003 - for types with a result
        """How conditions by rows compare a field so defined."""
        return cls.compared

    # ---- designer ----

    @classmethod
    def choices(cls, definition: Mapping[str, Any]) -> Sequence[tuple[str, str]]:  # noqa: ARG003 - for types with options
        """Value and label of what may be chosen, by a definition that need not be right yet."""
        return ()

    @classmethod
    def read_default(cls, text: str) -> Any:
        """A default as it was typed in the designer; InvalidValue, 400."""
        return text


def as_typed(value: Any) -> str:
    """A stored value as an input holds it."""
    if isinstance(value, int | Decimal) and not isinstance(value, bool):
        return exact.shown_number(value)
    return str(value).lower() if isinstance(value, bool) else str(value)


def as_text(value: Mapping[str, Any]) -> str:
    """The parts of an object that are there."""
    return ", ".join(str(part) for part in value.values() if part)


def as_cell(value: Any) -> Cell:
    """A value of no known type in a spreadsheet."""
    if type(value) is str:
        return value
    if isinstance(value, list) and all(isinstance(each, str) for each in value):
        return ", ".join(value)
    return json.encode(value).decode() if isinstance(value, list | dict) else value


def text_of(value: Any) -> str:
    """The value when it is text that can be stored, else InvalidValue."""
    if not isinstance(value, str):
        raise InvalidValue("“{field}” must be text, not {given}.", given=kind_of(value))
    if "\0" in value or (not value.isascii() and _SURROGATE.search(value)):
        raise InvalidValue("“{field}” must not contain NUL or half of a surrogate pair.")
    return value


def shown(value: object) -> str:
    """A value as an error quotes it."""
    text = str(value)
    return text if len(text) <= SHOWN else text[: SHOWN - 1] + "…"


def shown_or_what(value: object) -> Message:
    """A text in quotes; of any other value what kind it is."""
    return Message("“{text}”", {"text": shown(value)}) if isinstance(value, str) else kind_of(value)


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
