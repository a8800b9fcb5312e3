"""Having files looked at by a virus scanner: as they come, later what it had no answer for, and whatever the operator wants looked at."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import structlog

from dossier import audit
from dossier.files.actions.changing import LEFT, Seen, locked
from dossier.files.actions.texts import read_if_it_has_words
from dossier.files.events import FileChecked, FileRead
from dossier.files.model import File, infected_refused, not_releasable
from dossier.files.store import checking, rows
from dossier.files.store.checking import Waiting
from dossier.foundation import events
from dossier.foundation.actor import Actor, Scope, system
from dossier.foundation.database import Transaction
from dossier.foundation.errors import AppError
from dossier.foundation.scanner import NOT_POSSIBLE, NOT_SCANNED, Finding, NoVerdict, Verdict
from dossier.foundation.services import Services
from dossier.foundation.storage import InThreads, Missing, Whole
from dossier.foundation.storage.kinds import CHUNK

log = structlog.get_logger()

AGAIN = timedelta(minutes=5)  # between two questions about a file
GIVEN_UP = timedelta(hours=1)  # without an answer
_PENDING = Finding("pending")
_ALIVE = 5.0  # seconds that a scanner may take to say that it is there


# ---- as they come ----


async def check_arrived(services: Services, actor: Actor, workspace_id: UUID, whole: Whole) -> Verdict:
    """What a scanner says of a whole file that is not kept yet; 422 for a virus. Without an answer in time it is asked again later."""
    found = await _of_arrived(services, whole)
    if found.verdict == "infected":
        more = {"workspace_id": workspace_id, "result": "refused", "virus": found.virus}
        await audit.record_alone(services.database, actor, "file.infected", whole.sha256.hex(), **more)
        raise infected_refused()
    return found.verdict


async def _of_arrived(services: Services, whole: Whole) -> Finding:
    scanner = services.scanner
    if scanner is None:
        return NOT_SCANNED
    pieces = _pieces_of(services.storage, whole.file)
    try:
        return await scanner.look_at(whole.size, pieces, scanner.at_upload)
    except NoVerdict as error:
        log.warning("scanner", says=str(error))
        return _PENDING


async def _pieces_of(storage: InThreads, path: Path) -> AsyncIterator[bytes]:
    file = await storage.do(path.open, "rb", buffering=0)
    try:
        while piece := await storage.do(file.read, CHUNK):
            yield piece
    finally:
        file.close()


# ---- later ----


async def check_pending(services: Services) -> int:
    """Ask about files that have no answer yet, for some minutes; how many got one. What has had none for an hour is given up."""
    checked, end = 0, services.clock() + AGAIN
    while services.clock() < end and (waiting := await services.database.write(system(), _take)):
        finding = await look_at(services, waiting)
        if finding is not None:
            checked += await settle(services, waiting, finding)
        elif not await _is_there(services):
            break
    await services.database.write(system(), _give_up)
    return checked


async def _take(transaction: Transaction) -> Waiting | None:
    return await checking.take(transaction, AGAIN)


async def _give_up(transaction: Transaction) -> None:
    for workspace_id, file_id in await checking.give_up(transaction, transaction.clock() - GIVEN_UP):
        within = transaction.within(Scope((workspace_id,)))
        await events.publish(within, FileChecked(workspace_id, file_id, "pending", "not_possible"))


async def look_at(services: Services, waiting: Waiting) -> Finding | None:
    """What the scanner says of a file that is kept; None where it says nothing."""
    scanner, storage = services.scanner, services.storage
    if scanner is None:
        return None
    try:
        return await scanner.look_at(waiting.size, storage.read(waiting.object, 0, waiting.size), scanner.later)
    except Missing:
        return NOT_POSSIBLE
    except (NoVerdict, AppError) as error:
        log.warning("scanner", file=str(waiting.id), says=str(error))
        return None


async def settle(services: Services, waiting: Waiting, found: Finding) -> bool:
    """Keep what was found, unless the file is gone or has a virus already; whether anything is otherwise now."""
    actor = system(scope=Scope((waiting.workspace_id,)))
    return await services.database.write(actor, lambda tx: _settle(tx, waiting.id, found))


async def _settle(transaction: Transaction, file_id: UUID, found: Finding) -> bool:
    file = await rows.lock(transaction, file_id)
    if file is None or file.erased_at or file.verdict == found.verdict:
        return False
    await checking.decide(transaction, file, found.verdict)
    await events.publish(transaction, FileChecked(file.workspace_id, file.id, file.verdict, found.verdict))
    if found.verdict == "infected":
        await LEFT.defer(transaction)
        await audit.record(transaction, "file.infected", file.id, workspace_id=file.workspace_id, virus=found.virus)
        await events.publish(transaction, FileRead(file.workspace_id, file.id))
    elif found.verdict == "clean":
        await read_if_it_has_words(transaction, file)
    return True


async def _is_there(services: Services) -> bool:
    try:
        return bool(services.scanner and await services.scanner.says(_ALIVE))
    except NoVerdict:
        return False


# ---- who lets it through nevertheless ----


async def release(transaction: Transaction, file_id: UUID, seen: Seen = None) -> File:
    """Let the content of a file be given that no scanner could look at; 404, 409, 412."""
    transaction.actor.require("files.release")
    file = await locked(transaction, file_id, seen)
    if file.verdict != "not_possible":
        raise not_releasable()
    if file.released:
        return file
    await checking.release(transaction, file)
    await read_if_it_has_words(transaction, file)
    await audit.record(transaction, "file.released", file.id, workspace_id=file.workspace_id)
    changed = await rows.get(transaction, file_id)
    assert changed
    return changed
