"""Work on cases done later: counters, back-filling, forgetting."""

from datetime import timedelta
from uuid import UUID

from dossier.cases.store import reading, upkeep, writing
from dossier.foundation.actor import Actor, Scope
from dossier.foundation.database import Database

AT_ONCE = 200  # cases locked by one transaction of the back-fill
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


async def forget_answers(database: Database) -> None:
    """Forget the stored answers of idempotent requests after a day."""
    async with database.transaction(_system()) as transaction:
        await upkeep.forget_answers(transaction, transaction.clock() - ANSWERS_KEPT)
