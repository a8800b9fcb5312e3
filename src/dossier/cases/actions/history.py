"""Reading what happened to a case, and the case as it was."""

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from dossier import case_templates as templates
from dossier.cases.actions.keep import found
from dossier.cases.model import Case, HistoryEntry, as_of
from dossier.cases.store import history
from dossier.foundation.database import Reading
from dossier.foundation.errors import NotFound
from dossier.foundation.lists import Page


async def history_page(reading: Reading, case_id: UUID, page: Page) -> tuple[int, list[HistoryEntry]]:
    """A page of the entries, newest first, and how many there are; 404."""
    case = await found(reading, case_id)
    return await history.page(reading, case.workspace_id, case_id, page.size, page.offset)


async def case_at(reading: Reading, case_id: UUID, moment: datetime) -> Case:
    """The case as it was at a moment; 404 when it was not yet."""
    case = await found(reading, case_id)
    later, last = await history.after(reading, case.workspace_id, case_id, moment)
    if last is None:
        raise NotFound.because(f"There was no case {case_id} at that time.")
    was = as_of(case, later, last)
    if was.template_id and was.template_version and was.template_version != case.template_version:
        template = await templates.version(reading, was.workspace_id, was.template_id, was.template_version)
        return replace(was, template=template)
    return was
