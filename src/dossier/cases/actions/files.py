"""Files on cases: put there, taken off, called otherwise."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

from dossier import files
from dossier.cases.actions.later import TELL_OF_FILES
from dossier.cases.actions.saving import KEEPING
from dossier.cases.model import CASE_RECORD, Case, CaseChange
from dossier.cases.model.files import named_in, newly_named, newly_put, values_named
from dossier.cases.store import file_news
from dossier.files.model import File, NamedFile, on_another_case, was_erased
from dossier.foundation.actor import Scope, system
from dossier.foundation.database import ReadSession, Transaction
from dossier.foundation.errors import Conflict, Invalid
from dossier.foundation.services import Services
from dossier.records.model import HistoryEntry

AT_ONCE = 100  # cases that hear of a new name in its transaction; a job tells the rest


async def put(transaction: Transaction, file: File, case_id: UUID | None) -> None:
    """Put a locked file on a case (None: on none) and take it off the one that it is on, each an entry of their histories; 400, 409."""
    transaction.actor.require(KEEPING.needs)
    cases = await KEEPING.whole.lock_many(transaction, sorted(filter(None, {file.case, case_id})))
    if case_id and (case_id not in cases or cases[case_id].workspace_id != file.workspace_id):
        raise Invalid.because(CASE_RECORD.missing, "not_found", pointer="/case", id=case_id)
    changes = [_put(transaction, case, file, on=case.id == case_id) for case in cases.values()]
    await KEEPING.save_all([(transaction, each) for each in changes])


async def restore(transaction: Transaction, change: CaseChange) -> None:
    """Refuse to bring back files whose content was erased since, and such as are on another case by now; 409."""
    transaction.actor.require(KEEPING.needs)
    put, fields = sorted(newly_put(change)), newly_named(change)
    if not put and not fields:
        return
    of_all = transaction.within(
        Scope((change.after.workspace_id,))
    )  # also those that whoever takes it back does not see
    locked = [await files.lock(of_all, UUID(id)) for id in put]
    Conflict.if_any(on_another_case(each) for each in locked if each and each.case)
    back = await files.take(of_all, {*put, *(id for ids in fields.values() for id in ids)})
    Conflict.if_any(was_erased(each.name) for each in back.values() if each.erased)


async def named(reading: ReadSession, case: Case, entries: Iterable[HistoryEntry] = ()) -> Mapping[str, NamedFile]:
    """The files of a case, also one of its past, and of entries of its history; those that it does not know as they are called by now."""
    ids = {*values_named(case), *(id for entry in entries for id in named_in(case, entry.changes))} - case.files.keys()
    return {**case.files, **(await files.named(reading, case.workspace_id, ids) if ids else {})}


def _put(transaction: Transaction, case: Case, file: File, *, on: bool) -> CaseChange:
    case.raise_if_archived()
    change = KEEPING.begin(transaction, showing(case, file))
    values: Mapping[str, Any] = {f"files.{file.id}": {"id": str(file.id)} if on else None}
    return KEEPING.carried_on(transaction, change.put("files", values))


async def rename(transaction: Transaction, before: File, file: File) -> None:
    """Let every case that shows a locked file have it in its history that it is called otherwise; a job tells those that are left."""
    transaction.actor.require("files.change")
    of_all = transaction.within(Scope((file.workspace_id,)))  # also those that whoever renames it does not see
    ids = await files.showing(of_all, CASE_RECORD.name, file.workspace_id, file.id)
    await _tell(of_all, ids[:AT_ONCE], _named(before), _named(file))
    if left := ids[AT_ONCE:]:
        await file_news.tell_later(of_all, file.workspace_id, left, _named(before), _named(file))
        await TELL_OF_FILES.defer(transaction, workspace=str(file.workspace_id))


async def tell_all(services: Services, workspace: str) -> None:
    """Tell the cases that are left how a file of theirs is called by now, one after the other, each once."""
    id = UUID(workspace)
    while await services.database.write(system(scope=Scope((id,))), lambda tx: _tell_next(tx, id)):
        pass


async def _tell_next(transaction: Transaction, workspace_id: UUID) -> bool:
    """Whether there was one. It was done by whom the file was."""
    news = await file_news.take(transaction, workspace_id)
    if news is None:
        return False
    actor = replace(transaction.actor, type=news.actor_type, id=news.actor_id, name="", via=news.via)
    await _tell(transaction.acting(actor), [news.case_id], news.old, news.new)
    return True


async def _tell(transaction: Transaction, ids: Sequence[UUID], before: NamedFile, file: NamedFile) -> None:
    for case in (await KEEPING.whole.lock_many(transaction, ids)).values() if ids else ():
        change = KEEPING.begin(transaction, replace(case, files={**case.files, file.id: before}))
        await KEEPING.save(transaction, change.put("file_renamed", {f"names.{file.id}": file.document()}))


def showing(case: Case, file: File) -> Case:
    """The case as it is once it shows a file too."""
    return replace(case, files={**case.files, str(file.id): _named(file)})


def _named(file: File) -> NamedFile:
    return NamedFile(str(file.id), file.name, file.type)
