"""Files that come in several goes (tus): announced, gone on with, finished, given up.

How much is there is what the file itself has, once it is on the disk: nothing that is killed takes back what was said.
Whoever asks about an upload, or goes on with it, has the turn to write (`Coming`); who had it before learns that it is over.
"""

import asyncio
import hashlib
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from functools import partial
from io import FileIO
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Any
from uuid import UUID

from dossier.files.actions.uploading import Received, Told, keep, put, raise_if_over, take_back
from dossier.files.model import File, Progress, Upload, quota_reached, raise_if_erased
from dossier.files.model.upload import KEPT, elsewhere, no_such_upload, overtaken, too_many_begun
from dossier.files.store import leaving, rows, uploads
from dossier.foundation.actor import SERVER, Actor, Scope, system
from dossier.foundation.database import Topic, Transaction
from dossier.foundation.errors import AppError, Conflict, Invalid, NotFound, Problem, TooLarge, Unprocessable
from dossier.foundation.identifiers import new_id
from dossier.foundation.services import FileLimits, Services
from dossier.foundation.storage import Coming, Overtaken, Whole
from dossier.foundation.storage.blocks import Behind, Pieces
from dossier.foundation.storage.coming import boot, discard, is_begun, place_of
from dossier.foundation.storage.kinds import CHUNK

TOPIC = "upload"
"""Kind of the topic under which it is told that an upload has a newer connection, or is gone."""
NOTED_EVERY = 64 * 1024 * 1024  # bytes of a long go after which those before are synced and noted
AT_ONCE = 500
_HASHED = 16 * 1024 * 1024  # bytes in one go

Look = Callable[[Received], None]
"""What looks at a whole file before it is kept, and may refuse it."""


async def begin(
    transaction: Transaction, workspace_id: UUID, told: Told, metadata: str, size: int, limits: FileLimits
) -> Upload:
    """An upload of so many bytes, which count from now on; 413, 422, 429."""
    transaction.actor.require("files.upload")
    if size > limits.most:
        raise TooLarge(
            (Problem("A file has {count} bytes at most.", TooLarge.code, parameter="Upload-Length", count=limits.most),)
        )
    if await uploads.count(transaction) >= limits.begun:
        raise too_many_begun(limits.begun)
    goes_at = transaction.clock() + KEPT
    upload = Upload(
        workspace_id, new_id(), told.name, told.type, told.scope, told.case, metadata, size, 0, None, None, goes_at
    )
    await uploads.insert(transaction, upload)
    await raise_if_over(transaction, workspace_id, limits)
    used = await leaving.use(transaction, workspace_id, size)
    if limits.quota and used > limits.quota:
        raise quota_reached(used - size, limits.quota)
    return upload


async def end(services: Services, actor: Actor, id: UUID) -> None:
    """Nothing of it stays; 404."""
    upload = await services.database.write(actor, partial(_remove, id=id))
    if upload is None:
        raise no_such_upload(id)
    await services.storage.do(discard, _folder(services), str(id))


async def progress(services: Services, actor: Actor, id: UUID) -> Progress:
    """How much of it is there; what came over an older connection counts so far, and no further. One that is whole is finished; 404."""
    if (upload := await _claimed(services, actor, id)) is None:
        return await _finished(services, actor, id)
    if not upload.received and not await services.storage.do(is_begun, _folder(services), str(id)):
        return Progress(0, upload.size, upload)
    try:
        async with turn(services, actor, upload) as mine:
            return await finish(mine) if mine.is_whole else Progress(mine.offset, upload.size, upload)
    except NotFound:  # finished meanwhile, or lost
        return await _finished(services, actor, id)


async def going_on(services: Services, actor: Actor, id: UUID) -> Upload | Progress:
    """The upload, whose older connection is told that it is over; how it ended where it is an attachment already; 404."""
    return await _claimed(services, actor, id) or await _finished(services, actor, id)


