"""What is said to people: a sentence by its id, the values of its gaps kept apart; the text is made last, in the reader's language."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import Protocol, Union
from uuid import UUID

Value = Union["Message", "Named", str, int, Decimal, date, UUID, tuple["Value", ...]]
"""What stands in a gap. A text is the user's own or a program's word, and stays; a number and a day are written as the reader's
language writes them, messages and names are said in it, and of several each, with commas between."""

LONGEST = 200  # characters of somebody's text within a sentence

_GAP = re.compile(r"\{(\w+)\}")


class Reader(Protocol):
    """A language of the app, as messages need it."""

    def gettext(self, sentence: str) -> str: ...
    def number(self, number: int | Decimal) -> str: ...
    def day(self, day: date) -> str: ...


@dataclass(frozen=True, slots=True)
class Named:
    """What programs call by its key and people by its name, which is a message where it is a word of the app."""

    key: str
    name: "str | Message"


@dataclass(frozen=True, slots=True)
class Message:
    """A sentence. `id` is its English, with gaps such as `{count}`, and what the catalogues know it by.

    `people`: the id of what people are told instead, where programs need another sentence; with the same values.
    """

    id: str
    values: Mapping[str, Value] = field(default_factory=dict)
    people: str | None = None

    def __str__(self) -> str:
        """For programs, and in logs: in English, things by their keys, numbers and days plain."""
        return self.said(None)

    def about(self, **values: Value) -> "Message":
        """The same with more of its gaps filled."""
        return replace(self, values={**self.values, **values})

    def said(self, reader: Reader | None) -> str:
        """The text for a reader; None: for programs."""
        sentence = self.id if reader is None else reader.gettext(self.people or self.id)
        return _GAP.sub(lambda gap: text(self.values[gap[1]], reader) if gap[1] in self.values else gap[0], sentence)


def text(value: Value, reader: Reader | None) -> str:
    """A value for a reader; None: for programs. What somebody wrote is cut where it is longer than a sentence can bear."""
    match value:
        case Message():
            return value.said(reader)
        case Named():
            return value.key if reader is None else text(value.name, reader)
        case tuple():
            return ", ".join(text(each, reader) for each in value)
        case int() | Decimal() if reader:
            return reader.number(value)
        case date() if reader:
            return reader.day(value)
    return shortened(str(value))


def shortened(text: str) -> str:
    """A text as it stands in a sentence."""
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"


def together(*messages: Message | None) -> Message | None:
    """Sentences one after the other, as one; None where there are none."""
    found = [each for each in messages if each]
    if len(found) < 2:
        return found[0] if found else None
    return Message(" ".join(f"{{{at}}}" for at in range(len(found))), {str(at): each for at, each in enumerate(found)})


def kind_of(value: object) -> Message:
    """What kind of JSON value it is, in a sentence."""
    if isinstance(value, bool):
        return Message("true or false")
    if isinstance(value, int | Decimal):
        return Message("a number")
    if isinstance(value, str):
        return Message("text")
    if isinstance(value, list):
        return Message("a list")
    return Message("an object") if isinstance(value, dict) else Message("null")
