"""Files on cases: put there, taken off, called otherwise."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any
from uuid import UUID

from dossier import files
from dossier.cases.actions.saving import KEEPING
from dossier.cases.model import CASE_RECORD, Case, CaseChange
from dossier.cases.model.files import named_in, values_named
from dossier.files.model import File, NamedFile
from dossier.foundation.database import ReadSession, Transaction
from dossier.foundation.errors import Invalid
from dossier.records.model import HistoryEntry


async def put(transaction: Transaction, file: File, case_id: UUID | None) -> None:
    """Put a locked file on a case (None: on none) and take it off the one that it is on, each an entry of their histories; 400, 409."""
    transaction.actor.require(KEEPING.needs)
    cases = await KEEPING.whole.lock_many(transaction, sorted(filter(None, {file.case, case_id})))
    if case_id and (case_id not in cases or cases[case_id].workspace_id != file.workspace_id):
        raise Invalid.because(CASE_RECORD.missing, "not_found", pointer="/case", id=case_id)
    changes = [_put(transaction, case, file, on=case.id == case_id) for case in cases.values()]
    await KEEPING.save_all([(transaction, each) for each in changes])


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
    """Let every case that shows a locked file have it in its history that it is called otherwise."""
    transaction.actor.require("files.change")
    ids = await files.showing(transaction, CASE_RECORD.name, file.workspace_id, file.id)
    cases = await KEEPING.whole.lock_many(transaction, ids) if ids else {}
    for case in cases.values():
        change = KEEPING.begin(transaction, showing(case, before))
        await KEEPING.save(transaction, change.put("file_renamed", {f"names.{file.id}": _named(file).document()}))


def showing(case: Case, file: File) -> Case:
    """The case as it is once it shows a file too."""
    return replace(case, files={**case.files, str(file.id): _named(file)})


def _named(file: File) -> NamedFile:
    return NamedFile(str(file.id), file.name, file.type)
