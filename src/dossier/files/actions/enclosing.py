"""Keeping a file that came inside something else, such as a mail: looked at and scanned as every other one."""

from collections.abc import Iterable
from uuid import UUID

from dossier.files.actions.uploading import Received, Told, put, raise_if_full
from dossier.files.model import empty_file
from dossier.foundation.actor import Actor
from dossier.foundation.services import Services
from dossier.foundation.storage.unfinished import Unfinished


async def arrived(
    services: Services, actor: Actor, workspace_id: UUID, told: tuple[str, str], content: bytes, case: UUID | None
) -> Received:
    """The content, kept; no row names it yet. `told`: its name and type, as its sender says. 422 `infected` or full, 503, 507."""
    return await arrived_in_pieces(services, actor, workspace_id, told, (content,), len(content), case)


async def arrived_in_pieces(
    services: Services,
    actor: Actor,
    workspace_id: UUID,
    told: tuple[str, str],
    pieces: Iterable[bytes],
    size: int,
    case: UUID | None,
) -> Received:
    """The same of content that never lies in the memory as a whole, of `size` bytes or so; also what `pieces` raises, and 400 for none."""
    storage = services.storage
    async with services.database.reading(actor.scope) as reading:
        await raise_if_full(reading, workspace_id, size, services.file_limits)
    unfinished = await storage.do(lambda: Unfinished(storage.storage.unfinished))
    try:
        await storage.do(_write, unfinished, pieces)
        if not unfinished.size:
            raise empty_file()
        name, type = told
        return await put(services, actor, workspace_id, Told(name, type, "restricted", case), unfinished.whole())
    finally:
        await storage.do(unfinished.discard)


def _write(unfinished: Unfinished, pieces: Iterable[bytes]) -> None:
    for piece in pieces:
        if unfinished.take(piece):
            unfinished.write()
    unfinished.write()
    unfinished.close()
