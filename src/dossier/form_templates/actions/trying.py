"""A form template as it is worked on, to be looked at and tried: nothing of that is kept."""

from uuid import UUID

from dossier.drafting.model import Draft
from dossier.form_templates.actions.drafts import get_draft
from dossier.form_templates.actions.publishing import checked
from dossier.form_templates.model import FormTemplate
from dossier.foundation.database import ReadSession


async def to_try(reading: ReadSession, template_id: UUID) -> tuple[Draft, FormTemplate]:
    """The draft, or what was published last, and the template that it is; 404, and 400 where it is not right yet."""
    draft = await get_draft(reading, template_id)
    _, template = await checked(reading, draft.workspace_id, draft.document, draft=True)
    return draft, template
