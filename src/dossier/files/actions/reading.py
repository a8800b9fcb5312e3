"""The one way to the content of a file, and who may read one without a token: whoever has the key of a public one."""

import hmac
from collections.abc import AsyncIterator
from uuid import UUID

from dossier import audit
from dossier.files.model import File, withheld
from dossier.files.store import rows
from dossier.foundation.actor import SERVER, Actor, Scope
from dossier.foundation.cipher import Cipher
from dossier.foundation.database import Database
from dossier.foundation.services import Services
from dossier.foundation.storage import Missing, storage_away
from dossier.tokens.model import unauthenticated

_SOMEBODY = "A public address"


def raise_if_withheld(services: Services, file: File) -> None:
    """409, 410 where the content is not given, in whatever form: whole, in part, in JSON, as a picture or text made of it, among others."""
    if refusal := withheld(file, serves_unchecked=services.file_limits.serves_unchecked):
        raise refusal


async def pieces(services: Services, file: File, start: int = 0, end: int | None = None) -> AsyncIterator[bytes]:
    """The content from `start` to before `end`, in pieces; 409, 410, and 503 before the first one. Nobody else reads content to give it away."""
    raise_if_withheld(services, file)
    found = services.storage.read(file.object, start, file.size if end is None else end)
    try:
        first = await anext(found, b"")
    except Missing:
        raise storage_away() from None

    async def all() -> AsyncIterator[bytes]:
        yield first
        async for each in found:
            yield each

    return all()


def key_of(cipher: Cipher, file: File) -> str | None:
    """The key that stands in the address of a public file: 160 bits that nobody guesses, and that are kept nowhere."""
    return cipher.seals(file.sealed)[0] if file.scope == "public" else None


async def by_key(database: Database, cipher: Cipher, file_id: UUID | None, key: str) -> File:
    """The public file whose key that is; 401, the same whatever is wrong. Its use is counted."""
    file = None
    if file_id:
        async with database.reading(SERVER) as reading:
            file = await rows.public(reading, file_id)
    if file is None or not any(hmac.compare_digest(each, key) for each in cipher.seals(file.sealed) if key.isascii()):
        raise unauthenticated()
    await _count(database, file)
    return file


async def _count(database: Database, file: File) -> None:
    somebody = Actor("system", None, _SOMEBODY, "api", Scope((file.workspace_id,)))
    async with database.transaction(somebody) as transaction:
        if await rows.count_use(transaction, file, transaction.clock().date()):
            await audit.record(transaction, "file.key_used", file.id, workspace_id=file.workspace_id)
