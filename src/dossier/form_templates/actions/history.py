"""What happened to form templates is remembered: drafts changed, versions published, put away and brought back."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from dossier import records
from dossier.form_templates.model.record import FORM_TEMPLATE_RECORD, FormTemplateChange, KeptFormTemplate
from dossier.foundation.database import Transaction
from dossier.records.model import ChangeSet


async def begin_change(
    transaction: Transaction, workspace_id: UUID, template_id: UUID, document: Mapping[str, Any]
) -> FormTemplateChange:
    """A change of a locked template, or of one that is being made, that has not changed anything yet."""
    version = await records.history.newest(transaction, FORM_TEMPLATE_RECORD, workspace_id, template_id)
    kept = KeptFormTemplate(workspace_id, template_id, version, transaction.clock(), document)
    return ChangeSet(FORM_TEMPLATE_RECORD, kept, kept)
