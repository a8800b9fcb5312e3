"""What is sent all the time: turns, in which events are given out, what is due is claimed, and what came of tries is kept."""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Set
from time import monotonic
from uuid import UUID
from weakref import WeakValueDictionary

import structlog
from psycopg import OperationalError
from psycopg_pool import PoolTimeout

from dossier.foundation.actor import system
from dossier.foundation.database import Database, Topic, Transaction
from dossier.foundation.gaps import Gaps
from dossier.foundation.messages import Message
from dossier.webhooks.actions.giving_out import give_out
from dossier.webhooks.actions.telling import tell
from dossier.webhooks.model.deliveries import AT_ONCE as AT_ONCE_OF_ADDRESS
from dossier.webhooks.model.deliveries import Attempt, Claimed, Outcome
from dossier.webhooks.store import deliveries

log = structlog.get_logger()

MOST = 2000  # deliveries that a process has in hand
AT_ONCE = 200  # that are claimed in a turn
SURE = (
    10.0  # seconds after it was claimed or held in which a delivery is surely in no other hands: some less than a lease
)
HOLD_EVERY = 5.0  # seconds between two times that it is said that they are in hand still
REST = 0.05  # seconds between two turns, while there is something to do
LOOK_EVERY = 1.0  # seconds between two looks for what others changed, or what is due
SOON, AWAKE = (
    0.2,
    3.0,
)  # seconds between two looks, and how long, after something happened: it may not be settled at once
LEFT_SECONDS = 3.0  # that a server which stops waits for calls under way; later ones are made again by another

Send = Callable[[Claimed], Awaitable[Outcome]]


async def turn(
    transaction: Transaction, outcomes: list[Outcome], most: int, mine: Collection[UUID], *, hold: bool = False
) -> tuple[list[Claimed], bool | None]:
    """Keep what came of tries, give out what is new, and claim `most` at most of what is due; whether there is more to give out at once.

    None: nobody is told anything, so nothing is due. `mine`: what this process has in hand; `hold`: say so again.
    """
    transaction.actor.require("server.operate")
    await deliveries.lock(transaction)
    if hold:
        await deliveries.hold(transaction, mine)
    more = await give_out(transaction)
    await deliveries.record(transaction, outcomes)
    await _end_gone(transaction, outcomes)
    is_any = most > 0 and more is not None
    return (await deliveries.claim(transaction, most, mine) if is_any else []), more


async def _end_gone(transaction: Transaction, outcomes: list[Outcome]) -> None:
    """An address that says 410 is never called again."""
    for each in outcomes:
        if each.is_gone:
            workspace, id = each.delivery.workspace_id, each.delivery.webhook_id
            if await deliveries.disable(transaction, workspace, [id], "gone"):
                await tell(transaction, workspace, id, each.delivery.url, "webhook.disabled", "gone")


Turn = Callable[..., Awaitable[tuple[list[Claimed], bool | None]]]
"""As `turn` does: of other deliveries than those of webhooks too."""


class Deliverer:
    """What sends in this process, one life after the other."""

    def __init__(self, database: Database, take_turn: Turn = turn, gaps: Gaps | None = None) -> None:
        self._database = database
        self._turn = take_turn
        self._gaps = gaps or Gaps()
        self._under_way: dict[asyncio.Task[None], UUID] = {}
        self._sure: dict[UUID, float] = {}
        self._addresses: WeakValueDictionary[str, asyncio.Semaphore] = WeakValueDictionary()
        self._held = monotonic()
        self._outcomes: list[Outcome] = []
        self._woken = asyncio.Event()
        self._awake_until = 0.0
        self._is_heard = True  # whether anybody was to be told anything when it was last looked

    async def changed(self, topics: Set[Topic]) -> None:
        """A listener of `foundation.pubsub`: called also when nothing changed."""
        if topics and self._is_heard:
            self._awake_until = monotonic() + AWAKE
            self._woken.set()

    async def run(self, send: Send) -> None:
        """Turn after turn, until it is cancelled; then what came of calls under way is kept, as far as they end soon."""
        try:
            while True:
                more = await self.turn(send)
                await asyncio.sleep(REST)
                if not more and not self._outcomes:
                    await self._rest()
        finally:
            await asyncio.shield(self._leave())

    async def turn(self, send: Send) -> bool:
        """One turn; whether there is more to do at once."""
        outcomes, self._outcomes = self._outcomes, []
        mine = frozenset(self._under_way.values())
        began = monotonic()
        room, hold = min(AT_ONCE, MOST - len(mine)), bool(mine) and monotonic() - self._held > HOLD_EVERY
        try:
            work = lambda tx: self._turn(tx, outcomes, room, mine, hold=hold)  # noqa: E731
            claimed, more = await self._database.write(system(), work)
        except BaseException:
            self._outcomes = outcomes + self._outcomes
            raise
        self._held = monotonic() if hold or not mine else self._held
        self._is_heard = more is not None
        if hold:
            self._sure |= {id: began + SURE for id in mine if self._is_surely_mine(id)}
        for each in claimed:
            self._sure[each.id] = each.claimed_at + SURE
            task = asyncio.create_task(self._try(send, each))
            self._under_way[task] = each.id
            task.add_done_callback(self._ended)
        return bool(more) or len(claimed) == AT_ONCE

    def _is_surely_mine(self, id: UUID) -> bool:
        return monotonic() < self._sure.get(id, 0.0)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._sure.pop(self._under_way.pop(task), None)

    async def settle(self) -> None:
        """Wait for all calls under way."""
        await asyncio.gather(*self._under_way, return_exceptions=True)

    async def _try(self, send: Send, delivery: Claimed) -> None:
        address = self._addresses.setdefault(delivery.url, asyncio.Semaphore(AT_ONCE_OF_ADDRESS))
        async with address:
            await self._gaps.wait(delivery.claimed_at)
            if not self._is_surely_mine(
                delivery.id
            ):  # after a standstill: another may have sent it, and what follows it
                return
            try:
                outcome = await send(delivery)  # first: the list is another one by then
            except (
                OperationalError,
                PoolTimeout,
            ):  # nobody was asked anything: when its lease is over it is claimed again
                log.warning("delivery not tried", id=str(delivery.id), error="the database is away")
                return
            except Exception as error:  # noqa: BLE001 - whatever it was, it is a try like others, and not the last one
                log.warning("delivery not tried", id=str(delivery.id), error=type(error).__name__)
                attempt = Attempt(
                    self._database.clock(), None, 0, Message("not sent: {kind}", {"kind": type(error).__name__})
                )
                outcome = Outcome(delivery, attempt)
        self._outcomes.append(outcome)
        self._woken.set()

    async def _rest(self) -> None:
        self._woken.clear()
        if self._outcomes:
            return
        try:
            async with asyncio.timeout(SOON if monotonic() < self._awake_until else LOOK_EVERY):
                await self._woken.wait()
        except TimeoutError:
            return

    async def _leave(self) -> None:
        if self._under_way:
            await asyncio.wait(self._under_way, timeout=LEFT_SECONDS)
        for each in list(self._under_way):
            each.cancel()
        if outcomes := self._outcomes:
            await self._database.write(system(), lambda tx: self._turn(tx, outcomes, 0, ()))
