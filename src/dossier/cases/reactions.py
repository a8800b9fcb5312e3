"""What cases do when a template is published: its indexed fields are indexed in every case of the workspace."""

from dossier.case_templates.events import TemplatePublished
from dossier.case_templates.model import TemplateVersion
from dossier.cases.store import upkeep
from dossier.foundation import jobs
from dossier.foundation.database import Transaction


async def index_fields(transaction: Transaction, published: TemplatePublished) -> TemplateVersion:
    """Register the fields at once, so that every change from now on indexes them; a job fills in the rest."""
    version = published.subject
    if version.template.indexed:
        fields = sorted(version.template.indexed)
        for field in await upkeep.register_indexed(transaction, version.workspace_id, fields):
            await jobs.enqueue(
                transaction, "cases.backfill_index", lane=jobs.BULK, workspace=str(version.workspace_id), field=field
            )
    return version
