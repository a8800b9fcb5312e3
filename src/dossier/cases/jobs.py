"""Work on cases done later: counters, back-filling, forgetting."""

from datetime import timedelta
from uuid import UUID

from dossier import records
from dossier.cases.actions.bulk import CASES_AT_ONCE
from dossier.cases.actions.later import BACKFILL_INDEX, CHANGE_MANY, TELL_OF_CONTACTS, WORDS
from dossier.cases.actions.shared import tell_next
from dossier.cases.store import reading, upkeep, writing
from dossier.foundation.actor import SERVER, Actor, Scope
from dossier.foundation.jobs import BULK, Job, Jobs
from dossier.foundation.services import Services

AT_ONCE = 20  # cases locked by one transaction of the back-fill: who changes one of them waits for it
ANSWERS_KEPT = timedelta(hours=24)


def _system(*workspaces: UUID) -> Actor:
    return Actor("system", None, "Dossier", "system", Scope(workspaces) if workspaces else SERVER)


async def fold_counts(services: Services) -> None:
    """Fold the counters' deltas until few are left."""
    while await services.database.write(_system(), upkeep.fold_counts) == upkeep.FOLDED_AT_ONCE:
        pass


async def backfill_index(services: Services, workspace: str, field: str) -> None:
    """Put a field of every case into the side table, in batches, then answer filters from it.

    Each case is locked while it is indexed. A change that locked it before is seen; one that locks it after
    reads it after, and so knows that the field is indexed. A field that is ready, by another run, stays as it is.
    """
    actor = _system(UUID(workspace))
    waiting = (UUID(workspace), field) in await services.database.write(actor, upkeep.unready)
    after: UUID | None = upkeep.NO_ID if waiting else None
    while after is not None:
        async with services.database.transaction(actor) as transaction:
            ids = await upkeep.case_ids_after(transaction, UUID(workspace), after, AT_ONCE)
            for case in (await reading.lock_many(transaction, ids)).values():
                await writing.index(transaction, case, frozenset((field,)))
            await upkeep.touch(transaction, UUID(workspace), ids)
            if not ids:
                await upkeep.mark_ready(transaction, UUID(workspace), field)
        after = ids[-1] if ids else None


async def backfill_missing(services: Services) -> None:
    """The back-fills that were asked for and did not end: of a server that was killed, or of a migration."""
    for workspace, field in await services.database.write(_system(), upkeep.unready):
        await backfill_index(services, str(workspace), field)


async def tell_of_contacts(services: Services, workspace: str) -> None:
    """Tell the cases that are left how a contact of theirs changed, one after the other, each once."""
    while await services.database.write(_system(UUID(workspace)), lambda tx: tell_next(tx, UUID(workspace))):
        pass


async def change_many(services: Services, workspace: str, bulk: str) -> None:
    """Go on with a change of many cases."""
    await records.change_many(services.database, CASES_AT_ONCE, UUID(workspace), UUID(bulk))


async def give_up_changes(services: Services) -> None:
    """Changes of many cases whose job was cancelled are over."""
    await services.database.write(_system(), lambda tx: records.give_up_bulk(tx, CASES_AT_ONCE))


async def forget_answers(services: Services) -> None:
    """Forget the stored answers of idempotent requests after a day, and changes of many cases after a month."""
    async with services.database.transaction(_system()) as transaction:
        await upkeep.forget_answers(transaction, transaction.clock() - ANSWERS_KEPT)
        await records.forget_bulk(transaction)


JOBS: Jobs = {
    CHANGE_MANY: change_many,
    TELL_OF_CONTACTS: tell_of_contacts,
    BACKFILL_INDEX: backfill_index,
    **WORDS.jobs(),
    Job("cases.fold_counts", cron="* * * * *"): fold_counts,
    Job("cases.give_up_changes", cron="* * * * *"): give_up_changes,
    Job("cases.backfill_missing", BULK, cron="* * * * *"): backfill_missing,
    Job("cases.forget_answers", cron="17 * * * *"): forget_answers,
}
