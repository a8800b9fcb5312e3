"""What a paper holds (`papers.py` sets it): plain values, texts as they are read, pictures by the path of a file."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class PaperFile:
    """A file that is listed: its name, lines about it (type, size, hash), and where its content is if it is to be shown."""

    name: str
    about: Sequence[str] = ()
    picture: str | None = None


@dataclass(frozen=True, slots=True)
class Place:
    """The place of a signature: what was drawn, if anything was, over lines about it. `strokes`: points of x and y within 600 by 200."""

    about: Sequence[str]
    strokes: Sequence[Sequence[Sequence[int]]] = ()
    alt: str = "–"


@dataclass(frozen=True, slots=True)
class Item:
    """A label and what stands under it; `rows`: several times the same labels, each time under a heading."""

    label: str
    values: Sequence[str] = ()
    files: Sequence[PaperFile] = ()
    place: Place | None = None
    rows: Sequence[tuple[str, Sequence["Item"]]] | None = None


@dataclass(frozen=True, slots=True)
class Part:
    """A heading and its items."""

    title: str
    items: Sequence[Item]
    description: str | None = None


@dataclass(frozen=True, slots=True)
class Paper:
    """The whole: `about` stands under the title, `notice` above every page, `foot` below."""

    title: str
    language: str
    about: Sequence[tuple[str, str]]
    parts: Sequence[Part]
    foot: str
    at: datetime
    rtl: bool = False
    notice: str | None = None

    def sent(self) -> dict[str, Any]:
        """As JSON has it."""
        return {**asdict(self), "at": self.at.astimezone(UTC).timetuple()[:6]}
