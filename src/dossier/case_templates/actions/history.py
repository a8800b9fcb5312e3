"""What happened to templates is remembered: drafts changed, versions published, put away and brought back."""

from uuid import UUID

from dossier.case_templates import store
from dossier.case_templates.model import TEMPLATE_RECORD
from dossier.drafting.model import Kept
from dossier.foundation.database import ReadSession


async def get_or_404(reading: ReadSession, template_id: UUID) -> Kept:
    """A published template, as its history is asked for; 404."""
    found = await store.get(reading, template_id)
    if found is None:
        raise TEMPLATE_RECORD.no_such(template_id)
    return Kept(found.workspace_id, found.id, 0, found.updated_at, found.document)
