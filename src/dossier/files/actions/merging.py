"""Several files as one PDF: each set out as pages by the workshop, joined, originals enclosed of what cannot be shown."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from dossier.files.actions.opening import fetch, office_pdf
from dossier.files.actions.reading import raise_if_withheld
from dossier.files.model import File
from dossier.files.model.preview import is_office, may_be_drawn, took_too_long
from dossier.files.model.together import (
    BROKEN,
    ENCLOSED,
    LONG,
    MOST_ENCLOSED,
    MOST_IN,
    MOST_PAGES,
    OFFICE,
    PROGRAM,
    SECONDS,
    SIGNED,
    TOO_LARGE_TO_ENCLOSE,
    WHY,
    Unshown,
    is_program,
    not_joined,
    not_shown,
    raise_if_large,
    raise_if_many,
    unique_names,
)
from dossier.foundation.messages import Message
from dossier.foundation.services import Services
from dossier.foundation.storage.unfinished import placed
from dossier.foundation.workshop.asking import Died, Limits, Overdue, ask, asking

Said = Callable[[Message], str]
_SETTING = Limits(processor=40, seconds=SECONDS, file=700_000_000)
_JOINING = Limits(processor=40, seconds=SECONDS, file=1_500_000_000)
_merging = asyncio.Semaphore(2)  # of all workspaces: each takes a processor
_PDF = "application/pdf"


@dataclass(frozen=True, slots=True)
class Merged:
    """The PDF, a local file that is soon gone, its bytes, and what of it is not shown as it is."""

    file: Path
    size: int
    unshown: Sequence[Unshown]


@dataclass(slots=True)
class _Part:
    """A file on its way: its content, the PDF that is made of it, and why it is not shown as it is."""

    file: File
    content: Path
    to: Path
    type: str
    is_program: bool = False
    why: str | None = None
    pages: int = 0

    @property
    def is_enclosed(self) -> bool:
        return self.why is not None and self.file.size <= MOST_ENCLOSED and not self.is_program


def raise_if_not_merged(services: Services, files: Sequence[File]) -> None:
    """409, 410, 413: what is refused before a byte of them is read."""
    for each in files:
        raise_if_withheld(services, each)
    raise_if_large(sum(each.size for each in files), MOST_IN)


def known_unshown(services: Services, files: Sequence[File]) -> list[Unshown]:
    """Those of which their type alone says that no page shows them here; of others it is known once they are opened."""
    kinds = {each.id: OFFICE if is_office(each.type) else "unknown" for each in files}
    none = [each for each in files if not may_be_drawn(each.type, 0, office=services.office is not None)]
    return [Unshown(each, kinds[each.id], enclosed=False) for each in none]


@asynccontextmanager
async def merged(services: Services, files: Sequence[File], said: Said, *, strict: bool) -> AsyncIterator[Merged]:
    """One PDF of all, in order; 409, 410, 413, 504, and 422 if `strict` where something is not shown as it is. `said`: a message as its reader reads it."""
    raise_if_not_merged(services, files)
    async with placed(services.storage) as home:
        try:
            async with asyncio.timeout(min(SECONDS, services.request_seconds * 0.95)), _merging:
                found = await _made(services, files, said, home, strict=strict)
        except (TimeoutError, Overdue):
            raise took_too_long() from None
        except Died:
            raise not_joined() from None
        yield found


async def _made(services: Services, files: Sequence[File], said: Said, home: Path, *, strict: bool) -> Merged:
    parts = [await _fetched(services, file, home / str(at)) for at, file in enumerate(files)]
    await _set_out(parts, said, home)
    unshown = [Unshown(each.file, each.why, each.is_enclosed) for each in parts if each.why]
    if strict and unshown:
        raise not_shown(unshown)
    return Merged(home / "all.pdf", await _joined(parts, home), unshown)


async def _fetched(services: Services, file: File, folder: Path) -> _Part:
    storage = services.storage
    await storage.do(folder.mkdir)
    part = _Part(file, folder / "content", folder / "part.pdf", file.type)
    await fetch(services, file, part.content)
    head = await storage.do(_head, part.content)
    part.is_program = is_program(file.name, head)
    if is_office(file.type):
        converted = await office_pdf(services, part.content, folder)
        if converted is None:
            part.why = OFFICE
        else:
            part.type, part.to = _PDF, folder / "office.pdf"
            await storage.do(converted.rename, folder / "converted.pdf")
    return part


def _head(content: Path) -> bytes:
    with content.open("rb") as opened:
        return opened.read(8)


# ---- set out as pages ----


async def _set_out(parts: Sequence[_Part], said: Said, home: Path) -> None:
    """All in one process; what breaks it is named, and the others go on in another one. Overdue, 413."""
    left = list(parts)
    while left:
        order = {"work": "set_out", "entries": [_entry(at, each, said) for at, each in enumerate(left)]}
        done = 0
        try:
            async with asking(order, _SETTING, home) as answers:
                async for answer in answers:
                    _note(left[answer["at"]], answer, parts)
                    done += 1
        except Overdue:
            raise
        except Died:
            if done == len(left) or left[done].why == BROKEN:
                raise
            left[done].why = BROKEN
        left = left[done:]


def _note(part: _Part, answer: dict[str, Any], parts: Sequence[_Part]) -> None:
    if answer["why"] == "vast":
        raise_if_many(MOST_PAGES + 1)
    part.pages, part.why = answer["pages"], answer["why"]
    raise_if_many(sum(each.pages for each in parts))


def _entry(at: int, part: _Part, said: Said) -> dict[str, Any]:
    folder = part.content.parent
    content = folder / "converted.pdf" if part.type == _PDF and part.to.name == "office.pdf" else part.content
    return {
        "at": at,
        "file": str(content),
        "type": part.type,
        "to": str(part.to),
        "most": MOST_PAGES,
        "why": part.why,
        "naming": _naming(part, said),
    }


def _naming(part: _Part, said: Said) -> dict[str, Any]:
    """What stands on the page that names a file."""
    file = part.file
    fate = ENCLOSED if replace(part, why=BROKEN).is_enclosed else PROGRAM if part.is_program else TOO_LARGE_TO_ENCLOSE
    rows = [
        (said(Message("Type")), file.type),
        (said(Message("Size")), said(Message("{count} bytes", {"count": file.size}))),
        ("SHA-256", file.sha256.hex()),
    ]
    why = {name: f"{said(reason)} {said(fate)}" for name, reason in WHY.items() if name not in (SIGNED, LONG)}
    return {"name": file.name, "rows": rows, "why": why}


# ---- joined ----


async def _joined(parts: Sequence[_Part], home: Path) -> int:
    """The bytes of the PDF of all parts."""
    names = list(unique_names([each.file.name for each in parts]))
    order = {
        "work": "join",
        "to": str(home / "all.pdf"),
        "parts": [{"name": each.file.name, "file": str(each.to), "pages": each.pages} for each in parts],
        "enclosed": [
            {"name": name, "file": str(each.content), "type": each.file.type}
            for name, each in zip(names, parts, strict=True)
            if each.is_enclosed
        ],
    }
    size: int = (await ask(order, _JOINING, home))["size"]
    return size
