"""What the faces of a field are made of: the inputs that a template draws, what a form sends, whose language it is said in."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, ClassVar, Literal, Protocol

from dossier.foundation.json import same

Sent = Sequence[tuple[str, str]]
"""A form as it came: names and values, in order."""
Cell = str | int | bool | date | Decimal | None
"""What stands in a cell of an export."""


Kind = Literal["number", "text", "date", "yes_or_no"]
"""What a formula takes a value for."""


class Language(Protocol):
    """One of the app's languages, as a field needs it."""

    @property
    def countries(self) -> Mapping[str, str]: ...
    def gettext(self, sentence: str) -> str: ...
    def ngettext(self, one: str, many: str, count: int) -> str: ...
    def day(self, day: date | str) -> str: ...
    def number(self, number: int | Decimal) -> str: ...
    def money(self, amount: int | Decimal, currency: str | None) -> str: ...
    def size(self, bytes: int) -> str: ...


MAX_CELLS = 1_500  # of rows that can be changed on a page: a form is read up to 2,000 fields
MAX_OPTIONS = 20_000  # in all cells together; where there would be more, one types what else one chooses


class Clash(Exception):
    """Two people changed the same part: somebody must choose."""


class SomeFile(Protocol):
    """A file, as a field needs it: its media type, its size in bytes, and whether its content was erased."""

    @property
    def name(self) -> str: ...
    @property
    def type(self) -> str: ...
    @property
    def size(self) -> int: ...
    @property
    def erased(self) -> bool: ...


# ---- inputs: `fields/templates/input.html` draws each kind ----


@dataclass(frozen=True, slots=True)
class Input:
    """`grouped`: it is several inputs under one heading; `composed`: which are saved together, by a button."""

    kind: ClassVar[str]
    grouped: ClassVar[bool] = False
    composed: ClassVar[bool] = False

    def too_large(self, _value: Any) -> bool:
        """Whether there is more than a page can show as inputs; programs can change it."""
        return False


@dataclass(frozen=True, slots=True)
class Line(Input):
    """One line; `type` as HTML has it, `decimal` for numbers."""

    kind: ClassVar[str] = "line"
    type: str = "text"
    decimal: bool = False


@dataclass(frozen=True, slots=True)
class Lines(Input):
    """Several lines."""

    kind: ClassVar[str] = "lines"


@dataclass(frozen=True, slots=True)
class Select(Input):
    """One of these: value and label; `short`: they are so few that every cell of a table may offer them."""

    kind: ClassVar[str] = "select"
    options: Sequence[tuple[str, str]]
    short: bool = False


@dataclass(frozen=True, slots=True)
class Ticks(Input):
    """Some of these: value and label."""

    kind: ClassVar[str] = "ticks"
    grouped: ClassVar[bool] = True
    options: Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a composed value: a line, or one of `options`; `width` in twelfths."""

    name: str
    label: str
    width: int
    options: Sequence[tuple[str, str]] = ()


@dataclass(frozen=True, slots=True)
class Parts(Input):
    """Several named parts, of at most so many characters each."""

    kind: ClassVar[str] = "parts"
    grouped: ClassVar[bool] = True
    composed: ClassVar[bool] = True
    parts: Sequence[Part]
    maxlength: int


@dataclass(frozen=True, slots=True)
class Column:
    """A column of rows: its key, its name, and what its cells are typed into."""

    key: str
    name: str
    input: Input

    @property
    def offered(self) -> Sequence[tuple[str, str]]:
        """The options of each of its cells, where they are many."""
        return self.input.options if isinstance(self.input, Select) and not self.input.short else ()


@dataclass(frozen=True, slots=True)
class Rows(Input):
    """Rows of cells."""

    kind: ClassVar[str] = "rows"
    grouped: ClassVar[bool] = True
    composed: ClassVar[bool] = True
    columns: Sequence[Column]

    def too_large(self, value: Any) -> bool:
        return isinstance(value, list) and len(value) * len(self.columns) > MAX_CELLS

    def crowded(self, rows: int) -> bool:
        """Whether in so many rows what else is chosen is typed, with a list to help."""
        return rows * sum(len(column.offered) for column in self.columns) > MAX_OPTIONS


@dataclass(frozen=True, slots=True)
class NamedFiles(Input):
    """Some of the files that the thing has, in order; `empty` is said where there is none.

    `accept`: the media types that are taken, all where there is none, and what `accepted` calls them; `largest`: bytes of a file;
    `most`: how many; `limits` says all of it.
    """

    kind: ClassVar[str] = "files"
    grouped: ClassVar[bool] = True
    empty: str
    accept: Sequence[str]
    accepted: str
    largest: int | None
    most: int
    limits: str


@dataclass(frozen=True, slots=True)
class NoInput(Input):
    """Nothing can be typed; `empty` is said while there is no value."""

    kind: ClassVar[str] = "none"
    grouped: ClassVar[bool] = True
    empty: str


# ---- the designer ----

How = Literal["text", "yes", "whole", "size", "number", "list", "options", "columns", "formula"]


@dataclass(frozen=True, slots=True)
class Option:
    """An option of a type in the designer: member of the definition, how it is typed, how it is called, what helps."""

    name: str
    how: How
    label: str
    hint: str = ""


def last(sent: Sent, wanted: str) -> str:
    """What was typed into an input; of several with the name, the last."""
    return next((value.strip() for name, value in reversed(sent) if name == wanted), "")


def filled(sent: Sent) -> list[str]:
    """What was typed into the inputs of a field, without those left empty."""
    return [value.strip() for name, value in sent if name == "value" and value.strip()]


def merged(seen: Any, mine: Any, theirs: Any) -> Any:
    """What two people made of one part: what one of them changed; Clash where both did."""
    if same(seen, theirs) or same(mine, theirs):
        return mine
    if same(seen, mine):
        return theirs
    raise Clash
