"""The files that a case shows, in its fields and beside them."""

from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID

from dossier.cases.actions.saving import KEEPING
from dossier.cases.model import Case, CaseChange
from dossier.cases.model.files import files_of
from dossier.files.model import no_such
from dossier.foundation.database import Transaction

_Ids = Callable[[Sequence[str]], list[str]]


async def take_off(transaction: Transaction, case_id: UUID, file_id: UUID) -> CaseChange:
    """Take a file off a case, out of each field that names it; 404, 409."""
    transaction.actor.require(KEEPING.needs)
    change = await KEEPING.lock(transaction, case_id)
    id = str(file_id)
    values = _in_fields(change.after, id, lambda ids: [each for each in ids if each != id])
    if id in change.after.put_on:
        values[f"files.{id}"] = None
    return await KEEPING.save(transaction, change.put("files", values))


def _in_fields(case: Case, id: str, changed: _Ids) -> dict[str, Any]:
    """Path → the value of each field that names a file, changed; 404 when the case does not show it."""
    keys = files_of(case, id)
    if not keys and id not in case.put_on:
        raise no_such(UUID(id))
    named = {field.key: field.files(case.data.get(field.key)) for field in case.fields() if field.key in keys}
    return {f"data.{key}": changed(ids) or None for key, ids in named.items()}
