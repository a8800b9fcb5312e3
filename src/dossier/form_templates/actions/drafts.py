"""A form template in the making: changed a part at a time, checked all the while, published as the next version."""

from typing import Any
from uuid import UUID

from dossier.drafting import raise_if_behind, raise_if_changed
from dossier.drafting.model import Draft, DraftRow
from dossier.form_templates import store
from dossier.form_templates.actions.drafting import DRAFTING
from dossier.form_templates.actions.publishing import create, get_or_404, reserve, revise
from dossier.form_templates.model import FormTemplateVersion
from dossier.form_templates.model.drafting import shaped
from dossier.foundation.database import Transaction
from dossier.foundation.identifiers import new_id
from dossier.records.model import IfMatch

Document = dict[str, Any]

get_draft = DRAFTING.get
change = DRAFTING.change
change_details = DRAFTING.change_details
undo = DRAFTING.undo


async def begin(transaction: Transaction, workspace_id: UUID, document: Document) -> UUID:
    """A draft of a new template; its id, which the template will have. 409 where the document's slug is taken."""
    transaction.actor.require("templates.design")
    id, document = new_id(), shaped(document)
    document = {**document, "slug": await reserve(transaction, workspace_id, id, document)}
    await DRAFTING.begin(transaction, workspace_id, id, document)
    return id


async def put(transaction: Transaction, template_id: UUID, document: Document, if_match: IfMatch = None) -> Draft:
    """The draft is this document from now on. 412 when somebody else has changed it meanwhile."""
    draft = await DRAFTING.held(transaction, template_id)
    raise_if_changed(draft, if_match)
    return await DRAFTING.put(transaction, draft, document)


async def publish(transaction: Transaction, template_id: UUID, if_match: IfMatch = None) -> FormTemplateVersion:
    """Make the draft the next version; 400 with everything that is still wrong, 412 for one that is behind."""

    async def first(row: DraftRow) -> FormTemplateVersion:
        return await create(transaction, row.workspace_id, row.document, template_id)

    async def next_one(row: DraftRow) -> FormTemplateVersion:
        raise_if_behind(await get_or_404(transaction, template_id), row.based_on)
        return await revise(transaction, template_id, row.document, of_draft=True)

    return await DRAFTING.publish(transaction, template_id, if_match, first, next_one)


async def discard(transaction: Transaction, template_id: UUID) -> None:
    """Forget what was changed since the last version, or a template that has none; 404."""
    await DRAFTING.discard(transaction, template_id)
    await store.forget(transaction, template_id)
