"""Group commit: changes that come while a transaction is under way share the next one.

A shared transaction costs two round trips and one flush of PostgreSQL's log, however many changes are in it. Only
callers who may touch exactly the same things share, so that no workspace waits for another's and `%(scope)s` is right
for each.

Who calls is looked up in the same round trip, where that is known from a moment ago (`claims.py`).

Each change is kept or refused by itself. What cannot be decided in company is answered None, and its request does it in
a transaction of its own; when a shared transaction fails, that is so for all that were in it.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Generic, TypeVar
from uuid import UUID

from psycopg.errors import OperationalError
from psycopg_pool import PoolTimeout

from dossier.foundation.actor import Actor, Scope
from dossier.foundation.claims import Claim, Proof
from dossier.foundation.database import Database, Transaction
from dossier.foundation.errors import AppError
from dossier.foundation.rounds import Rounds

AT_ONCE = 3  # small transactions of the same callers: while one waits for PostgreSQL, Python does another's work

Sent = TypeVar("Sent")
Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Change(Generic[Sent]):
    """What somebody wants done to a thing. `claim`: that they are who they were, which is still to be proved."""

    actor: Actor
    subject: UUID
    sent: Sent
    claim: Claim | None = None


Apply = Callable[[Transaction, Sequence[Change[Sent]]], Awaitable[Sequence[Result | AppError | None]]]
"""Does changes of different things: what came of each, its refusal, or None."""


@dataclass(frozen=True)
class GroupCommit(Generic[Sent, Result]):
    """Changes of one kind. The same thing is changed once in a transaction, and again in the next."""

    rounds: Rounds[Scope, Change[Sent], Result | None]

    @classmethod
    def of(cls, database: Database, apply: Apply[Sent, Result]) -> "GroupCommit[Sent, Result]":
        return cls(Rounds(partial(_commit, database, apply), _subject, AT_ONCE))

    async def submit(self, change: Change[Sent]) -> Result | None:
        """What came of the change once it is kept; None when it must be done alone. Raises its refusal, and 503."""
        return await self.rounds.ask(change.actor.scope, change)


async def _commit(
    database: Database, apply: Apply[Sent, Result], _scope: Scope, changes: list[Change[Sent]]
) -> Sequence[Result | AppError | None]:
    try:
        async with database.transaction(changes[0].actor) as transaction:
            proof = await _send(transaction, changes)
            outcomes = await apply(transaction, changes)
            await _raise_if_not(proof)
            return outcomes
    except (OperationalError, PoolTimeout):  # the database cannot work: neither could each alone
        raise
    except Exception:  # noqa: BLE001 - undone; each does it again alone, and whose fault it is raises it there
        return [None] * len(changes)


async def _send(transaction: Transaction, changes: list[Change[Sent]]) -> Proof | None:
    """Ask about all claims of the round, in front of its first statement: they share a round trip."""
    claims = {change.claim.secret: change.claim for change in changes if change.claim}
    with transaction.together():
        return await next(iter(claims.values())).send(transaction, claims.values()) if claims else None


async def _raise_if_not(proof: Proof | None) -> None:
    """One of those that share is not who they were: nothing is kept, and each proves it alone."""
    if proof and not await proof():
        raise PermissionError


def _subject(change: Change[Sent]) -> UUID:
    return change.subject
