"""Keeping what was sent: first its content, whole and for good, then the row that says so."""

from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from uuid import UUID

from dossier import audit
from dossier.files.actions.checking import check_arrived
from dossier.files.actions.previewing import DRAW
from dossier.files.actions.texts import read_if_it_has_words
from dossier.files.events import FilePut
from dossier.files.model import File, Scope, Seen, form_is_full, new_object, quota_reached, type_of
from dossier.files.model.preview import may_be_drawn
from dossier.files.model.types import LOOKED_AT
from dossier.files.store import leaving, rows, uploads
from dossier.foundation import events
from dossier.foundation.actor import Actor
from dossier.foundation.database import ReadSession, Transaction
from dossier.foundation.errors import AppError
from dossier.foundation.identifiers import new_id
from dossier.foundation.scanner import Verdict
from dossier.foundation.services import FileLimits, Services
from dossier.foundation.share import Share
from dossier.foundation.storage import InThreads, Whole
from dossier.foundation.storage.unfinished import placed
from dossier.foundation.workshop.asking import Died, Limits, ask
from dossier.foundation.workshop.looking import may_open

_LOOK = Limits()


@dataclass(frozen=True, slots=True)
class Told:
    """What who sends a file says of it; `case`: the one that it is put on."""

    name: str
    type: str
    scope: Scope
    case: UUID | None = None


@dataclass(frozen=True, slots=True)
class Received:
    """A file whose content is kept under `object`, and which no row names yet."""

    workspace_id: UUID
    told: Told
    type: str
    seen: Seen
    size: int
    sha256: bytes
    object: str
    verdict: Verdict

    @property
    def is_lie(self) -> bool:
        """Whether its sender said another type than it has."""
        said = self.told.type.partition(";")[0].strip().lower()
        return said not in ("", "application/octet-stream", self.type)

    @property
    def fingerprint(self) -> bytes:
        """What a repeat of the request must be equal in."""
        return f"{self.told.name}\n{self.told.type}\n{self.told.scope}\n{self.told.case}\n{self.sha256.hex()}".encode()


async def raise_if_full(reading: ReadSession, workspace_id: UUID, bytes: int, limits: FileLimits) -> None:
    """413 or 422 when so many bytes more would be too many: before they are sent."""
    if limits.quota and (used := await leaving.used(reading, workspace_id)) + bytes > limits.quota:
        raise quota_reached(used, limits.quota)


async def room(reading: ReadSession, actor: Actor, workspace_id: UUID, limits: FileLimits) -> Share | None:
    """What the sender may still send; None: anything."""
    if limits.share is None:
        return None
    sent = await uploads.sent(reading, workspace_id, actor)
    return Share(limits.share.bytes - sent.bytes, limits.share.files - sent.files)


async def raise_if_over(transaction: Transaction, workspace_id: UUID, limits: FileLimits) -> None:
    """413 when the sender has sent more than is theirs, with what was just kept. Others of theirs wait until the end of the transaction."""
    if limits.share is None:
        return
    await uploads.lock_sender(transaction)
    left = await room(transaction, transaction.actor, workspace_id, limits)
    if left and (left.bytes < 0 or left.files < 0):
        raise form_is_full(limits.share)


async def put(services: Services, actor: Actor, workspace_id: UUID, told: Told, whole: Whole) -> Received:
    """Look at what a whole file is and whether it has a virus, and keep its content; 422 `infected`, 503, 507."""
    storage = services.storage
    head = await storage.do(_head, whole.file)
    verdict = await check_arrived(services, actor, workspace_id, whole)
    async with services.process.looking:
        seen = await _seen(storage, whole.file, head)
    object = new_object(workspace_id)
    type = type_of(seen, head, told.type, told.name)
    await storage.do(storage.storage.put, object, whole.file)
    return Received(workspace_id, told, type, seen, whole.size, whole.sha256, object, verdict)


async def take_back(services: Services, received: Received) -> None:
    """Nothing names it. Where it is not known whether a row was kept, as when the database is lost, the sweep decides."""
    with suppress(AppError):
        await services.storage.do(services.storage.storage.delete, received.object)


async def keep(transaction: Transaction, received: Received, limits: FileLimits, id: UUID | None = None) -> File:
    """The file, from now on; 400 for a case that there is not, 409 for an archived one, 422 when the workspace has no room for it."""
    actor = transaction.actor
    actor.require("files.upload")
    now = transaction.clock()
    file = File(
        workspace_id=received.workspace_id,
        id=id or new_id(),
        version=1,
        created_at=now,
        updated_at=now,
        name=received.told.name,
        type=received.type,
        scope=received.told.scope,
        key_number=0,
        verdict=received.verdict,
        size=received.size,
        sha256=received.sha256,
        width=received.seen.width,
        height=received.seen.height,
        pages=received.seen.pages,
        drawn=None,
        object=received.object,
        created_by={"type": actor.type, "id": actor.id, "name": actor.name},
        held=False,
        goes_at=now + timedelta(days=limits.unheld_days),
    )
    await rows.insert(transaction, file, now + timedelta(days=limits.unheld_days))
    if file.scope == "public":
        await audit.record(transaction, "file.published", file.id, workspace_id=file.workspace_id)
    if received.told.case:
        await events.publish(transaction, FilePut(file, received.told.case))
        file = replace(file, case=received.told.case, held=True, goes_at=None)
    await raise_if_over(transaction, file.workspace_id, limits)
    used = await leaving.use(transaction, file.workspace_id, file.size)
    if limits.quota and used > limits.quota:
        raise quota_reached(used - file.size, limits.quota)
    if may_be_drawn(file.type, file.size, office=True):
        await DRAW.defer(transaction, workspace=str(file.workspace_id), file=str(file.id))
    await read_if_it_has_words(transaction, file)
    return file


def _head(file: Path) -> bytes:
    with file.open("rb") as source:
        return source.read(LOOKED_AT)


async def _seen(storage: InThreads, file: Path, head: bytes) -> Seen:
    """What a parser sees in it, in a process of its own; nothing where that one dies of it."""
    if not may_open(head):
        return Seen()
    async with placed(storage) as home:
        try:
            return Seen(**await ask({"work": "look", "file": str(file)}, _LOOK, home))
        except Died:
            return Seen()
