"""Moving a running case to another version of its template, once somebody has seen what that does."""

from dataclasses import replace
from uuid import UUID

from dossier import case_templates as templates
from dossier.cases.actions.saving import KEEPING
from dossier.cases.model import CASE_RECORD, Case, CaseChange
from dossier.cases.model.change import raise_if_unknown_status
from dossier.cases.model.upgrade import CaseUpgrade, preview, upgraded
from dossier.foundation.clock import today
from dossier.foundation.database import ReadSession, Transaction
from dossier.foundation.errors import Invalid
from dossier.records import check_if_match
from dossier.records.model import IfMatch, VersionConflict


async def preview_upgrade(reading: ReadSession, case_id: UUID) -> tuple[Case, CaseUpgrade | None]:
    """The case, and what moving it to the current version would do; None when it is there already. 404."""
    case = await KEEPING.get(reading, case_id)
    return case, await _move(reading, case)


async def upgrade_template(
    transaction: Transaction, case_id: UUID, version: int, status: str, if_match: IfMatch = None
) -> CaseChange:
    """Move it. 412 when the current version is another one than was seen, 400 for values that do not fit it."""
    transaction.actor.require("cases.upgrade")
    change = await KEEPING.lock(transaction, case_id)
    await check_if_match(transaction, CASE_RECORD, change.after, if_match, None)
    move = await _move(transaction, change.after)
    if move is None or move.version != version:
        raise VersionConflict.because("Another version was published meanwhile; look again at what moving does.")
    Invalid.if_any(move.problems)
    raise_if_unknown_status(replace(change.after, template=move.template), status, "/status")
    case, values = upgraded(change.after, move, status, today(transaction.clock(), change.after.time_zone))
    return await KEEPING.save(transaction, replace(change, after=case).put("template", values))


async def _move(reading: ReadSession, case: Case) -> CaseUpgrade | None:
    current = await templates.get(reading, case.template_id) if case.template_id else None
    if current is None or case.archived_at or current.version == case.template_version:
        return None
    return preview(case, current.template, current.version, today(case.updated_at, case.time_zone))
