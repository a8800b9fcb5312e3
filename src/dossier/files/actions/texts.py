"""The words in PDFs with a text layer, texts and office papers, read by a job after the upload: what shows a file is found by them."""

from uuid import UUID

from dossier.files.actions.opening import fetch
from dossier.files.actions.reading import raise_if_withheld
from dossier.files.events import FileRead
from dossier.files.model import File
from dossier.files.model.preview import MOST_BYTES
from dossier.files.store import rows, texts
from dossier.foundation import events
from dossier.foundation.actor import Scope, system
from dossier.foundation.database import Transaction
from dossier.foundation.errors import AppError
from dossier.foundation.jobs import DRAWING, Job
from dossier.foundation.services import Services
from dossier.foundation.storage.unfinished import placed
from dossier.foundation.workshop.asking import Died, Limits, ask

READ = Job("files.read", DRAWING)
"""Reads the words of a file that was just kept, or may be given only now."""

_READABLE = frozenset({"application/pdf", "text/plain", "text/csv", "text/markdown"})
_OFFICE = ("application/vnd.openxmlformats-officedocument.", "application/vnd.oasis.opendocument.")
_LIMITS = Limits(processor=25, seconds=25)
_MOST = 100_000  # characters


async def read_if_it_has_words(transaction: Transaction, file: File) -> None:
    """Have its words read, where it is of a type that has some."""
    if (file.type in _READABLE or file.type.startswith(_OFFICE)) and file.size <= MOST_BYTES:
        await READ.defer(transaction, workspace=str(file.workspace_id), file=str(file.id))


async def read(services: Services, workspace_id: UUID, file_id: UUID) -> None:
    """Read the words of a file, and tell what shows it; nothing of what is gone or not to be given, nor where it cannot be opened."""
    scope = Scope((workspace_id,))
    async with services.database.reading(scope) as reading:
        file = await rows.get(reading, file_id)
    if file and (text := await _text(services, file)):
        await services.database.write(system(scope=scope), lambda tx: _keep(tx, file, text))


async def _text(services: Services, file: File) -> str:
    try:
        raise_if_withheld(services, file)
    except AppError:
        return ""
    async with placed(services.storage) as home:
        source = home / "source"
        await fetch(services, file, source)
        order = {"work": "read", "file": str(source), "type": file.type, "most": _MOST}
        try:
            return str((await ask(order, _LIMITS, home))["text"]).strip()
        except Died:
            return ""


async def _keep(transaction: Transaction, file: File, text: str) -> None:
    if await texts.keep(transaction, file, text):
        await events.publish(transaction, FileRead(file.workspace_id, file.id))
