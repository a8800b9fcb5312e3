"""Fields that things are filtered by: an index is kept of one, in the things of every version, or no longer."""

from dataclasses import dataclass
from uuid import UUID

from dossier.case_templates import store
from dossier.case_templates.events import TemplatePublished
from dossier.foundation.database import Transaction
from dossier.foundation.errors import Conflict, NotFound
from dossier.listing.field_index import Backfill


@dataclass(frozen=True, slots=True, eq=False)
class FieldIndexes:
    """The indexes of the fields of what follows templates; `backfill` puts every thing into one."""

    backfill: Backfill

    async def keep(self, transaction: Transaction, workspace_id: UUID, field: str) -> None:
        """Have filters on a field go by an index, as soon as a job has put every thing into it; 403, 404. Asked twice it is one."""
        transaction.actor.require("templates.design")
        known = await store.choices(transaction)
        if not any(field == each["key"] for template in known for each in template.fields):
            raise NotFound.because("No template has a field “{key}”.", key=field)
        await self.backfill.begin(transaction, workspace_id, {field})

    async def drop(self, transaction: Transaction, workspace_id: UUID, field: str) -> None:
        """Have filters on a field read every thing again; 403, 409 while a template asks for its index. It is kept up for a day more."""
        transaction.actor.require("templates.design")
        for template in await store.choices(transaction):
            if any(each["key"] == field and each.get("indexed") for each in template.fields):
                raise Conflict.because(
                    "The template “{template}” asks for this index: untick it in the field there, and publish.",
                    template=template.title,
                )
        await self.backfill.index.unwant(transaction, workspace_id, field)

    async def follow(self, transaction: Transaction, published: TemplatePublished) -> None:
        """Have an index of the fields that the template wants filtered fast."""
        version = published.version
        if version.template.indexed:
            await self.backfill.begin(transaction, version.workspace_id, version.template.indexed)
