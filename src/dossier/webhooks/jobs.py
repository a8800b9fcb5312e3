"""What webhooks leave to the background: sending, keys, and what is old."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from functools import lru_cache, partial
from time import monotonic

import httpx2

from dossier.foundation.actor import system
from dossier.foundation.jobs import Job, Jobs
from dossier.foundation.pubsub import Listener
from dossier.foundation.reachable import Allowed
from dossier.foundation.services import Services
from dossier.foundation.supervision import supervised
from dossier.webhooks.actions import feed, form_calls, keys, looking_after, sending
from dossier.webhooks.actions.delivering import Deliverer, Send, turn
from dossier.webhooks.actions.sending import Full
from dossier.webhooks.model.deliveries import Claimed, Outcome
from dossier.webhooks.model.signing import Signer

SECRETS_KNOWN = 1000  # in plain, of those that signed last
SIGNER_SECONDS = 60.0  # until it is looked again which key signs


async def mark_order(services: Services) -> None:
    """Write down how far the order of events is."""
    await services.database.write(system(), feed.mark)


async def look_after(services: Services) -> None:
    """Warn of webhooks that take nothing, and switch off those that have not for three days."""
    await services.database.write(system(), looking_after.look_after)


async def forget_deliveries(services: Services) -> None:
    """Forget what was sent thirty days ago."""
    await services.database.write(system(), looking_after.forget)


@asynccontextmanager
async def delivering(services: Services, full: Full) -> AsyncIterator[Listener]:
    """While the block runs: send what is to be sent; the listener hears of cases that changed here. `full`: a case as it is answered."""
    deliverer, of_forms = (
        Deliverer(services.database, each, services.process.gaps) for each in (turn, form_calls.turn)
    )
    work, other = (partial(_life, services, full, each) for each in (deliverer, of_forms))
    async with (
        supervised("webhooks", work, services.process.tasks),
        supervised("form webhooks", other, services.process.tasks),
    ):
        yield deliverer.changed


async def _life(services: Services, full: Full, deliverer: Deliverer) -> None:
    async with sending_with(services, full) as send:
        await deliverer.run(send)


@asynccontextmanager
async def sending_with(services: Services, full: Full) -> AsyncIterator[Send]:
    """What sends one delivery, with connections of its own."""
    from dossier.foundation.outbound import client  # noqa: PLC0415 - commands that send nothing need none of it

    signers = _Signers(services)
    decrypted = lru_cache(SECRETS_KNOWN)(services.cipher.decrypt)
    async with AsyncExitStack() as stack:
        # One for each that reaches other things: a connection that is kept open knows not for whom it was opened.
        clients: dict[Allowed, httpx2.AsyncClient] = {}

        async def send(delivery: Claimed) -> Outcome:
            allowed = services.outbound.with_more(delivery.reaches)
            if allowed not in clients:
                clients[allowed] = await stack.enter_async_context(client(allowed, None))
            door = sending.Door(clients[allowed], allowed, decrypted, await signers.now())
            return await sending.send(services, door, full, delivery)

        yield send


class _Signers:
    """Who signs now, looked up once a minute."""

    def __init__(self, services: Services) -> None:
        self._services, self._until = services, 0.0
        self._known: Signer | None = None

    async def now(self) -> Signer | None:
        if monotonic() >= self._until:
            self._known, self._until = await keys.signer(self._services), monotonic() + SIGNER_SECONDS
        return self._known


JOBS: Jobs = {
    Job("webhooks.rotate_keys", cron="41 2 * * *"): keys.rotate,
    Job("webhooks.mark_order", cron="17 * * * *"): mark_order,
    Job("webhooks.look_after", cron="*/10 * * * *"): look_after,
    Job("webhooks.forget_deliveries", cron="53 3 * * *"): forget_deliveries,
}
