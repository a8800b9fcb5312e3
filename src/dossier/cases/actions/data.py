"""Updating the data of a case: the heart (contract section 6)."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from dossier.cases.actions.keep import begun, keep, opened, or_404
from dossier.cases.model import CASES, Work, check_data
from dossier.cases.store import reading
from dossier.foundation.database import Transaction
from dossier.foundation.errors import Refusal
from dossier.records import check_if_match
from dossier.records.model import IfMatch
from dossier.workspaces.model import today


async def update_data(
    transaction: Transaction, case_id: UUID, sent: Mapping[str, Any], if_match: IfMatch = None
) -> Work:
    """Merge many typed values at once, or refuse them all: 404, 409, 400 with every bad key, 412."""
    return await _merge(transaction, await opened(transaction, case_id), sent, if_match)


async def update_many(transaction: Transaction, sent: Mapping[UUID, Mapping[str, Any]]) -> dict[UUID, Work | Refusal]:
    """The same for several cases, each all or nothing: what came of it, or why it was refused."""
    cases = await reading.lock_many(transaction, sorted(sent))
    results: dict[UUID, Work | Refusal] = {}
    for case_id, data in sent.items():
        try:
            case = or_404(cases.get(case_id), case_id)
            case.refuse_archived()
            results[case_id] = await _merge(transaction, begun(transaction, case), data, None)
        except Refusal as refusal:
            results[case_id] = refusal
    return results


async def _merge(transaction: Transaction, work: Work, sent: Mapping[str, Any], if_match: IfMatch) -> Work:
    case = work.case
    values = check_data(case, sent, today(transaction.clock(), case.time_zone))
    await check_if_match(transaction, CASES, case, if_match, values)
    return await keep(transaction, work.change("data", values))
