"""Which type a file has: what its content shows and a parser opens; of texts, which of a few its sender says."""

from dataclasses import dataclass
from pathlib import PurePath

BINARY = "application/octet-stream"
RASTER = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp", "image/tiff", "image/bmp", "image/heic"})
_SHOWN = RASTER | {"application/pdf", "text/plain"}
_TEXTS = {
    ".txt": "text/plain",
    ".csv": "text/csv",
    ".md": "text/markdown",
    ".json": "application/json",
    ".eml": "message/rfc822",
}
_NOT_IN_TEXTS = frozenset(range(32)) - {*b"\t\n\r\f\x1b"}
LOOKED_AT = 1024 * 1024  # bytes from the beginning, to see whether it is text


@dataclass(frozen=True, slots=True)
class Seen:
    """What was found in a file: its type, None where no parser opens it; of a picture the size in pixels, of a PDF the pages."""

    type: str | None = None
    width: int | None = None
    height: int | None = None
    pages: int | None = None


def type_of(seen: Seen, head: bytes, said: str, name: str) -> str:
    """The type of a file of which a parser has `seen` so much, and that begins so."""
    return seen.type or (text_type(said, name) if _is_text(head) else BINARY)


def text_type(said: str, name: str) -> str:
    """Which text it is: as was said, else as the name says, else none that we know."""
    known = said.partition(";")[0].strip().lower()
    return known if known in _TEXTS.values() else _TEXTS.get(PurePath(name).suffix.lower(), BINARY)


def served_type(type: str) -> str:
    """Under which type content is given: what a browser could run never under its own."""
    return ("text/plain; charset=utf-8" if type == "text/plain" else type) if is_shown(type) else BINARY


def is_shown(type: str) -> bool:
    """Whether content is given under its own type."""
    return type in _SHOWN


def _is_text(head: bytes) -> bool:
    """UTF-8, perhaps cut in its last character, and nothing that no text has."""
    try:
        head.decode()
    except UnicodeDecodeError as error:
        if len(head) < LOOKED_AT or error.start < len(head) - 3:
            return False
    return not _NOT_IN_TEXTS.intersection(head)
