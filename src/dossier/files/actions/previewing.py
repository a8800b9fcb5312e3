"""Pictures of the pages of files: made by a job after the upload, or when somebody asks for one that is not there yet; kept in the storage."""

import asyncio
import hashlib
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import Any
from uuid import UUID

from dossier.files.actions.opening import fetch, office_pdf
from dossier.files.actions.reading import raise_if_withheld
from dossier.files.model import File, new_object
from dossier.files.model.preview import (
    FIRST_PAGES,
    SHOWN,
    THUMBNAIL,
    Preview,
    is_office,
    may_be_drawn,
    no_picture,
    took_too_long,
)
from dossier.files.store import leaving, previews, rows
from dossier.foundation.actor import Scope, system
from dossier.foundation.database import Transaction
from dossier.foundation.errors import AppError
from dossier.foundation.jobs import DRAWING, Job
from dossier.foundation.services import Services
from dossier.foundation.storage import Missing
from dossier.foundation.storage.unfinished import placed
from dossier.foundation.workshop.asking import Died, Limits, Overdue, asking

DRAW = Job("files.draw", DRAWING)
"""Draws the first pages of a file that was just kept."""

_LIMITS = Limits(processor=25, seconds=25, file=50_000_000)
_drawing = asyncio.Semaphore(2)  # processes at a time


class _Full(Exception):
    """The quota has no room for pictures."""


async def draw_first(services: Services, workspace_id: UUID, file_id: UUID) -> None:
    """The thumbnails and pictures of the first pages, if none were made; nothing of what is gone, not to be given, or of no such type."""
    async with services.database.reading(Scope((workspace_id,))) as reading:
        file = await rows.get(reading, file_id)
        is_drawn = file and await previews.find(reading, file, 1, SHOWN)
    if file is None or is_drawn or not draws(services, file):
        return
    try:
        raise_if_withheld(services, file)
    except AppError:
        return  # drawn when somebody asks, should it be given then
    try:
        await _make(services, file, (1, FIRST_PAGES), (SHOWN, THUMBNAIL))
    except Died:
        await _note(services, file, None, drawn=False)


def draws(services: Services, file: File) -> bool:
    """Whether there may be pictures of it."""
    return file.drawn is not False and may_be_drawn(file.type, file.size, office=bool(services.office))


async def preview(services: Services, file: File, page: int, size: int) -> tuple[str, bytes]:
    """The picture (WebP) of a page in a size, with its tag; 404 where there is none, 409 and 410 where its content is not given, 504."""
    raise_if_withheld(services, file)
    if not draws(services, file) or not 1 <= page <= (file.pages or page):
        raise no_picture()
    if kept := await _kept(services, file, page, size):
        return kept
    try:
        made = await _make(services, file, (page, page), (size,))
    except Overdue:
        raise took_too_long() from None
    except Died:
        if page == 1:
            await _note(services, file, None, drawn=False)
        raise no_picture() from None
    if not made:
        raise no_picture()
    return made[0]


async def _kept(services: Services, file: File, page: int, size: int) -> tuple[str, bytes] | None:
    async with services.database.reading(Scope((file.workspace_id,))) as reading:
        found = await previews.find(reading, file, page, size)
    if found is None:
        return None
    try:
        pieces = [piece async for piece in services.storage.read(found.object, 0, found.length)]
    except Missing:  # as after a backup was restored
        await drop_lost(services, file, found)
        return None
    return found.tag, b"".join(pieces)


async def drop_lost(services: Services, file: File, lost: Preview) -> None:
    """Forget what was made, and lies in the storage no more."""
    scope = Scope((file.workspace_id,))
    await services.database.write(system(scope=scope), lambda tx: previews.forget(tx, file, lost))


# ---- making them ----


async def _make(
    services: Services, file: File, pages: tuple[int, int], sizes: Sequence[int]
) -> list[tuple[str, bytes]]:
    """Draw pages and keep the pictures; those of the first page that was drawn. Died, Overdue."""
    async with _drawing, placed(services.storage) as home:
        source = home / "source"
        await fetch(services, file, source)
        type = file.type
        if is_office(type):
            converted = await office_pdf(services, source, home)
            if converted is None:
                raise Died
            source, type = converted, "application/pdf"
        order = {
            "file": str(source),
            "type": type,
            "first": pages[0],
            "last": pages[1],
            "sizes": sizes,
            "to": str(home),
        }
        count, made = 0, []
        async for answer in _drawn(order, home):
            count = answer.get("pages", count)
            if "page" in answer:
                made.append(answer)
        first = [await services.storage.do(_read, home / each["file"]) for each in made[:1]]
        await _keep(services, file, count, home, made)
        return first


async def _drawn(order: dict[str, Any], home: Path) -> AsyncIterator[dict[str, Any]]:
    async with asking({"work": "draw", **order}, _LIMITS, home) as answers:
        async for answer in answers:
            yield answer


def _read(picture: Path) -> tuple[str, bytes]:
    content = picture.read_bytes()
    return f'"{hashlib.sha256(content).hexdigest()}"', content


async def _keep(services: Services, file: File, pages: int, home: Path, made: list[dict[str, Any]]) -> None:
    """Put the pictures into the storage, then the rows that name them; nothing where the quota has no room, or the file is gone."""
    kept = [await put_made(services, file, home / each["file"], each["page"], each["size"]) for each in made]
    await keep_made(services, file, kept)
    await _note(services, file, pages, drawn=True)


async def put_made(services: Services, file: File, content: Path, page: int, size: int) -> Preview:
    """What was made, in the storage; no row names it yet."""
    storage, object = services.storage, new_object(file.workspace_id)
    hash, length = await storage.do(_measured, content)
    await storage.do(storage.storage.put, object, content)
    return Preview(page, size, object, length, hash)


def _measured(content: Path) -> tuple[bytes, int]:
    with content.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").digest(), content.stat().st_size


async def keep_made(services: Services, file: File, made: Sequence[Preview], *, any_quota: bool = False) -> None:
    """The rows of what is in the storage; what gets none leaves it again: the quota has no room, another was quicker, the file is gone."""
    named: set[str] = set()
    try:
        named = await services.database.write(
            system(scope=Scope((file.workspace_id,))),
            lambda tx: _insert(tx, file, made, 0 if any_quota else services.file_limits.quota),
        )
    except _Full:
        pass
    finally:
        for each in made:
            if each.object not in named:
                await services.storage.do(services.storage.storage.delete, each.object)


async def _insert(transaction: Transaction, file: File, made: Sequence[Preview], quota: int) -> set[str]:
    if not await previews.lock(transaction, file):
        return set()
    named = await previews.insert(transaction, file, made)
    used = await leaving.use(transaction, file.workspace_id, sum(each.length for each in made if each.object in named))
    if quota and used > quota:
        raise _Full
    return named


async def _note(services: Services, file: File, pages: int | None, *, drawn: bool) -> None:
    if (pages or file.pages, drawn) != (file.pages, file.drawn):
        scope = Scope((file.workspace_id,))
        await services.database.write(system(scope=scope), lambda tx: previews.note(tx, file, pages, drawn=drawn))
