"""Work on cases done later: counters, back-filling, telling."""

from dataclasses import replace
from functools import partial
from uuid import UUID

from dossier.cases.actions.bulk import CASES_AT_ONCE
from dossier.cases.actions.later import BACKFILL, TELL_OF_CONTACTS, WORDS
from dossier.cases.actions.shared import tell_next
from dossier.cases.store import erasing
from dossier.cases.store.collection import COUNTERS, STATE_COUNTERS
from dossier.foundation.actor import Scope
from dossier.foundation.jobs import BULK, SYSTEM, Job, Jobs
from dossier.foundation.services import Services


async def tell_of_contacts(services: Services, workspace: str) -> None:
    """Tell the cases that are left how a contact of theirs changed, one after the other, each once."""
    id = UUID(workspace)
    actor = replace(SYSTEM, scope=Scope((id,)))
    while await services.database.write(actor, lambda tx: tell_next(tx, id)):
        pass


async def fold_counts(services: Services) -> None:
    """Fold what was appended to the counters, all and by state."""
    await COUNTERS.fold_all(services)
    await STATE_COUNTERS.fold_all(services)


async def read_past_contacts(services: Services) -> None:
    """Note once, of every workspace, which cases showed whom before that was kept: an erasure then reads no other history."""
    for workspace in await services.database.write(SYSTEM, erasing.unread):
        actor, after = replace(SYSTEM, scope=Scope((workspace,))), UUID(int=0)
        while True:
            step = partial(erasing.read_next, workspace_id=workspace, after=after)
            if (last := await services.database.write(actor, step)) is None:
                break
            after = last


JOBS: Jobs = {
    TELL_OF_CONTACTS: tell_of_contacts,
    **CASES_AT_ONCE.jobs(),
    **BACKFILL.jobs(),
    **WORDS.jobs(),
    Job("cases.fold_counts", cron="* * * * *"): fold_counts,
    Job("cases.read_past_contacts", BULK, cron="* * * * *"): read_past_contacts,
}
