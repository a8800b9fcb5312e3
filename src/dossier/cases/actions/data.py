"""Updating the data of a case: the heart (contract section 6)."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from dossier.cases.actions.saving import begin_change, carried_on, get_for_update, or_404, save, save_all
from dossier.cases.model import CASE_RECORD, Case, CaseChange, check_data
from dossier.cases.store import reading
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
    values = check_data(change.after, sent, today(transaction.clock(), change.after.time_zone))
    await check_if_match(transaction, CASE_RECORD, change.after, if_match, values)
    return await save(transaction, change.put("data", values))


async def update_many(
    transaction: Transaction, sent: Mapping[UUID, Mapping[str, Any]]
) -> dict[UUID, CaseChange | AppError]:
    """The same for several cases, each all or nothing: what came of it, or why it was refused."""
    transaction.actor.require("cases.change")
    cases = await reading.lock_many(transaction, sorted(sent))
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
    cases = await reading.lock_free(transaction, [change.subject for change in changes])
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
    values = check_data(case, sent, today(transaction.clock(), case.time_zone))
    return carried_on(transaction, begin_change(transaction, case).put("data", values))
