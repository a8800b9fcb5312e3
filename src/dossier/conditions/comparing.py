"""How an attribute is compared by people: which operators mean something for it, and how its operand is typed and read."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from dossier.foundation import exact
from dossier.foundation.errors import InvalidValue

Reader = Callable[[str], Any]
"""From a typed text to the operand of an attribute; InvalidValue says how it must be."""

_ORDER = ("gt", "ge", "lt", "le")
_FILLED = ("filled", "empty")


@dataclass(frozen=True, slots=True)
class Comparing:
    """`operators`: as forms call them; `input`: text, decimal, date, time or yes_or_no; `words`: whose names for “gt” and the like."""

    operators: tuple[str, ...]
    read: Reader = str
    input: str = "text"
    words: str = ""


def number(text: str) -> Decimal:
    """A number, as the reader's language writes it."""
    return Decimal(exact.typed_number(text))


def day_or_time(text: str) -> str:
    """A day as people write it, or a time with its offset."""
    with suppress(ValueError):
        return exact.typed_day(text).isoformat()
    with suppress(ValueError):
        exact.moment(text)
        return text
    raise InvalidValue("“{field}” takes a day such as 2026-03-01, not “{value}”.", value=text)


def yes_or_no(text: str) -> bool:
    """`true` or `false`."""
    if text not in ("true", "false"):
        raise InvalidValue("“{field}” takes yes or no.")
    return text == "true"


TEXT = Comparing(("eq", "ne", "contains", "in", "nin", *_FILLED))
NUMBER = Comparing(("eq", "ne", *_ORDER, "in", "nin", *_FILLED), number, "decimal", "number")
DAY = Comparing(("eq", "ne", *_ORDER, *_FILLED), day_or_time, "date", "date")
YES_OR_NO = Comparing(("eq", "ne", *_FILLED), yes_or_no, "yes_or_no")
ONE_OF = Comparing(("eq", "ne", "in", "nin", *_FILLED))
SOME_OF = Comparing(("contains", *_FILLED))
