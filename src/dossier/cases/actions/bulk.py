"""What may be done to many cases at once, and how each is done."""

from collections.abc import Sequence
from uuid import UUID

from dossier import members
from dossier.cases.actions.later import CHANGE_MANY, GIVE_UP_CHANGES
from dossier.cases.actions.lifecycle import UNDO, patch
from dossier.cases.actions.saving import KEEPING
from dossier.cases.model import CASE_RECORD, Case
from dossier.cases.store import reading
from dossier.foundation.database import Transaction
from dossier.foundation.errors import Invalid
from dossier.foundation.messages import Message
from dossier.records import Bulk, begin_bulk

MAX_CASES = 50_000  # of one change


CASES_AT_ONCE: Bulk[Case] = Bulk(
    record=CASE_RECORD,
    job=CHANGE_MANY,
    give_up=GIVE_UP_CHANGES,
    changes={
        "archive": lambda tx, case, _: KEEPING.archive(tx, case, archived=True),
        "unarchive": lambda tx, case, _: KEEPING.archive(tx, case, archived=False),
        "owner": lambda tx, case, email: patch(tx, case, {"owner": {"email": email} if email else None}),
        "status": lambda tx, case, status: patch(tx, case, {"status": status}),
    },
    take_back=UNDO.undo_version,
    needs="cases.change",
    acting=members.actor_for_member,
    cancelled=Message("Cancelled before it was this case’s turn."),
)


async def ask(transaction: Transaction, workspace_id: UUID, kind: str, value: str, case_ids: Sequence[UUID]) -> UUID:
    """Have many cases changed; the id under which one sees how far it is. 400, 403."""
    transaction.actor.require("cases.change")
    if kind not in CASES_AT_ONCE.changes:
        raise Invalid.because("Choose what to change.", pointer="/change")
    if kind == "owner":
        transaction.actor.require("cases.reassign")
    if not case_ids:
        raise Invalid.because("Choose at least one case.", pointer="/case")
    if len(case_ids) > MAX_CASES:
        raise Invalid.because(
            "That is more than {count} cases; filter the list further.", pointer="/case", count=MAX_CASES
        )
    return await begin_bulk(transaction, CASES_AT_ONCE, workspace_id, kind, value, case_ids)


async def give_away(transaction: Transaction, workspace_id: UUID, owner_id: UUID, email: str) -> UUID | None:
    """Have the open cases of one owner given to another, or to nobody (“”); None when there are none."""
    transaction.actor.require("cases.reassign")
    cases = await reading.owned(transaction, workspace_id, owner_id)
    return await begin_bulk(transaction, CASES_AT_ONCE, workspace_id, "owner", email, cases) if cases else None
