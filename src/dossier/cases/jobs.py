"""Work on cases done later: counters, back-filling, forgetting."""

import asyncio
from datetime import UTC, datetime, timedelta
from uuid import UUID

from dossier.cases.actions.bulk import work_on
from dossier.cases.store import bulk as bulk_store
from dossier.cases.store import reading, search, upkeep, writing
from dossier.foundation.actor import Actor, Scope
from dossier.foundation.database import Database

AT_ONCE = 200  # cases locked by one transaction of the back-fill
PAUSE = 1.0  # second after 500 cases: the search waits for a storm of updates, not they for it
BEFORE_ALL = datetime(1970, 1, 1, tzinfo=UTC)
ANSWERS_KEPT = timedelta(hours=24)


def _system(*workspaces: UUID) -> Actor:
    return Actor("system", None, "Dossier", "system", Scope(workspaces))


async def fold_counts(database: Database) -> None:
    """Fold the counters' deltas until few are left."""
    while await database.write(_system(), upkeep.fold_counts) == upkeep.FOLDED_AT_ONCE:
        pass


async def backfill_index(database: Database, workspace: str, field: str) -> None:
    """Put a field of every case into the side table, in batches, then answer filters from it.

    Each case is locked while it is indexed. A change that locked it before is seen; one that locks it after
    reads it after, and so knows that the field is indexed.
    """
    actor = _system(UUID(workspace))
    after: UUID | None = upkeep.NO_ID
    while after is not None:
        async with database.transaction(actor) as transaction:
            ids = await upkeep.case_ids_after(transaction, UUID(workspace), after, AT_ONCE)
            for case in (await reading.lock_many(transaction, ids)).values():
                await writing.index(transaction, case, frozenset((field,)))
            await upkeep.touch(transaction, UUID(workspace), ids)
            if not ids:
                await upkeep.mark_ready(transaction, UUID(workspace), field)
        after = ids[-1] if ids else None


async def refresh_words(
    database: Database, workspace: str, *, pause: float = PAUSE, overlap: timedelta = search.SOON
) -> None:
    """Take the words of the workspace's cases that changed, until none is left; with a pause between many of them."""
    actor, began = _system(UUID(workspace)), database.clock()
    async with database.transaction(actor) as transaction:
        until = await search.progress(transaction, UUID(workspace))
    since = search.Mark(until - overlap if until else BEFORE_ALL)
    for source in (search.changed_cases, search.of_changed_contacts):
        after: search.Mark | None = since
        while after is not None:
            async with database.transaction(actor) as transaction:
                case_ids, after = await source(transaction, UUID(workspace), after)
                taken = await search.refresh(transaction, UUID(workspace), case_ids)
            await asyncio.sleep(pause if after and taken else 0)
    await database.write(actor, lambda tx: search.note_progress(tx, UUID(workspace), began))


async def sweep_words(database: Database, workspace: str) -> None:
    """Forget the words that only erased cases had."""
    await database.write(_system(UUID(workspace)), lambda tx: search.sweep(tx, UUID(workspace)))


async def refresh_all_words(database: Database) -> None:
    """What a server that died could not ask for: the words of every workspace with changes."""
    for workspace in await database.write(_system(), search.behind):
        await refresh_words(database, str(workspace), overlap=search.OVERLAP)
        await sweep_words(database, str(workspace))


async def change_many(database: Database, workspace: str, bulk: str) -> None:
    """Go on with a change of many cases."""
    await work_on(database, UUID(workspace), UUID(bulk))


async def forget_answers(database: Database) -> None:
    """Forget the stored answers of idempotent requests after a day, and changes of many cases after a month."""
    async with database.transaction(_system()) as transaction:
        await upkeep.forget_answers(transaction, transaction.clock() - ANSWERS_KEPT)
        await bulk_store.forget(transaction)
