"""Telling everybody who looks that something changed: what this server kept goes to every server by NOTIFY.

Not in the transactions themselves: a NOTIFY makes commits wait for each other. What they told is sent a moment later,
many at once; who missed it (a server that died in between) sees it when the page is next loaded.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from itertools import groupby
from uuid import UUID

import psycopg

from dossier.foundation.database import Database
from dossier.foundation.supervision import Task, supervised

CHANNEL = "dossier_changed"
SEND_EVERY = 0.1  # seconds
MOST_OPEN = 20  # pages of one member that hear of changes
_MOST_IDS = 200  # of 36 characters in a payload, which has at most 8,000 bytes

Told = set[tuple[UUID, UUID]]


@dataclass(eq=False)
class Watcher:
    """Somebody who looks at a workspace: what has changed there since they last asked."""

    workspace_id: UUID
    who: UUID | None
    ended: bool = False
    changed: set[UUID] = field(default_factory=set)
    woken: asyncio.Event = field(default_factory=asyncio.Event)

    def wake(self, ids: Iterable[UUID]) -> None:
        self.changed.update(ids)
        self.woken.set()

    async def wait(self, seconds: float, rest: float = 0) -> set[UUID]:
        """What changed, and what else did while one rests a moment; after so many seconds perhaps nothing."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self.woken.wait(), seconds)
            await asyncio.sleep(rest)
        self.woken.clear()
        changed, self.changed = self.changed, set()
        return changed


@dataclass
class Live:
    """Who looks, in this process."""

    watchers: dict[Watcher, None] = field(default_factory=dict)  # the oldest first
    ending: bool = False

    @contextmanager
    def watching(self, workspace_id: UUID, who: UUID | None) -> Iterator[Watcher]:
        """What changes in a workspace, for who looks; their oldest page hears no more when they open too many."""
        watcher = Watcher(workspace_id, who)
        same = [each for each in self.watchers if each.who == who]
        for each in same[: max(0, len(same) + 1 - MOST_OPEN)]:
            each.ended = True
            each.wake(())
        self.watchers[watcher] = None
        try:
            yield watcher
        finally:
            self.watchers.pop(watcher, None)

    def changed(self, payload: str) -> None:
        """What another server (or this one) sent."""
        if not self.watchers:
            return
        workspace, *ids = map(UUID, payload.split(" "))
        for watcher in list(self.watchers):
            if watcher.workspace_id == workspace:
                watcher.wake(ids)

    def end(self) -> None:
        """Let every watcher go: the server stops."""
        self.ending = True
        for watcher in list(self.watchers):
            watcher.wake(())


@asynccontextmanager
async def telling(
    database: Database, live: Live, then: Callable[[set[UUID]], Awaitable[None]], tasks: list[Task]
) -> AsyncIterator[None]:
    """While the block runs: send what was told, hear what others tell; `then` learns, each time, which workspaces changed here."""
    async with (
        supervised("live: sender", partial(_send, database, then), tasks),
        supervised("live: listener", partial(_listen, database, live), tasks),
    ):
        try:
            yield
        finally:
            live.end()


async def _send(database: Database, then: Callable[[set[UUID]], Awaitable[None]]) -> None:
    while True:
        await asyncio.sleep(SEND_EVERY)
        told, database.told = database.told, set()
        try:
            if told:
                await database.notify(CHANNEL, list(payloads(told)))
            await then({workspace for workspace, _ in told})
        except BaseException:  # told in the next life, when the database is there again
            database.told |= told
            raise


def payloads(told: Told) -> Iterator[str]:
    """Workspace and what changed in it, in texts that a notification can carry."""
    for workspace, pairs in groupby(sorted(told), key=lambda pair: pair[0]):
        ids = [str(id) for _, id in pairs]
        for start in range(0, len(ids), _MOST_IDS):
            yield " ".join([str(workspace), *ids[start : start + _MOST_IDS]])


async def _listen(database: Database, live: Live) -> None:
    """One life of the listener; pages that missed something meanwhile look again."""
    async with await psycopg.AsyncConnection.connect(database.conninfo, autocommit=True) as connection:
        await connection.execute(f"LISTEN {CHANNEL}")
        async for notification in connection.notifies():
            live.changed(notification.payload)
