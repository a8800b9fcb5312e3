"""A form that belongs to no case, and the case that it opens when it is handed in."""

from uuid import UUID

from dossier import form_templates
from dossier.forms.actions.reviewing import Review
from dossier.forms.store import reading, writing
from dossier.foundation.database import ReadSession, Transaction


async def opens(session: ReadSession, answered: Review) -> UUID | None:
    """The case template of the case that it opens: what its preset says by now, or its template once that is gone; None for none."""
    form = answered.form
    if form.case_id or form.internal:
        return None
    presets = await form_templates.presets(session, str(form.preset_id), [form.workspace_id], usable=False)
    return presets[0].opens if presets else answered.template.opens


async def put_on_case(transaction: Transaction, form_id: UUID, case_id: UUID, contact_id: UUID | None) -> None:
    """It belongs to the case from now on."""
    transaction.actor.require("forms.change")
    if form := await reading.lock(transaction, form_id):
        await writing.put_on_case(transaction, form, case_id, contact_id)
