"""What a timeline tells of an entry, line by line: what changed, how it is called, and both sides as people read them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from dossier.foundation.text import shortened
from dossier.records.pages.timeline import difference

MAX_VALUE = 300  # characters of a value that is no field's


@dataclass(frozen=True, slots=True)
class Word:
    """A word of the app: its table among the labels of the kind of thing, and its key there."""

    table: str
    key: str


Side = str | Word
NOBODY, EMPTY = Word("nothing", "nobody"), Word("nothing", "empty")


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that changed: what it is called, what it was and is, and what somebody noted about it."""

    name: Side
    old: Side
    new: Side
    note: str = ""


def plain(value: Any) -> Side:
    """A value that nobody knows more of."""
    if value is None:
        return EMPTY
    if isinstance(value, Mapping):
        return shortened(", ".join(str(each) for each in value.values() if each), MAX_VALUE)
    return shortened(str(value), MAX_VALUE)


def sides(old: Any, new: Any, read: Callable[[Any], Side] = plain) -> tuple[Side, Side]:
    """Both values as people read them; of long texts what differs."""
    was, is_ = difference(old, new)
    return read(was), read(is_)
