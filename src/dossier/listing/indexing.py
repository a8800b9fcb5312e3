"""When the words of a kind of thing are taken: soon after something changed, by jobs, so that no change waits for the search."""

from dataclasses import dataclass, replace
from time import monotonic
from uuid import UUID

from dossier.foundation.actor import Actor, Scope
from dossier.foundation.database import Transaction
from dossier.foundation.jobs import INDEXING, SYSTEM, Job, Jobs, Queue
from dossier.foundation.services import Services
from dossier.listing import search
from dossier.listing.search import SearchIndex

TURN = 2.0  # seconds that one workspace's changes are worked on while others may wait


@dataclass(frozen=True, slots=True)
class Indexing:
    """The jobs that keep the words of one kind: of a workspace's changes, of what only erased things had, of all workspaces."""

    index: SearchIndex
    refresh: Job  # workspace
    sweep: Job  # workspace
    catch_up: Job

    @classmethod
    def of(cls, kind: str, index: SearchIndex, follows: str) -> "Indexing":
        """With jobs called after a kind (`cases`), which follow what is announced of it."""
        refresh = Job(f"{kind}.refresh_words", INDEXING, follows=follows)
        sweep = Job(f"{kind}.sweep_words", INDEXING)
        return cls(index, refresh, sweep, Job(f"{kind}.refresh_all_words", INDEXING, cron="*/5 * * * *"))

    def jobs(self) -> Jobs:
        """What does each of them."""
        return {self.refresh: self.reindex, self.sweep: self.delete_orphan_words, self.catch_up: self.reindex_all}

    async def reindex(self, services: Services, workspace: str) -> None:
        """Take the words of the workspace's things that changed by now, until others are to have their turn.

        What is changed meanwhile asks for the next job, a second later: many at once cost less than each by itself (decision 8).
        """
        until = monotonic() + TURN
        refresh = lambda tx: self._refresh_next(tx, UUID(workspace))  # noqa: E731
        while await services.database.write(_system(workspace), refresh, derived=True):
            if monotonic() >= until:
                await Queue(services.database).once(self.refresh, workspace, workspace=workspace)
                return

    async def _refresh_next(self, transaction: Transaction, workspace_id: UUID) -> bool:
        ids, are_more = await search.take(transaction, self.index, workspace_id)
        await search.refresh(transaction, self.index, workspace_id, ids)
        return are_more

    async def delete_orphan_words(self, services: Services, workspace: str) -> None:
        """Forget the words that only erased things had."""
        await services.database.write(_system(workspace), lambda tx: search.sweep(tx, self.index, UUID(workspace)))

    async def reindex_all(self, services: Services) -> None:
        """What a server that died could not ask for: the words of every workspace with changes."""
        for workspace in await services.database.write(SYSTEM, lambda tx: search.workspaces_to_reindex(tx, self.index)):
            await self.reindex(services, str(workspace))
            await self.delete_orphan_words(services, str(workspace))


def _system(workspace: str) -> Actor:
    return replace(SYSTEM, scope=Scope((UUID(workspace),)))
