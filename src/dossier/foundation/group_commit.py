"""Group commit: changes that come while a transaction is under way share the next one.

A shared transaction costs two round trips and one flush of PostgreSQL's log, however many changes are in it. Nobody
waits for company: when none is under way, one begins at once. Only callers who may touch exactly the same things share,
so that no workspace waits for another's and `%(scope)s` is right for each.

Each change is kept or refused by itself. What cannot be decided in company is answered None, and its request does it in
a transaction of its own; when a shared transaction fails, that is so for all that were in it. A request that is given
up touches no other.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextvars import Context
from dataclasses import dataclass, field
from typing import Generic, TypeVar
from uuid import UUID

from psycopg.errors import OperationalError
from psycopg_pool import PoolTimeout

from dossier.foundation.actor import Actor, Scope
from dossier.foundation.database import Database, Transaction
from dossier.foundation.errors import Refusal

MAX_CHANGES = 64  # of one transaction

Sent = TypeVar("Sent")
Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Change(Generic[Sent]):
    """What somebody wants done to a thing."""

    actor: Actor
    subject: UUID
    sent: Sent


Apply = Callable[[Transaction, Sequence[Change[Sent]]], Awaitable[Sequence[Result | Refusal | None]]]
"""Does changes of different things in one transaction: what came of each, its refusal, or None."""


@dataclass(frozen=True, slots=True)
class _Request(Generic[Sent, Result]):
    change: Change[Sent]
    future: "asyncio.Future[Result | None]"


@dataclass
class GroupCommit(Generic[Sent, Result]):
    """Gathers changes, and has `apply` do them."""

    database: Database
    apply: Apply[Sent, Result]
    _waiting: dict[Scope, list[_Request[Sent, Result]]] = field(default_factory=dict)
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)

    async def submit(self, change: Change[Sent]) -> Result | None:
        """What came of the change once it is kept; None when it must be done alone. Raises its refusal, and 503."""
        future: asyncio.Future[Result | None] = asyncio.get_running_loop().create_future()
        scope = change.actor.scope
        request = _Request(change, future)
        if scope in self._waiting:
            self._waiting[scope].append(request)
        else:
            self._waiting[scope] = [request]
            task = asyncio.create_task(self._go_on(scope), name="group commit", context=Context())
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        return await future

    async def _go_on(self, scope: Scope) -> None:
        """One shared transaction after the other, until nobody of this scope waits."""
        group: list[_Request[Sent, Result]] = []
        try:
            while self._waiting[scope]:
                group, self._waiting[scope] = _next(self._waiting[scope])
                await self._commit(group)
        finally:
            for request in [*group, *self._waiting.pop(scope)]:
                request.future.cancel()  # of those that are not answered: the server stops

    async def _commit(self, group: list[_Request[Sent, Result]]) -> None:
        changes = [request.change for request in group]
        outcomes: Sequence[Result | Refusal | Exception | None]
        try:
            async with self.database.transaction(changes[0].actor) as transaction:
                outcomes = await self.apply(transaction, changes)
        except (OperationalError, PoolTimeout) as error:  # the database cannot work: neither could each alone
            outcomes = [error] * len(changes)
        except Exception:  # noqa: BLE001 - undone; each does it again alone, and whose fault it is raises it there
            outcomes = [None] * len(changes)
        for request, outcome in zip(group, outcomes, strict=True):
            _answer(request.future, outcome)


def _next(
    waiting: list[_Request[Sent, Result]],
) -> tuple[list[_Request[Sent, Result]], list[_Request[Sent, Result]]]:
    """Who goes now, and who waits on: one change of each thing at a time, in the order they came."""
    now: dict[UUID, _Request[Sent, Result]] = {}
    later: list[_Request[Sent, Result]] = []
    for each in waiting:
        if each.future.done():
            continue  # nobody waits for it any more
        if len(now) == MAX_CHANGES or each.change.subject in now:
            later.append(each)
        else:
            now[each.change.subject] = each
    return list(now.values()), later


def _answer(future: asyncio.Future[Result | None], outcome: Result | Exception | None) -> None:
    if future.done():
        return
    if isinstance(outcome, Exception):
        future.set_exception(outcome)
    else:
        future.set_result(outcome)
