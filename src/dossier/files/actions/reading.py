"""Who may read a file without a token: whoever has the key of a public one."""

import hmac
from uuid import UUID

from dossier import audit
from dossier.files.model import File
from dossier.files.store import rows
from dossier.foundation.actor import SERVER, Actor, Scope
from dossier.foundation.cipher import Cipher
from dossier.foundation.database import Database
from dossier.tokens.model import unauthenticated

_SOMEBODY = "A public address"


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
