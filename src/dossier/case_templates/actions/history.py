"""What happened to templates is remembered: drafts changed, versions published, put away and brought back."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from dossier import records
from dossier.case_templates import store
from dossier.case_templates.model import TEMPLATE_RECORD, KeptTemplate, TemplateChange
from dossier.foundation.database import ReadSession, Transaction
from dossier.records.model import ChangeSet


async def begin_change(
    transaction: Transaction, workspace_id: UUID, template_id: UUID, document: Mapping[str, Any]
) -> TemplateChange:
    """A change of a locked template, or of one that is being made, that has not changed anything yet."""
    version = await records.history.newest(transaction, TEMPLATE_RECORD, workspace_id, template_id)
    kept = KeptTemplate(workspace_id, template_id, version, transaction.clock(), document)
    return ChangeSet(TEMPLATE_RECORD, kept, kept)


async def get_or_404(reading: ReadSession, template_id: UUID) -> KeptTemplate:
    """A published template, as its history is asked for; 404."""
    found = await store.get(reading, template_id)
    if found is None:
        raise TEMPLATE_RECORD.no_such(template_id)
    return KeptTemplate(found.workspace_id, found.id, 0, found.updated_at, found.document)
