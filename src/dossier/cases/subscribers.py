"""What follows facts: who looks at cases hears of changes, their words are indexed, indexed fields are filled in."""

from collections.abc import Set
from dataclasses import dataclass, field
from time import monotonic
from uuid import UUID

from dossier.case_templates.events import TemplatePublished
from dossier.cases.actions.later import BACKFILL_INDEX, REFRESH_WORDS, SWEEP_WORDS
from dossier.cases.events import CaseChanged, CaseCreated, CaseErased
from dossier.cases.store import upkeep
from dossier.foundation.database import Topic, Transaction
from dossier.foundation.jobs import Queue

CASE = "case"
"""The kind of topic under which changes of cases are announced."""

REINDEX_EVERY = 1.0  # seconds between two jobs for the words of one workspace


async def announce(transaction: Transaction, fact: CaseCreated | CaseChanged | CaseErased) -> None:
    """Let every server know, once this is kept: open pages (`pages/live.py`) and the search (`SearchIndexer`) listen."""
    transaction.announce(Topic(CASE, fact.case.workspace_id, fact.case.id))


async def forget_words(transaction: Transaction, erased: CaseErased) -> None:
    """Words that only the erased case had are forgotten by a job."""
    await SWEEP_WORDS.defer(transaction, workspace=str(erased.case.workspace_id))


async def index_fields(transaction: Transaction, published: TemplatePublished) -> None:
    """Register the fields at once, so that every change from now on indexes them; a job fills in the rest."""
    version = published.version
    if not version.template.indexed:
        return
    for name in await upkeep.register_indexed(transaction, version.workspace_id, sorted(version.template.indexed)):
        await BACKFILL_INDEX.defer(transaction, workspace=str(version.workspace_id), field=name)


@dataclass
class SearchIndexer:
    """Has the words of workspaces with changed cases taken anew, once a second at most for each."""

    queue: Queue
    asked: dict[UUID, float] = field(default_factory=dict)
    waiting: set[UUID] = field(default_factory=set)

    async def __call__(self, topics: Set[Topic]) -> None:
        self.waiting |= {each.workspace_id for each in topics}
        for workspace in list(self.waiting):
            if monotonic() - self.asked.get(workspace, 0) >= REINDEX_EVERY:
                await self.queue.once(REFRESH_WORDS, str(workspace), workspace=str(workspace))
                self.waiting.discard(workspace)
                self.asked[workspace] = monotonic()
