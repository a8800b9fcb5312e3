"""What happened since: the next events, for whoever asks, however often; and waiting for them, with nothing held meanwhile."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from time import monotonic
from uuid import UUID

from dossier.foundation.actor import Actor, Scope
from dossier.foundation.clock import Clock
from dossier.foundation.database import Database, ReadSession, Transaction
from dossier.foundation.errors import AppError, Gone
from dossier.foundation.pubsub import Subscription
from dossier.foundation.services import Services
from dossier.webhooks.model import cursors
from dossier.webhooks.model.cursors import Cursor, Situation
from dossier.webhooks.model.events import Event, Version, events_of, is_wanted
from dossier.webhooks.store import events as store

KEPT = timedelta(days=30)
READ_AT_ONCE = 200  # versions, where few of them may be wanted
READS = 5  # for one answer; then whoever asks goes on from where that came
MOST_BYTES = 4_000_000  # of changes in an answer
REST = 0.25  # seconds, after something happened that was not wanted
SETTLES = 2.0  # seconds that who asks from now on waits for transactions under way
SOON = 0.05  # seconds until the second look whether older transactions have ended; each one after waits twice as long


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody wants to be told: `after` a cursor's text (None: from now on), of these types (none: all), of one case or all.

    `after_is`: what the client calls that cursor.
    """

    after: str | None = None
    types: tuple[str, ...] = ()
    case: UUID | None = None
    size: int = 10
    after_is: str = "after"


@dataclass(frozen=True, slots=True)
class Told:
    """Events, each with the text of the cursor behind it, and the text of the cursor to go on from.

    `at_end`: nothing more is settled. What was begun below `begun` is settled once `settled` is there.
    """

    events: Sequence[tuple[str, Event]]
    next: str
    at_end: bool
    settled: int
    begun: int


async def tell(reading: ReadSession, clock: Clock, asked: Asked) -> Told:
    """The next events; 400 for no cursor, 410 for one that holds no more."""
    now = clock()
    situation = await store.situation(reading, now - KEPT)
    cursor = await _begin(reading, asked, situation, now)
    most = max(asked.size, READ_AT_ONCE if asked.types else 0)
    found: list[tuple[Cursor, Event]] = []
    at_end, reads = False, READS
    while reads and not at_end and len(found) < asked.size:
        versions = await store.since(reading, cursor, situation.settled, most, asked.case)
        found, cursor, stopped = _taken(found, versions, cursor, asked)
        at_end, reads = not stopped and len(versions) < most, 0 if stopped else reads - 1
    if at_end and not found:
        cursor = _at_rest(cursor, situation)
    texts = [(cursors.written(behind), event) for behind, event in found]
    return Told(texts, cursors.written(cursor), at_end, situation.settled, situation.begun)


def _at_rest(cursor: Cursor, situation: Situation) -> Cursor:
    """A cursor behind which there is nothing, as far on as it can be: so that who hears nothing for long has no old one."""
    if cursor.position < situation.mark < situation.settled:
        return cursors.behind(situation.mark)
    return cursor if cursor.position or cursor.is_of_event else cursors.behind(cursors.BEGINNING)


async def _begin(reading: ReadSession, asked: Asked, situation: Situation, now: datetime) -> Cursor:
    """Where to begin; 400 and 410 as above."""
    kept_since = now - KEPT
    if asked.after == "0":
        return cursors.oldest(situation, kept_since)
    if asked.after is None:
        newest = await store.newest(reading, situation.settled)
        return max(newest or cursors.behind(cursors.BEGINNING), cursors.behind(situation.floor))
    cursor = cursors.read(asked.after, asked.after_is)
    if cursors.is_old(cursor, situation, kept_since):
        sentence = "Events are kept for 30 days, and this cursor is older: begin again with after=0."
        raise Gone.because(sentence, "cursor_gone", parameter=asked.after_is)
    if cursor.names_something and not await store.is_there(reading, cursor):
        sentence = (
            "What this cursor names is not kept here, as after the database was set back: begin again with after=0."
        )
        raise Gone.because(sentence, "cursor_gone", parameter=asked.after_is)
    return cursor


def _taken(
    found: Sequence[tuple[Cursor, Event]], versions: Sequence[Version], cursor: Cursor, asked: Asked
) -> tuple[list[tuple[Cursor, Event]], Cursor, bool]:
    """What was found with what is wanted of these versions, the cursor behind it, and whether there was no room for more."""
    taken, bytes = list(found), sum(event.size for _, event in found)
    for version in versions:
        events = events_of(version)
        begun = cursor.given if cursors.after(version, cursor.given) == cursor else 0
        for number, event in enumerate(events[begun:], begun + 1):
            if not is_wanted(event.type, asked.types):
                continue
            if len(taken) == asked.size or (taken and bytes + event.size > MOST_BYTES):
                return taken, taken[-1][0], True
            taken.append((cursors.after(version, number if number < len(events) else 0), event))
            bytes += event.size
        cursor = cursors.after(version)
    return taken, cursor, False


async def tell_together(database: Database, scope: Scope, asked: list[Asked]) -> list[Told | AppError]:
    """The same for many at once within a scope, on one connection; those who ask the same are told the same."""
    told: dict[Asked, Told | AppError] = {}
    async with database.reading(scope) as reading:
        for each in dict.fromkeys(asked):
            try:
                told[each] = await tell(reading, database.clock, each)
            except AppError as refusal:
                told[each] = refusal
    return [told[each] for each in asked]


async def next_events(services: Services, actor: Actor, asked: Asked) -> Told:
    """The next events for an actor; those who ask at the same time share a connection."""
    ask = services.lookups(tell_together).ask
    first = told = await ask(actor.scope, asked)
    if (
        asked.after is None
    ):  # from now on: what was kept a moment before is settled only when who began earlier has ended
        until = monotonic() + SETTLES
        while told.settled < first.begun and monotonic() < until:
            await asyncio.sleep(SOON)
            told = await ask(actor.scope, asked)
    return told


class Waiting:
    """Waits until something happened that an asker may want, or so many seconds are over.

    What happened is told before it is settled, while an older transaction is under way whose end nobody tells: then one looks again soon.
    """

    def __init__(self, subscription: Subscription, case: UUID | None) -> None:
        self._subscription, self._case = subscription, case
        self._woken, self._begun, self._rest, self._again = False, 0, 0.0, SOON

    async def for_more(self, told: Told, seconds: float) -> None:
        """After an answer that had nothing."""
        if self._woken:
            self._begun, self._rest = told.begun, REST
        unsettled = told.settled < self._begun
        self._again = min(2 * self._again, seconds) if unsettled else SOON
        self._woken = await self._something_within(self._again if unsettled else seconds)

    async def _something_within(self, seconds: float) -> bool:
        loop = asyncio.get_running_loop()
        end = loop.time() + seconds
        while (left := end - loop.time()) > 0 and not self._subscription.ended:
            changed = await self._subscription.wait(left, self._rest)
            if not changed or self._case is None or self._case in changed:
                return bool(changed)
        return False


async def mark(transaction: Transaction) -> None:
    """Write down how far the order is, so that it is known what is older than what is kept."""
    transaction.actor.require("server.operate")
    await store.mark(transaction, transaction.clock() - KEPT)
