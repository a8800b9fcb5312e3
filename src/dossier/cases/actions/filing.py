"""The files that a case shows, in its fields and beside them."""

from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID

from dossier import files
from dossier.cases.actions.files import showing
from dossier.cases.actions.saving import DATA, KEEPING
from dossier.cases.model import Case, CaseChange
from dossier.cases.model.files import files_of
from dossier.files.model import File, no_such, on_another_case, raise_if_erased
from dossier.foundation.database import Transaction
from dossier.foundation.errors import Conflict

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


async def exchange(transaction: Transaction, case_id: UUID, file_id: UUID, by: UUID) -> CaseChange:
    """Put another file where a case shows this one, at the same place of each field that names it; 400, 404, 409, 410."""
    transaction.actor.require(KEEPING.needs)
    another = await _another(transaction, by, case_id)
    change = await KEEPING.lock(transaction, case_id)
    change = KEEPING.begin(transaction, showing(change.after, another))
    old, new = str(file_id), str(by)
    values = _in_fields(change.after, old, lambda ids: [new if each == old else each for each in ids if each != new])
    if old in change.after.put_on:
        values |= {f"files.{old}": None, f"files.{new}": {"id": new}}
    return await KEEPING.save(transaction, change.put("files", values))


async def add_to_field(transaction: Transaction, case_id: UUID, key: str, file_id: UUID) -> CaseChange:
    """Put a file behind those that a field names; 400, 404, 409."""
    transaction.actor.require(KEEPING.needs)
    case = (await KEEPING.lock(transaction, case_id)).after
    field = case.field(key)
    named = field.files(case.data.get(key)) if field else ()
    return await DATA.update(transaction, case_id, {key: [*named, str(file_id)]})


async def _another(transaction: Transaction, id: UUID, case_id: UUID) -> File:
    file = await files.lock(transaction, id)
    if file is None:
        raise no_such(id)
    raise_if_erased(file)
    Conflict.if_any([on_another_case(file)] if file.case not in (None, case_id) else ())
    return file


def _in_fields(case: Case, id: str, changed: _Ids) -> dict[str, Any]:
    """Path → the value of each field that names a file, changed; 404 when the case does not show it."""
    keys = files_of(case, id)
    if not keys and id not in case.put_on:
        raise no_such(UUID(id))
    named = {field.key: field.files(case.data.get(field.key)) for field in case.fields() if field.key in keys}
    return {f"data.{key}": changed(ids) or None for key, ids in named.items()}
