"""Fields that cases are filtered by: an index is kept of one, in the cases of every version, or no longer."""

from uuid import UUID

from dossier import case_templates as templates
from dossier.cases.actions.later import BACKFILL
from dossier.cases.store.collection import FIELD_INDEX
from dossier.foundation.database import Transaction
from dossier.foundation.errors import Conflict, NotFound


async def keep_index(transaction: Transaction, workspace_id: UUID, field: str) -> None:
    """Have filters on a field go by an index, as soon as a job has put every case into it; 403, 404. Asked twice it is one."""
    transaction.actor.require("templates.design")
    known = await templates.choices(transaction)
    if not any(field == each["key"] for template in known for each in template.fields):
        raise NotFound.because("No template has a field “{key}”.", key=field[:60])
    await BACKFILL.begin(transaction, workspace_id, {field})


async def drop_index(transaction: Transaction, workspace_id: UUID, field: str) -> None:
    """Have filters on a field read every case again; 403, 409 while a template asks for its index. It is kept up for a day more."""
    transaction.actor.require("templates.design")
    for template in await templates.choices(transaction):
        if any(each["key"] == field and each.get("indexed") for each in template.fields):
            raise Conflict.because(
                "The template “{template}” asks for this index: untick it in the field there, and publish.",
                template=template.title,
            )
    await FIELD_INDEX.unwant(transaction, workspace_id, field)
