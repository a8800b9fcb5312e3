"""Work on cases done later: counters, back-filling, telling."""

from dossier.cases.actions.bulk import CASES_AT_ONCE
from dossier.cases.actions.filing import FILES
from dossier.cases.actions.later import BACKFILL, WORDS
from dossier.cases.actions.people import SLOTS
from dossier.cases.store.collection import COUNTERS, STATE_COUNTERS
from dossier.foundation.jobs import Job, Jobs
from dossier.foundation.services import Services


async def fold_counts(services: Services) -> None:
    """Fold what was appended to the counters, all and by state."""
    await COUNTERS.fold_all(services)
    await STATE_COUNTERS.fold_all(services)


JOBS: Jobs = {
    **SLOTS.jobs(),
    **FILES.jobs(),
    **CASES_AT_ONCE.jobs(),
    **BACKFILL.jobs(),
    **WORDS.jobs(),
    Job("cases.fold_counts", cron="* * * * *"): fold_counts,
}
