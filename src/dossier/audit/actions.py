"""Recording an act, and forgetting what is old."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import structlog

from dossier.audit import store
from dossier.audit.model import ACTS, Entry, Result
from dossier.foundation.actor import Actor
from dossier.foundation.clock import wire_time
from dossier.foundation.database import Database, Transaction
from dossier.foundation.identifiers import new_id
from dossier.foundation.whence import whence

log = structlog.get_logger()

KEPT = timedelta(days=730)


async def record(
    transaction: Transaction,
    act: str,
    subject: object = "",
    *,
    workspace_id: UUID | None = None,
    result: Result = "done",
    actor: Actor | None = None,
    **details: Any,
) -> None:
    """Record an act with its effect. `workspace_id`: where it belongs; without one, where the actor is, if in only one."""
    assert act in ACTS, act
    who, where = actor or transaction.actor, whence.get()
    scope = who.scope.workspaces
    entry = Entry(
        id=new_id(),
        at=transaction.clock(),
        workspace_id=workspace_id or (scope[0] if len(scope) == 1 else None),
        actor={"type": who.type, "id": who.id, "name": who.name},
        via=who.via,
        client=where.client,
        request=where.request,
        act=act,
        subject=str(subject),
        result=result,
        details=details,
    )
    await store.insert(transaction, entry)
    log.info(
        "audit",
        act=act,
        at=wire_time(entry.at),
        actor=str(who.id or who.type),
        subject=entry.subject,
        result=result,
        id=where.request,
    )


async def record_of_member(transaction: Transaction, act: str, member_id: UUID, **more: Any) -> None:
    """Record what a member does to their own account, in every workspace that they work in."""
    for workspace_id in await store.workspaces_of(transaction, member_id):
        await record(transaction, act, member_id, workspace_id=workspace_id, **more)


async def record_alone(database: Database, actor: Actor, act: str, subject: object = "", **more: Any) -> None:
    """The same in a transaction of its own: for what was refused or failed, and left nothing else."""
    await database.write(actor, lambda tx: record(tx, act, subject, **more))


async def record_refused(database: Database, actor: Actor, what: str) -> None:
    """Who was refused what: a method and an address."""
    await record_alone(database, actor, "request.refused", what, result="refused")


async def forget_name(transaction: Transaction, actor_id: UUID) -> None:
    """What somebody who was erased did stays; what they were called does not."""
    await store.forget_name(transaction, actor_id)


async def forget(transaction: Transaction) -> None:
    """Forget what is older than two years."""
    transaction.actor.require("server.operate")
    await store.forget(transaction, transaction.clock() - KEPT)