class Turn:
    """Who may write into an upload now."""

    def __init__(self, services: Services, actor: Actor, upload: Upload, coming: Coming) -> None:
        self.services, self.actor, self.upload, self.coming = services, actor, upload, coming
        self._behind = Behind(
            services.storage, self._put, self._hash, coming.begin, least=1
        )  # none waits for more to come
        self._noted = coming.size
        self._sha256 = None if coming.size else hashlib.sha256()

    @property
    def offset(self) -> int:
        """Bytes that are there."""
        return self.coming.size

    @property
    def is_whole(self) -> bool:
        return self.offset == self.upload.size

    @property
    def sha256(self) -> bytes | None:
        """Of the whole file, where all of it came in this turn."""
        return self._sha256.digest() if self._sha256 else None

    async def take(self, piece: bytes) -> None:
        """Some more bytes, which are written as soon as those before them are. 409, 507."""
        await self._behind.take(piece)
        if self.offset - self._noted >= NOTED_EVERY:
            await self.keep()

    async def keep(self) -> None:
        """What was taken is on the disk, and noted; 404, 409, 507."""
        await self._behind.all()
        if self.offset != self._noted:
            await self.services.storage.do(self.coming.sync)
            await self.note()

    async def note(self) -> None:
        goes_at, self._noted = self.services.clock() + KEPT, self.offset
        work = partial(uploads.received, upload=self.upload, bytes=self.offset, boot=boot(), goes_at=goes_at)
        if not await self.services.database.write(self.actor, work):
            raise no_such_upload(self.upload.id)

    async def over(self) -> None:
        """Returns when the turn is over: somebody else has it, or the server stops."""
        feed = self.services.process.feed
        with feed.subscribe(TOPIC, (self.upload.workspace_id,), self.upload.id) as subscription:
            while not feed.ending and not subscription.ended:
                changed = await subscription.wait(60)
                if self.upload.id in changed and not await self.services.storage.do(self.coming.is_mine):
                    return

    def _put(self, pieces: Pieces) -> None:
        try:
            self.coming.write(pieces)
        except Overtaken:
            raise overtaken() from None

    def _hash(self, pieces: Pieces) -> None:
        if self._sha256:
            for each in pieces:
                self._sha256.update(each)


@asynccontextmanager
async def turn(services: Services, actor: Actor, upload: Upload) -> AsyncIterator[Turn]:
    """The turn to write into an upload that was claimed; 404, 503."""
    storage = services.storage
    coming = await storage.do(Coming, _folder(services), str(upload.id))
    try:
        try:
            await storage.do(_as_known, coming, upload)
        except Overtaken:
            raise overtaken() from None
        if coming.size < upload.received:  # its disk is gone
            await end(services, actor, upload.id)
            raise no_such_upload(upload.id)
        mine = Turn(services, actor, upload, coming)
        if (coming.size, boot()) != (upload.received, upload.boot):
            await mine.note()
        yield mine
    finally:
        await storage.do(coming.close)


def _as_known(coming: Coming, upload: Upload) -> None:
    """After a power failure only what was synced is known to be right."""
    if coming.size > upload.received and upload.boot != boot():
        coming.cut(upload.received)
    coming.sync()


def _nothing_more(_received: Received) -> None:
    """It is kept as it is."""


async def finish(turn: Turn, look: Look = _nothing_more) -> Progress:
    """Make an attachment of an upload that is whole; 400, 409 and 422 end it, also those of `look`. Who asks meanwhile waits for the same."""
    finishing, id = turn.services.process.finishing, turn.upload.id
    if id not in finishing:
        finishing[id] = asyncio.create_task(
            _finish(turn.services, turn.actor, turn.upload, turn.coming.linked, turn.sha256, look)
        )
        finishing[id].add_done_callback(lambda _task: finishing.pop(id))
    try:
        await asyncio.shield(finishing[id])
    except NotFound:  # another process was faster
        return await _finished(turn.services, turn.actor, id)
    return Progress(turn.upload.size, turn.upload.size)


