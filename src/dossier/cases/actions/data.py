"""Updating the data of a case: the heart (contract section 6)."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from dossier import records
from dossier.cases.actions.saving import begin_change, carried_on, get_for_update, or_404, save, save_all
from dossier.cases.model import CASE_RECORD, Case, CaseChange
from dossier.cases.store import reading
from dossier.fields import Clash, Field, check_values, merged
from dossier.foundation.database import Transaction
from dossier.foundation.errors import AppError
from dossier.foundation.group_commit import Change
from dossier.records import check_if_match
from dossier.records.model import ChangeSet, IfMatch
from dossier.workspaces.model import today

Data = Mapping[str, Any]


async def update_data(
    transaction: Transaction, case_id: UUID, sent: Mapping[str, Any], if_match: IfMatch = None
) -> CaseChange:
    """Merge many typed values at once, or refuse them all: 404, 409, 400 with every bad key, 412."""
    transaction.actor.require("cases.change")
    change = await get_for_update(transaction, case_id)
    values = _checked(transaction, change.after, sent)
    await check_if_match(transaction, CASE_RECORD, change.after, if_match, values)
    return await save(transaction, change.put("data", values))


async def update_many(
    transaction: Transaction, sent: Mapping[UUID, Mapping[str, Any]]
) -> dict[UUID, CaseChange | AppError]:
    """The same for several cases, each all or nothing: what came of it, or why it was refused."""
    transaction.actor.require("cases.change")
    cases = await reading.WHOLE.lock_many(transaction, sorted(sent))
    results: dict[UUID, CaseChange | AppError] = {}
    for case_id, data in sent.items():
        try:
            results[case_id] = _merged(transaction, or_404(cases.get(case_id), case_id), data)
        except AppError as refusal:
            results[case_id] = refusal
        await asyncio.sleep(0)  # others are answered between two of them
    await save_all([(transaction, each) for each in results.values() if isinstance(each, ChangeSet)])
    return results


async def update_in_company(
    transaction: Transaction, changes: Sequence[Change[Data]]
) -> list[CaseChange | AppError | None]:
    """The same for callers who may touch the same cases; None for a case that is locked, is not there, or fails."""
    cases = await reading.WHOLE.lock_free(transaction, [change.subject for change in changes])
    acting = [transaction.acting(change.actor) for change in changes]
    outcomes = [
        _outcome(each, cases.get(change.subject), change.sent) for each, change in zip(acting, changes, strict=True)
    ]
    await save_all(
        [(each, change) for each, change in zip(acting, outcomes, strict=True) if isinstance(change, ChangeSet)]
    )
    return outcomes


def _outcome(transaction: Transaction, case: Case | None, sent: Data) -> CaseChange | AppError | None:
    try:
        return _merged(transaction, case, sent) if case else None
    except AppError as refusal:
        return refusal
    except Exception:  # noqa: BLE001 - raised again where it is done alone, and harms no other
        return None


def _merged(transaction: Transaction, case: Case, sent: Data) -> CaseChange:
    """The change of the case, carried on, not written yet."""
    transaction.actor.require("cases.change")
    case.raise_if_archived()
    values = _checked(transaction, case, sent)
    return carried_on(transaction, begin_change(transaction, case).put("data", values))


def _checked(transaction: Transaction, case: Case, sent: Data) -> dict[str, Any]:
    """Path → value as it is stored; 400 naming every key that does not fit."""
    policy = case.template.unknown_fields if case.template else "reject"
    return check_values(case, policy, sent, today(transaction.clock(), case.time_zone))


async def set_field(transaction: Transaction, case: Case, field: Field, value: Any, seen: int | None) -> CaseChange:
    """Set a field of a locked case to what was made of version `seen`, put together with what others did meanwhile.

    412 where somebody else changed the same part.
    """
    transaction.actor.require("cases.change")
    path = f"data.{field.key}"
    later = []
    if seen is not None and seen < case.version:
        later = await records.history.since(transaction, CASE_RECORD, case, seen, [path])
    if not later:
        return await update_data(transaction, case.id, {field.key: value}, seen)
    try:
        together = merged(field, later[-1].changes[path]["old"], value, case.data.get(field.key))
    except Clash:
        return await update_data(transaction, case.id, {field.key: value}, seen)
    return await update_data(transaction, case.id, {field.key: together})
