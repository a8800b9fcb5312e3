"""One change of many cases: asked for by a member, done later case by case, each whole or refused."""

from collections.abc import Awaitable, Callable, Sequence
from uuid import UUID

from dossier import members
from dossier.cases.actions.lifecycle import archive, patch
from dossier.cases.model import Work
from dossier.cases.store import bulk as store
from dossier.foundation import jobs
from dossier.foundation.actor import Actor, Scope
from dossier.foundation.database import Database, Row, Transaction
from dossier.foundation.errors import Forbidden, Invalid, Refusal
from dossier.foundation.identifiers import new_id

MOST_CASES = 50_000  # of one change
AT_ONCE = 100  # cases looked up at a time

Change = Callable[[Transaction, UUID, str], Awaitable[Work]]


async def _archive(transaction: Transaction, case_id: UUID, _value: str) -> Work:
    return await archive(transaction, case_id, True)


async def _unarchive(transaction: Transaction, case_id: UUID, _value: str) -> Work:
    return await archive(transaction, case_id, False)


async def _assign(transaction: Transaction, case_id: UUID, value: str) -> Work:
    return await patch(transaction, case_id, {"owner": {"email": value} if value else None})


async def _set_status(transaction: Transaction, case_id: UUID, value: str) -> Work:
    return await patch(transaction, case_id, {"status": value})


CHANGES: dict[str, Change] = {
    "archive": _archive,
    "unarchive": _unarchive,
    "owner": _assign,
    "status": _set_status,
}


async def ask(transaction: Transaction, workspace_id: UUID, kind: str, value: str, case_ids: Sequence[UUID]) -> UUID:
    """Have many cases changed; the id under which one sees how far it is. 400."""
    if kind not in CHANGES:
        raise Invalid.because("Choose what to change.", pointer="/change")
    if not case_ids:
        raise Invalid.because("Choose at least one case.", pointer="/case")
    if len(case_ids) > MOST_CASES:
        raise Invalid.because(f"That is more than {MOST_CASES:,} cases; filter the list further.", pointer="/case")
    id = new_id()
    await store.insert(transaction, workspace_id, id, kind, value or None, case_ids)
    await jobs.enqueue(transaction, "cases.change_many", workspace=str(workspace_id), bulk=str(id))
    return id


async def work_on(database: Database, workspace_id: UUID, id: UUID) -> None:
    """Change what is still to do, as the member who asked, with the role they have by now."""
    system = Actor("system", None, "Dossier", "system", Scope((workspace_id,)))
    async with database.reading(system.scope) as reading:
        asked = await store.get(reading, workspace_id, id)
        actor = await members.acting(reading, workspace_id, asked["member_id"]) if asked else None
    if asked is None:
        return
    while True:
        async with database.reading(system.scope) as reading:
            rows = await store.pending(reading, workspace_id, id, AT_ONCE)
        if not rows:
            break
        for row in rows:
            await _change_one(database, actor, system, asked, workspace_id, row)
    await database.write(system, lambda tx: store.finish(tx, workspace_id, id))


async def _change_one(
    database: Database, actor: Actor | None, system: Actor, asked: Row, workspace_id: UUID, row: Row
) -> None:
    async def work(transaction: Transaction) -> None:
        done = await CHANGES[asked["kind"]](transaction, row["case_id"], asked["value"] or "")
        outcome = "changed" if done.changed else "unchanged"
        await store.note(transaction, workspace_id, asked["id"], row["position"], outcome)

    try:
        if actor is None or (asked["kind"] == "owner" and actor.scope.owner):
            raise Forbidden.because("Whoever asked for this may not do it any more.")
        await database.write(actor, work)
    except Refusal as refusal:
        reason = " ".join(each.detail for each in refusal.problems)
        note = lambda tx: store.note(tx, workspace_id, asked["id"], row["position"], "refused", reason)  # noqa: E731
        await database.write(system, note)