async def _finish(
    services: Services, actor: Actor, upload: Upload, linked: Any, sha256: bytes | None, look: Look
) -> None:
    storage = services.storage
    file: Path = await storage.do(linked)
    try:
        whole = Whole(file, upload.size, sha256 or await _hashed(services, file))
        told = Told(upload.name, upload.type, upload.scope, upload.case)
        received = await put(services, actor, upload.workspace_id, told, whole)
        await _kept(services, actor, upload, received, look)
    except (Conflict, Invalid, Unprocessable):
        with suppress(AppError):
            await end(services, actor, upload.id)
        raise
    finally:
        await storage.do(partial(file.unlink, missing_ok=True))
    await storage.do(discard, _folder(services), str(upload.id))


async def _kept(services: Services, actor: Actor, upload: Upload, received: Received, look: Look) -> None:
    """The row of the file instead of that of the upload; where another process was faster, its content is not needed."""

    async def work(transaction: Transaction) -> File:
        if await _remove(transaction, upload.id) is None:
            raise no_such_upload(upload.id)
        return await keep(transaction, received, services.file_limits, upload.id)

    try:
        look(received)
        await services.database.write(actor, work)
    except AppError:
        await take_back(services, received)
        raise


async def _hashed(services: Services, file: Path) -> bytes:
    """The SHA-256 of a file, piece by piece: others' work comes in between."""
    sha256 = hashlib.sha256()
    with file.open("rb", buffering=0) as source:
        while await services.storage.do(_hash_more, source, sha256):
            continue
    return sha256.digest()


def _hash_more(source: FileIO, sha256: Any) -> bool:
    for _ in range(_HASHED // CHUNK):
        sha256.update(piece := source.read(CHUNK))
    return bool(piece)


async def _claimed(services: Services, actor: Actor, id: UUID) -> Upload | None:
    """An upload of the actor's, which others learn somebody asked for; None where there is none; 503 where its bytes are elsewhere."""
    place = await services.storage.do(place_of, _folder(services))
    upload = await services.database.write(actor, partial(_claim, id=id, place=place))
    if upload and upload.place != place:
        raise elsewhere()
    return upload


async def _claim(transaction: Transaction, id: UUID, place: str) -> Upload | None:
    upload = await uploads.claim(transaction, id, place)
    if upload:
        transaction.announce(Topic(TOPIC, upload.workspace_id, upload.id))
    return upload


async def _finished(services: Services, actor: Actor, id: UUID) -> Progress:
    async with services.database.reading(actor.scope) as reading:
        file = await rows.get(reading, id)
    if file is None or (file.created_by["type"], file.created_by["id"]) != (actor.type, actor.id):
        raise no_such_upload(id)
    raise_if_erased(file)
    return Progress(file.size, file.size)


async def _remove(transaction: Transaction, id: UUID) -> Upload | None:
    """It does not count any more, and who still sends learns that it is gone."""
    upload = await uploads.remove(transaction, id)
    if upload:
        await leaving.use(transaction, upload.workspace_id, -upload.size)
        transaction.announce(Topic(TOPIC, upload.workspace_id, upload.id))
    return upload


def _folder(services: Services) -> Path:
    return services.storage.storage.unfinished


# ---- what goes by itself ----


async def end_unfinished(services: Services) -> int:
    """End the uploads that had no byte for a day; how many."""
    async with services.database.reading(SERVER) as reading:
        found = await uploads.over(reading, services.clock(), AT_ONCE)
    ended = 0
    for workspace_id, each in groupby(found, key=itemgetter(0)):
        work = partial(_remove_over, ids=[id for _, id in each])
        gone = await services.database.write(system(scope=Scope((workspace_id,))), work)
        await services.storage.do(_discard_all, _folder(services), gone)
        ended += len(gone)
    return ended


async def _remove_over(transaction: Transaction, ids: list[UUID]) -> list[Upload]:
    gone = await uploads.remove_over(transaction, ids)
    for each in gone:
        transaction.announce(Topic(TOPIC, each.workspace_id, each.id))
    if gone:
        await leaving.use(transaction, gone[0].workspace_id, -sum(each.size for each in gone))
    return gone


def _discard_all(folder: Path, uploads: list[Upload]) -> None:
    for each in uploads:
        discard(folder, str(each.id))
