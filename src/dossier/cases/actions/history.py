"""Reading a case as it was."""

from dataclasses import replace
from datetime import datetime

from dossier import case_templates as templates
from dossier import records
from dossier.cases.actions.filing import FILES
from dossier.cases.model import CASE_RECORD, Case
from dossier.foundation.database import ReadSession
from dossier.foundation.errors import NotFound


async def as_it_was(reading: ReadSession, case: Case, moment: datetime) -> Case:
    """The case as it was at a moment; 404 when it was not yet."""
    was, changed_at = await records.at(reading, CASE_RECORD, case, moment)
    if changed_at is None:
        raise NotFound.because("There was no case {id} at that time.", id=case.id)
    was = replace(was, updated_at=changed_at, files=await FILES.named(reading, was))
    if was.template_id and was.template_version and was.template_version != case.template_version:
        template = await templates.version(reading, was.workspace_id, was.template_id, was.template_version)
        return replace(was, template=template)
    return was
