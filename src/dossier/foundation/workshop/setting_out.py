"""Files set out as PDFs, each a part of what they become together. Names and reasons are the server's: it says what a person reads."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

TEXTS = frozenset({"text/plain", "text/csv", "text/markdown", "application/json"})
PICTURES = frozenset({"image/jpeg", "image/png", "image/gif", "image/webp", "image/tiff", "image/bmp", "image/heic"})
DRAWING = "image/svg+xml"
PDF = "application/pdf"


def work(order: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """For each of `entries` (`{at, file, type, to, most, naming}`) what became of it: `{at, pages, why}`. `boxes` in one: characters that no font has may be that.

    `why`: None: shown as it is. "signed", "long": shown, but not all that it is. Else why a page that names it stands for it; "vast": it has more than `most` pages.
    What is done is said before the next one is begun: should that be the end of the process, the server knows whose fault it was.
    """
    for entry in order["entries"]:
        yield {"at": entry["at"], **set_out(entry)}


def set_out(entry: dict[str, Any]) -> dict[str, Any]:
    """One of them."""
    to, why = Path(entry["to"]), entry.get("why")
    if why is None:
        try:
            pages, why = _shown(Path(entry["file"]), entry["type"], to, entry["most"], boxes=entry.get("boxes", False))
        except Exception as error:  # noqa: BLE001 - a parser says in its own way that it cannot
            why = _reason(error)
        else:
            return {"pages": pages, "why": why}
    if why == "vast":
        return {"pages": 0, "why": why}
    from dossier.foundation.workshop.pages import naming  # noqa: PLC0415

    said = entry["naming"]
    return {"pages": naming({**said, "why": said["why"][why]}, to), "why": why}


def _shown(file: Path, type: str, to: Path, most: int, *, boxes: bool) -> tuple[int, str | None]:
    if type == PDF:
        from dossier.foundation.workshop.cleaning import clean  # noqa: PLC0415

        pages, signed = clean(file, to, most)
        return pages, "signed" if signed else None
    from dossier.foundation.workshop import pages as made  # noqa: PLC0415

    if type in TEXTS:
        count, whole = made.of_text(file, to, boxes=boxes)
        return count, None if whole else "long"
    if type in PICTURES:
        return made.of_picture(file, type, to, most), None
    if type == DRAWING:
        return made.of_drawing(file, to, boxes=boxes), None
    raise NotImplementedError


def _reason(error: Exception) -> str:
    kind = type(error).__name__
    if kind == "TooManyPages":
        return "vast"
    return {"PasswordError": "locked", "NotImplementedError": "unknown", "NoGlyph": "no_glyph"}.get(kind, "broken")
