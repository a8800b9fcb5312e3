"""Keeping a file that came inside something else, such as a mail: looked at and scanned as every other one."""

from uuid import UUID

from dossier.files.actions.uploading import Received, Told, put, raise_if_full
from dossier.foundation.actor import Actor
from dossier.foundation.services import Services
from dossier.foundation.storage.unfinished import Unfinished


async def arrived(
    services: Services, actor: Actor, workspace_id: UUID, told: tuple[str, str], content: bytes, case: UUID | None
) -> Received:
    """The content, kept; no row names it yet. `told`: its name and type, as its sender says. 422 `infected` or full, 503, 507."""
    storage = services.storage
    async with services.database.reading(actor.scope) as reading:
        await raise_if_full(reading, workspace_id, len(content), services.file_limits)
    unfinished = await storage.do(lambda: Unfinished(storage.storage.unfinished))
    try:
        unfinished.take(content)
        await storage.do(unfinished.write)
        await storage.do(unfinished.close)
        name, type = told
        return await put(services, actor, workspace_id, Told(name, type, "restricted", case), unfinished.whole())
    finally:
        await storage.do(unfinished.discard)
