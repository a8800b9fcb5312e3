"""An Idempotency-Key whose request takes long, as one with a file: no other one begins under it meanwhile."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from uuid import UUID

import psycopg
from psycopg_pool import PoolTimeout
from starlette.requests import Request

from dossier.foundation.actor import Actor
from dossier.foundation.database import Database, Transaction
from dossier.foundation.http.services import services_of
from dossier.foundation.http.writes import in_progress, key_of
from dossier.foundation.identifiers import new_id

_TAKE = """
INSERT INTO idempotency_leases AS l (actor_id, key, holder, until) VALUES (%(actor)s, %(key)s, %(holder)s, %(until)s)
ON CONFLICT (actor_id, key) DO UPDATE SET holder = excluded.holder, until = excluded.until
WHERE l.until < %(now)s OR l.holder = excluded.holder RETURNING l.holder
"""
_GIVE_BACK = "DELETE FROM idempotency_leases WHERE actor_id = %(actor)s AND key = %(key)s AND holder = %(holder)s"


@asynccontextmanager
async def leased(request: Request, actor: Actor, seconds: float) -> AsyncIterator[None]:
    """While the block runs the request's key, if it has one, is its own: 409 for who has it, before a body is read. It is
    held for so many seconds, and for as many again and again, so that it is free soon after its server was killed.
    """
    key = key_of(request)
    if key is None or actor.id is None:
        yield
        return
    lease = _Lease(services_of(request).database, actor, key, new_id(), timedelta(seconds=seconds))
    if not await lease.take():
        raise in_progress()
    holding = asyncio.create_task(lease.hold(seconds / 3))
    try:
        yield
    finally:
        holding.cancel()
        with suppress(psycopg.Error, PoolTimeout):  # it ends by itself
            await lease.give_back()


@dataclass(frozen=True)
class _Lease:
    database: Database
    actor: Actor
    key: str
    holder: UUID
    time: timedelta

    async def take(self) -> bool:
        """Whether it is ours, from now on or still."""
        return await self.database.write(self.actor, self._take)

    async def _take(self, transaction: Transaction) -> bool:
        now = transaction.clock()
        named = {"actor": self.actor.id, "key": self.key, "holder": self.holder}
        return await transaction.first(_TAKE, **named, now=now, until=now + self.time) is not None

    async def hold(self, every: float) -> None:
        while True:
            await asyncio.sleep(every)
            with suppress(psycopg.Error, PoolTimeout):  # again a moment later
                await self.take()

    async def give_back(self) -> None:
        work = partial(Transaction.send, query=_GIVE_BACK, actor=self.actor.id, key=self.key, holder=self.holder)
        await self.database.write(self.actor, work)
