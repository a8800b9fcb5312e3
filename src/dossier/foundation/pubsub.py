"""What changed, announced by topic: to listeners of this process, and by NOTIFY to the open pages of every process.

Not in the transactions themselves: a NOTIFY makes commits wait for each other. What they announced is sent a moment
later, many at once; who missed it (a server that died in between) sees it when the page is next loaded.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Iterable, Iterator, Mapping, Sequence, Set
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from itertools import groupby
from uuid import UUID

import psycopg

from dossier.foundation.database import Database, Topic
from dossier.foundation.supervision import Task, supervised

CHANNEL = "dossier_changed"
SEND_EVERY = 0.1  # seconds
MAX_OPEN = 20  # subscriptions of one member
_MAX_IDS = 200  # of 36 characters in a payload, which has at most 8,000 bytes

Listener = Callable[[Set[Topic]], Awaitable[None]]
"""Called again and again with what was announced here since the last time, also with nothing."""

Listeners = Mapping[str, Sequence[Listener]]
"""By kind of topic."""


@dataclass(eq=False)
class Subscription:
    """Somebody who looks at things of one kind in some workspaces: what has changed there since they last asked."""

    kind: str
    workspaces: Collection[UUID]
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
            async with asyncio.timeout(
                seconds
            ):  # wait_for of Python 3.11 can take a cancellation for the end of the wait
                await self.woken.wait()
            await asyncio.sleep(rest)
        self.woken.clear()
        changed, self.changed = self.changed, set()
        return changed


@dataclass
class ChangeFeed:
    """The subscriptions of this process."""

    subscriptions: dict[Subscription, None] = field(default_factory=dict)  # the oldest first
    ending: bool = False

    @contextmanager
    def subscribe(self, kind: str, workspaces: Collection[UUID], who: UUID | None) -> Iterator[Subscription]:
        """What changes in these workspaces, for who looks; their oldest subscription ends when they open too many."""
        subscription = Subscription(kind, workspaces, who)
        same = [each for each in self.subscriptions if each.who == who]
        for each in same[: max(0, len(same) + 1 - MAX_OPEN)]:
            each.ended = True
            each.wake(())
        self.subscriptions[subscription] = None
        try:
            yield subscription
        finally:
            self.subscriptions.pop(subscription, None)

    def changed(self, payload: str) -> None:
        """What another server (or this one) sent."""
        if not self.subscriptions:
            return
        kind, workspace, *ids = payload.split(" ")
        for each in list(self.subscriptions):
            if each.kind == kind and UUID(workspace) in each.workspaces:
                each.wake(map(UUID, ids))

    def end(self) -> None:
        """End every subscription: the server stops."""
        self.ending = True
        for each in list(self.subscriptions):
            each.wake(())


@asynccontextmanager
async def broadcasting(
    database: Database, feed: ChangeFeed, listeners: Listeners, tasks: list[Task]
) -> AsyncIterator[None]:
    """While the block runs: send what was announced, tell the listeners, and hear what other processes send."""
    async with (
        supervised("live: sender", partial(_send, database, listeners), tasks),
        supervised("live: listener", partial(_listen, database, feed), tasks),
    ):
        try:
            yield
        finally:
            feed.end()


async def _send(database: Database, listeners: Listeners) -> None:
    while True:
        await asyncio.sleep(SEND_EVERY)
        announced, database.announced = database.announced, set()
        try:
            if announced:
                await database.notify(CHANNEL, list(payloads(announced)))
            await _tell(listeners, announced)
        except BaseException:  # sent in the next life, when the database is there again
            database.announced |= announced
            raise


async def _tell(listeners: Listeners, announced: Set[Topic]) -> None:
    for kind, each in listeners.items():
        topics = {topic for topic in announced if topic.kind == kind}
        for listener in each:
            await listener(topics)


def payloads(announced: Iterable[Topic]) -> Iterator[str]:
    """Kind, workspace and what changed there, in texts that a notification can carry."""
    for (kind, workspace), topics in groupby(sorted(announced), key=lambda topic: topic[:2]):
        ids = [str(topic.id) for topic in topics]
        for start in range(0, len(ids), _MAX_IDS):
            yield " ".join([kind, str(workspace), *ids[start : start + _MAX_IDS]])


async def _listen(database: Database, feed: ChangeFeed) -> None:
    """One life of the listener; pages that missed something meanwhile look again."""
    async with await psycopg.AsyncConnection.connect(database.conninfo, autocommit=True) as connection:
        await connection.execute(f"LISTEN {CHANNEL}")
        async for notification in connection.notifies():
            feed.changed(notification.payload)
