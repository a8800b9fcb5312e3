"""Updating the data of a case: the heart (contract section 6)."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from dossier.cases.actions.keep import begun, carried_on, keep, keep_all, opened, or_404
from dossier.cases.model import CASES, Case, Work, check_data
from dossier.cases.store import reading
from dossier.foundation.database import Transaction
from dossier.foundation.errors import Refusal
from dossier.foundation.group_commit import Change
from dossier.records import check_if_match
from dossier.records.model import IfMatch
from dossier.workspaces.model import today

Data = Mapping[str, Any]


async def update_data(
    transaction: Transaction, case_id: UUID, sent: Mapping[str, Any], if_match: IfMatch = None
) -> Work:
    """Merge many typed values at once, or refuse them all: 404, 409, 400 with every bad key, 412."""
    work = await opened(transaction, case_id)
    values = check_data(work.case, sent, today(transaction.clock(), work.case.time_zone))
    await check_if_match(transaction, CASES, work.case, if_match, values)
    return await keep(transaction, work.change("data", values))


async def update_many(transaction: Transaction, sent: Mapping[UUID, Mapping[str, Any]]) -> dict[UUID, Work | Refusal]:
    """The same for several cases, each all or nothing: what came of it, or why it was refused."""
    cases = await reading.lock_many(transaction, sorted(sent))
    results: dict[UUID, Work | Refusal] = {}
    for case_id, data in sent.items():
        try:
            results[case_id] = _merged(transaction, or_404(cases.get(case_id), case_id), data)
        except Refusal as refusal:
            results[case_id] = refusal
    await keep_all([(transaction, each) for each in results.values() if isinstance(each, Work)])
    return results


async def update_in_company(transaction: Transaction, changes: Sequence[Change[Data]]) -> list[Work | Refusal | None]:
    """The same for callers who may touch the same cases; None for a case that is locked, is not there, or fails."""
    cases = await reading.lock_free(transaction, [change.subject for change in changes])
    acting = [transaction.acting(change.actor) for change in changes]
    outcomes = [
        _outcome(each, cases.get(change.subject), change.sent) for each, change in zip(acting, changes, strict=True)
    ]
    await keep_all([(each, work) for each, work in zip(acting, outcomes, strict=True) if isinstance(work, Work)])
    return outcomes


def _outcome(transaction: Transaction, case: Case | None, sent: Data) -> Work | Refusal | None:
    try:
        return _merged(transaction, case, sent) if case else None
    except Refusal as refusal:
        return refusal
    except Exception:  # noqa: BLE001 - raised again where it is done alone, and harms no other
        return None


def _merged(transaction: Transaction, case: Case, sent: Data) -> Work:
    """The change of the case, carried on, not written yet."""
    case.refuse_archived()
    values = check_data(case, sent, today(transaction.clock(), case.time_zone))
    return carried_on(transaction, begun(transaction, case).change("data", values))
