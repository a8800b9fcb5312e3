"""What goes by itself: files that nothing names, content whose file is gone, content that never had one."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from functools import partial
from itertools import islice
from uuid import UUID

import structlog

from dossier.files.actions.changing import remove
from dossier.files.store import leaving, rows
from dossier.foundation.actor import SERVER, Scope, system
from dossier.foundation.database import Database, Transaction
from dossier.foundation.identifiers import parse_id
from dossier.foundation.services import Services
from dossier.foundation.storage import Kept
from dossier.foundation.storage.unfinished import sweep as sweep_unfinished

log = structlog.get_logger()

AT_ONCE = 500
YOUNGEST = timedelta(days=1)
"""Content younger than that is never taken for nobody's: it is kept before the row that names it."""


async def erase_unheld(services: Services) -> int:
    """Erase the files whose time is over and that nothing holds; how many."""
    async with services.database.reading(SERVER) as reading:
        found = await leaving.going(reading, services.clock(), AT_ONCE)
    return sum([await _erase_there(services.database, *each) for each in found])


async def _erase_there(database: Database, workspace_id: UUID, file_id: UUID) -> bool:
    return await database.write(system(scope=Scope((workspace_id,))), lambda tx: _erase(tx, file_id))


async def _erase(transaction: Transaction, file_id: UUID) -> bool:
    file = await rows.lock(transaction, file_id, to_erase=True)
    if file is None or file.goes_at is None or file.goes_at > transaction.clock():
        return False  # held meanwhile
    await remove(transaction, file.workspace_id, [file.id])
    return True


async def delete_left(services: Services) -> int:
    """Delete the content of files that have been gone for long enough; how many."""
    before, storage = services.clock() - timedelta(days=services.file_limits.sweep_days), services.storage
    deleted = 0
    while True:
        async with services.database.reading(SERVER) as reading:
            found = await leaving.left(reading, before, AT_ONCE)
        if not found:
            return deleted
        for each in found:
            await storage.do(storage.storage.delete, each.object)
        await services.database.write(system(), partial(leaving.forget, gone=found))
        deleted += len(found)


async def sweep(services: Services) -> int:
    """Delete content that no file has or had, as of uploads whose server was killed; how many."""
    storage = services.storage
    oldest = services.clock() - max(timedelta(days=services.file_limits.sweep_days), YOUNGEST)
    await storage.do(sweep_unfinished, storage.storage.unfinished)
    pages, deleted = keys_before(storage.storage.list(), oldest), 0
    while page := await storage.do(next, pages, None):
        for key in await strays(services, page):
            await storage.do(storage.storage.delete, key)
            log.warning("stray content deleted", object=key)
            deleted += 1
    return deleted


def keys_before(found: Iterator[Kept], oldest: datetime) -> Iterator[list[str]]:
    """The keys of our own shape that are older, some at a time: what others keep in the same place is none of ours."""
    old = (each.key for each in found if each.at < oldest and parse_id(each.key.partition("/")[0]))
    while page := list(islice(old, AT_ONCE)):
        yield page


async def strays(services: Services, keys: Sequence[str]) -> list[str]:
    """Those of the keys that belong to no file."""
    async with services.database.reading(SERVER) as reading:
        known = await leaving.known(reading, keys)
    return [key for key in keys if key not in known]
