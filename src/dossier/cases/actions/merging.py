"""One field set by somebody who has seen an older version of it: put together with what others did meanwhile."""

from typing import Any

from dossier import records
from dossier.cases.actions.data import update_data
from dossier.cases.model import CASE_RECORD, Case, CaseChange
from dossier.cases.model.merging import Clash, merged
from dossier.fields import Field
from dossier.foundation.database import Transaction


async def set_field(transaction: Transaction, case: Case, field: Field, value: Any, seen: int | None) -> CaseChange:
    """Set a field of a locked case to what was made of version `seen`; 412 where somebody else changed the same part."""
    transaction.actor.require("cases.change")
    path = f"data.{field.key}"
    later = []
    if seen is not None and seen < case.version:
        later = await records.history.since(transaction, CASE_RECORD, case, seen, [path])
    if not later:
        return await update_data(transaction, case.id, {field.key: value}, seen)
    try:
        together = merged(field, later[-1].changes[path]["old"], value, case.data.get(field.key))
    except Clash:
        return await update_data(transaction, case.id, {field.key: value}, seen)
    return await update_data(transaction, case.id, {field.key: together})
