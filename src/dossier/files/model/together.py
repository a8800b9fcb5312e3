"""Several files as one: which names they have in it, what is said of those that cannot be shown, and how it refuses."""

import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePath
from uuid import UUID

from dossier.files.model.file import NO_SUCH, File
from dossier.foundation.errors import Invalid, NotFound, Problem, TooLarge, TooManyRequests, Unprocessable
from dossier.foundation.messages import Message

MOST_FILES = 100
AT_ONCE = 3  # that are made for a workspace
MOST_IN = 500_000_000  # bytes of the files that become one PDF
MOST_PAGES = 2_000
MOST_ENCLOSED = 50_000_000  # bytes of an original that is enclosed in it
MOST_ZIPPED = 10 * 10**9  # bytes of the files in one ZIP
SECONDS = 29.0  # in which it is made: before requests are given up
_PROGRAMS = (b"MZ", b"\x7fELF", b"#!", b"\xfe\xed\xfa", b"\xcf\xfa\xed\xfe", b"\xce\xfa\xed\xfe", b"\xca\xfe\xba\xbe")
_RUN_BY_NAME = frozenset(
    [
        ".bat",
        ".cmd",
        ".com",
        ".cpl",
        ".exe",
        ".hta",
        ".htm",
        ".html",
        ".jar",
        ".js",
        ".jse",
        ".lnk",
        ".msi",
        ".ps1",
        ".py",
        ".reg",
        ".scr",
        ".sh",
        ".svg",
        ".vbe",
        ".vbs",
        ".wsf",
        ".xhtml",
    ]
)

SIGNED, LONG, OFFICE, BROKEN = "signed", "long", "office", "broken"
WHY: Mapping[str, Message] = {
    "locked": Message("It has a password, and is not shown."),
    BROKEN: Message("It could not be opened, and is not shown."),
    "unknown": Message("Files of this type have no pages that could be shown."),
    "no_glyph": Message("It has characters for which this server has no font, and is not shown."),
    OFFICE: Message("This server cannot show pages of such a file."),
    SIGNED: Message("Its signature holds only in the original."),
    LONG: Message("Only its first pages are shown."),
}
"""Why the original is enclosed, or would be; of the last two pages are shown too."""
ENCLOSED = Message("The original is enclosed in this PDF.")
TOO_LARGE_TO_ENCLOSE = Message("It is not enclosed in this PDF: it is too large.")
PROGRAM = Message("It is not enclosed in this PDF: it could be a program.")


@dataclass(frozen=True, slots=True)
class Unshown:
    """A file that is not, or not wholly, shown as pages: why, and whether its original is enclosed."""

    file: File
    why: str
    enclosed: bool


def is_program(name: str, head: bytes) -> bool:
    """Whether somebody who opens it may run it."""
    return head.startswith(_PROGRAMS) or PurePath(name).suffix.lower() in _RUN_BY_NAME


def unique_names(names: Sequence[str]) -> Iterator[str]:
    """The same names, none of them twice for any system: `name (2).ext`."""
    taken: set[str] = set()
    for name in names:
        stem, suffix, number, unique = PurePath(name).stem, PurePath(name).suffix, 1, name
        while _as_unpacked(unique) in taken:
            number += 1
            unique = f"{stem} ({number}){suffix}"
        taken.add(_as_unpacked(unique))
        yield unique


def _as_unpacked(name: str) -> str:
    """What is the same where it is unpacked: in either case, with an accent in either writing (macOS), without dots and blanks at its end (Windows)."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", name).casefold()).rstrip(". ")


def none_of(ids: Sequence[UUID]) -> NotFound:
    """404: those are not there, each named."""
    return NotFound(tuple(Problem(Message(NO_SUCH, {"id": id}), NotFound.code, parameter="ids") for id in ids))


def too_many_files() -> Invalid:
    """400: so many are not made one."""
    refusal = Invalid.because("Name {count} files at most.", "invalid_parameter", parameter="ids", count=MOST_FILES)
    assert isinstance(refusal, Invalid)
    return refusal


def raise_if_large(size: int, most: int) -> None:
    """413: together they are larger than is made one (bytes)."""
    if size > most:
        raise TooLarge.because("Together the files have more than {count} bytes.", parameter="ids", count=most)


def raise_if_many(pages: int) -> None:
    """413: together they have more pages."""
    if pages > MOST_PAGES:
        raise TooLarge.because("Together the files have more than {count} pages.", parameter="ids", count=MOST_PAGES)


def busy() -> TooManyRequests:
    """429: enough are being made."""
    sentence = "{count} such answers are being made for the workspace already; try again in a moment."
    problem = Problem(sentence, TooManyRequests.code, count=AT_ONCE)
    return TooManyRequests((problem,), {"Retry-After": "5"})


def not_joined() -> Unprocessable:
    """422: one of them ends whatever tries, and nobody knows which."""
    refusal = Unprocessable.because("The files could not be made one PDF.", "not_possible", parameter="ids")
    assert isinstance(refusal, Unprocessable)
    return refusal


def not_shown(found: Sequence[Unshown]) -> Unprocessable:
    """422: pages of all were asked for, and those have none."""
    sentence = "“{name}” cannot be shown as pages. {why}"
    return Unprocessable(
        tuple(
            Problem(
                Message(sentence, {"name": each.file.name, "why": WHY[each.why]}),
                "not_shown",
                parameter="ids",
                meta={"id": str(each.file.id), "name": each.file.name, "why": each.why},
            )
            for each in found
        ),
        {"Preference-Applied": "handling=strict"},
    )
