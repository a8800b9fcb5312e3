"""Changing what a file is called, who may read it and which case it is on, and erasing it."""

from collections.abc import Sequence
from typing import Literal
from uuid import UUID

from dossier import audit
from dossier.files.events import FilePut, FileRead, FileRenamed
from dossier.files.model import Change, File, in_use, no_such, raise_if_erased
from dossier.files.store import holding, leaving, rows, uploads
from dossier.foundation import events, stored_answers
from dossier.foundation.database import Transaction
from dossier.foundation.errors import PreconditionFailed
from dossier.foundation.jobs import Job

LEFT = Job("files.delete_left", cron="*/30 * * * *")
"""Deletes content whose file is gone; it can be asked for at any time, and any number of times."""

Seen = frozenset[int] | Literal["*"] | None
"""The versions of which the file must be at one."""
_HOLDERS = 10  # that a refusal names


async def change(transaction: Transaction, file_id: UUID, seen: Seen, change: Change) -> File:
    """The file as it is then; 400 for a case that there is not, 404, 409 for an archived one, 410, 412."""
    transaction.actor.require("files.change")
    file = await locked(transaction, file_id, seen)
    if change != Change(moves=True):  # taken off its case a file can be whose content was erased
        raise_if_erased(file)
    moves = change.moves and change.case != file.case
    if not moves and (change.name or file.name, change.scope or file.scope) == (file.name, file.scope):
        return file
    await rows.change(transaction, file, change)
    if moves:
        await events.publish(transaction, FilePut(file, change.case))
    changed = await rows.get(transaction, file_id)
    assert changed
    await _tell(transaction, file, changed)
    return changed


async def _tell(transaction: Transaction, before: File, file: File) -> None:
    if file.name != before.name:
        await events.publish(transaction, FileRenamed(before, file))
    if file.scope != before.scope:
        act = "file.published" if file.scope == "public" else "file.restricted"
        await audit.record(transaction, act, file.id, workspace_id=file.workspace_id)


async def erase(transaction: Transaction, file_id: UUID, seen: Seen, *, force: bool = False) -> None:
    """Erase a file that nothing holds, or with `force` the content of one that is held: its content follows by a job; 404, 409, 410, 412."""
    transaction.actor.require("files.erase")
    file = await locked(transaction, file_id, seen, to_erase=True)
    if file.held and not force:
        raise in_use(await rows.holders(transaction, file, _HOLDERS))
    if file.held:
        transaction.actor.require("files.erase_held")
        raise_if_erased(file)
        await leaving.empty(transaction, file, transaction.clock())
        await _forget(transaction, [file.id])
        await events.publish(transaction, FileRead(file.workspace_id, file.id))
    else:
        await remove(transaction, file.workspace_id, [file.id])
    await audit.record(transaction, "file.erased", file.id, workspace_id=file.workspace_id)


async def remove(transaction: Transaction, workspace_id: UUID, ids: Sequence[UUID]) -> None:
    """Take out locked files, with the answers that show them; their content follows by a job once this is kept."""
    await leaving.delete(transaction, workspace_id, ids)
    await _forget(transaction, ids)


async def let_go(transaction: Transaction, kind: str, workspace_id: UUID, holder_id: UUID) -> None:
    """A thing that held files is erased: the files go with it that nothing else holds, or held."""
    if unheld := await holding.leave(transaction, kind, workspace_id, holder_id):
        await remove(transaction, workspace_id, unheld)


async def forget_sent(transaction: Transaction, workspace_id: UUID, sender_id: UUID) -> None:
    """What somebody sent and nothing holds is gone, and what they began to send ends with the next turn of its job."""
    if unheld := await holding.unheld_of(transaction, workspace_id, sender_id):
        await remove(transaction, workspace_id, unheld)
    await uploads.give_up(transaction, workspace_id, sender_id)


async def _forget(transaction: Transaction, ids: Sequence[UUID]) -> None:
    await stored_answers.forget_about(transaction, ids)
    await LEFT.defer(transaction)


async def locked(transaction: Transaction, file_id: UUID, seen: Seen, *, to_erase: bool = False) -> File:
    """A file to change; 404, 412 when it is not as it was seen."""
    file = await rows.lock(transaction, file_id, to_erase=to_erase)
    if file is None:
        raise no_such(file_id)
    if isinstance(seen, frozenset) and file.version not in seen:
        raise PreconditionFailed.because("The version is {version} now.", "changed_since", version=file.version)
    return file
