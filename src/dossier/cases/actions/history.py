"""Reading a case as it was."""

from dataclasses import replace
from datetime import datetime

from dossier import case_templates as templates
from dossier import records
from dossier.cases.actions.filing import FILES
from dossier.cases.actions.saving import KEEPING
from dossier.cases.model import CASE_RECORD, Case
from dossier.cases.store.reading import by_reference
from dossier.foundation.database import ReadSession
from dossier.foundation.errors import NotFound
from dossier.foundation.identifiers import parse_id


async def as_it_was(reading: ReadSession, case: Case, moment: datetime) -> Case:
    """The case as it was at a moment; 404 when it was not yet."""
    was, changed_at = await records.at(reading, CASE_RECORD, case, moment)
    if changed_at is None:
        raise NotFound.because("There was no case {id} at that time.", id=case.id)
    return await _completed(reading, case, replace(was, updated_at=changed_at))


async def in_version(reading: ReadSession, case: Case, version: int) -> Case:
    """The case as it was in one of its versions."""
    if version == case.version:
        return case
    was, changed_at = await records.in_version(reading, CASE_RECORD, case, version)
    return await _completed(reading, case, replace(was, updated_at=changed_at))


async def _completed(reading: ReadSession, case: Case, was: Case) -> Case:
    """With what histories do not say: how files were called, and the template of its version."""
    was = replace(was, files=await FILES.named(reading, was))
    if was.template_id and was.template_version and was.template_version != case.template_version:
        template = await templates.version(reading, was.workspace_id, was.template_id, was.template_version)
        return replace(was, template=template)
    return was


async def named_case(reading: ReadSession, text: str) -> Case:
    """A case in scope by its id or its reference, as people type it; 404."""
    id = parse_id(text) or (await by_reference(reading, text) if text else None)
    if id is None:
        raise NotFound.because("There is no case with that reference; type the reference or the id of one.")
    return await KEEPING.get(reading, id)
