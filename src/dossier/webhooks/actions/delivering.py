"""What is sent all the time: turns, in which events are given out, what is due is claimed, and what came of tries is kept."""

import asyncio
from collections.abc import Awaitable, Callable, Set
from time import monotonic

import structlog

from dossier import audit
from dossier.foundation.actor import Scope, system
from dossier.foundation.database import Database, Topic, Transaction
from dossier.webhooks.actions.giving_out import give_out
from dossier.webhooks.model.deliveries import Claimed, Outcome
from dossier.webhooks.store import deliveries

log = structlog.get_logger()

MOST = 500  # calls of a process at once
AT_ONCE = 100  # that are claimed in a turn
REST = 0.03  # seconds between two turns, while there is something to do
LOOK_EVERY = 1.0  # seconds between two looks for what others changed, or what is due
SOON, AWAKE = (
    0.2,
    3.0,
)  # seconds between two looks, and how long, after something happened: it may not be settled at once
LEFT_SECONDS = 3.0  # that a server which stops waits for calls under way; later ones are made again by another

Send = Callable[[Claimed], Awaitable[Outcome]]


async def turn(transaction: Transaction, outcomes: list[Outcome], most: int) -> tuple[list[Claimed], bool]:
    """Keep what came of tries, give out what is new, and claim `most` at most of what is due; whether there is more to give out at once."""
    transaction.actor.require("server.operate")
    await deliveries.lock(transaction)
    more = await give_out(transaction)
    await deliveries.record(transaction, outcomes)
    await _end_gone(transaction, outcomes)
    return (await deliveries.claim(transaction, most) if most else []), more


async def _end_gone(transaction: Transaction, outcomes: list[Outcome]) -> None:
    """An address that says 410 is never called again."""
    for each in outcomes:
        if each.is_gone:
            await disable(transaction, each.delivery, "gone")


async def disable(transaction: Transaction, delivery: Claimed, reason: str) -> None:
    """Send nothing more to a webhook, and say so in the audit log."""
    transaction.actor.require("server.operate")
    workspace, id = delivery.workspace_id, delivery.webhook_id
    if await deliveries.disable(transaction, workspace, [id], reason):
        actor = system(scope=Scope((workspace,)))
        await audit.record(transaction, "webhook.disabled", id, workspace_id=workspace, actor=actor, reason=reason)


class Deliverer:
    """What sends in this process, one life after the other."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._under_way: set[asyncio.Task[None]] = set()
        self._outcomes: list[Outcome] = []
        self._woken = asyncio.Event()
        self._awake_until = 0.0

    async def changed(self, topics: Set[Topic]) -> None:
        """A listener of `foundation.pubsub`: called also when nothing changed."""
        if topics:
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
        room = min(AT_ONCE, MOST - len(self._under_way))
        try:
            claimed, more = await self._database.write(system(), lambda tx: turn(tx, outcomes, room))
        except BaseException:
            self._outcomes = outcomes + self._outcomes
            raise
        for each in claimed:
            task = asyncio.create_task(self._try(send, each))
            self._under_way.add(task)
            task.add_done_callback(self._under_way.discard)
        return more or len(claimed) == AT_ONCE

    async def settle(self) -> None:
        """Wait for all calls under way."""
        await asyncio.gather(*self._under_way, return_exceptions=True)

    async def _try(self, send: Send, delivery: Claimed) -> None:
        try:
            self._outcomes.append(await send(delivery))
        except Exception as error:  # noqa: BLE001 - another process, or a later turn, tries again when the lease is over
            log.warning("delivery not tried", id=str(delivery.id), error=type(error).__name__)
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
        for each in self._under_way:
            each.cancel()
        if outcomes := self._outcomes:
            await self._database.write(system(), lambda tx: turn(tx, outcomes, 0))
