"""One change of many cases: asked for by a member, done later case by case, each whole or refused."""

from collections.abc import Awaitable, Callable, Sequence
from uuid import UUID

from dossier import members
from dossier.cases.actions.later import CHANGE_MANY
from dossier.cases.actions.lifecycle import archive, patch, undo_version
from dossier.cases.model import CaseChange
from dossier.cases.store import bulk as store
from dossier.foundation import jobs
from dossier.foundation.actor import Actor, Scope
from dossier.foundation.database import Database, Row, Transaction
from dossier.foundation.errors import Forbidden, Invalid, Refusal
from dossier.foundation.identifiers import new_id
from dossier.foundation.messages import Message

MOST_CASES = 50_000  # of one change
CANCELLED = Message("Cancelled before it was this case’s turn.")
AT_ONCE = 100  # cases looked up at a time

Change = Callable[[Transaction, Row, str], Awaitable[CaseChange]]
"""`{case_id, version}` and what was asked for → what was done."""


async def _archive(transaction: Transaction, row: Row, _value: str) -> CaseChange:
    return await archive(transaction, row["case_id"], True)


async def _unarchive(transaction: Transaction, row: Row, _value: str) -> CaseChange:
    return await archive(transaction, row["case_id"], False)


async def _assign(transaction: Transaction, row: Row, value: str) -> CaseChange:
    return await patch(transaction, row["case_id"], {"owner": {"email": value} if value else None})


async def _set_status(transaction: Transaction, row: Row, value: str) -> CaseChange:
    return await patch(transaction, row["case_id"], {"status": value})


async def _take_back(transaction: Transaction, row: Row, _value: str) -> CaseChange:
    return await undo_version(transaction, row["case_id"], row["version"])


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
        raise Invalid.because(
            "That is more than {count} cases; filter the list further.", pointer="/case", count=MOST_CASES
        )
    return await _begin(transaction, workspace_id, kind, value, case_ids)


async def take_back(transaction: Transaction, workspace_id: UUID, id: UUID) -> UUID:
    """Have everything that a change did taken back, where nothing stands in the way: a change of its own. 400."""
    done = await store.changed(transaction, workspace_id, id)
    if not done:
        raise Invalid.because("There is nothing to take back.")
    versions = [each["version"] for each in done]
    return await _begin(transaction, workspace_id, "undo", str(id), [each["case_id"] for each in done], versions)


async def give_away(transaction: Transaction, workspace_id: UUID, owner_id: UUID, email: str) -> UUID | None:
    """Have the open cases of one owner given to another, or to nobody (“”); None when there are none."""
    cases = await store.owned(transaction, workspace_id, owner_id)
    return await _begin(transaction, workspace_id, "owner", email, cases) if cases else None


async def _begin(
    transaction: Transaction,
    workspace_id: UUID,
    kind: str,
    value: str,
    case_ids: Sequence[UUID],
    versions: Sequence[int] = (),
) -> UUID:
    id = new_id()
    await store.insert(transaction, workspace_id, id, kind, value or None, case_ids, versions)
    await CHANGE_MANY.defer(transaction, workspace=str(workspace_id), bulk=str(id))
    return id


async def give_up(transaction: Transaction) -> None:
    """End the changes whose job was cancelled."""
    working = await jobs.asked(transaction, CHANGE_MANY, "bulk")
    await store.give_up(transaction, working, CANCELLED)


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
        change = _take_back if asked["kind"] == "undo" else CHANGES[asked["kind"]]
        done = await change(transaction, row, asked["value"] or "")
        outcome, version = ("changed", done.before.version + 1) if done.changed and done.before else ("unchanged", None)
        await store.note(transaction, workspace_id, asked["id"], row["position"], outcome, version=version)

    try:
        if actor is None or (asked["kind"] == "owner" and actor.scope.owner):
            raise Forbidden.because("Whoever asked for this may not do it any more.")
        await database.write(actor, work)
    except Refusal as refusal:
        why = [each.message for each in refusal.problems]
        note = lambda tx: store.note(tx, workspace_id, asked["id"], row["position"], "refused", why)  # noqa: E731
        await database.write(system, note)
