"""Changing what a file is called and who may read it, and erasing it."""

from uuid import UUID

from dossier import audit
from dossier.files.model import Change, File, in_use, no_such
from dossier.files.store import leaving, rows
from dossier.foundation import stored_answers
from dossier.foundation.database import Transaction
from dossier.foundation.errors import PreconditionFailed
from dossier.foundation.jobs import Job

LEFT = Job("files.delete_left", cron="*/30 * * * *")
"""Deletes content whose file is gone; it can be asked for at any time, and any number of times."""

Seen = int | str | None
_HOLDERS = 10  # that a refusal names


async def change(transaction: Transaction, file_id: UUID, seen: Seen, change: Change) -> File:
    """The file as it is then; 404, 412."""
    transaction.actor.require("files.change")
    file = await _locked(transaction, file_id, seen)
    if (change.name or file.name, change.scope or file.scope) == (file.name, file.scope):
        return file
    await rows.change(transaction, file, change)
    if change.scope and change.scope != file.scope:
        act = "file.published" if change.scope == "public" else "file.restricted"
        await audit.record(transaction, act, file.id, workspace_id=file.workspace_id)
    changed = await rows.get(transaction, file_id)
    assert changed
    return changed


async def erase(transaction: Transaction, file_id: UUID, seen: Seen) -> None:
    """Erase a file that nothing holds: its row now, its content later; 404, 409, 412."""
    transaction.actor.require("files.erase")
    file = await _locked(transaction, file_id, seen)
    if file.held:
        raise in_use(await rows.holders(transaction, file, _HOLDERS))
    await remove(transaction, file)
    await audit.record(transaction, "file.erased", file.id, workspace_id=file.workspace_id)


async def remove(transaction: Transaction, file: File) -> None:
    """Take out a locked file, with the answers that show it; its content follows by a job once this is kept."""
    await leaving.delete(transaction, file)
    await stored_answers.forget_about(transaction, [file.id])
    await LEFT.defer(transaction)


async def _locked(transaction: Transaction, file_id: UUID, seen: Seen) -> File:
    file = await rows.lock(transaction, file_id)
    if file is None:
        raise no_such(file_id)
    if isinstance(seen, int) and seen != file.version:
        raise PreconditionFailed.because("The version is {version} now.", "changed_since", version=file.version)
    return file
