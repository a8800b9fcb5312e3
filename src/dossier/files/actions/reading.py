"""Who may read a file without a token: whoever has the key of a public one."""

import hmac
from uuid import UUID

from dossier import audit
from dossier.files.model import File, raise_if_erased
from dossier.files.store import rows
from dossier.foundation.actor import SERVER, Actor, Scope
from dossier.foundation.cipher import Cipher
from dossier.foundation.database import Database
from dossier.foundation.errors import Conflict
from dossier.foundation.services import Services
from dossier.tokens.model import unauthenticated

_SOMEBODY = "A public address"


def raise_if_withheld(_: Services, file: File) -> None:
    """409, 410 where the content is not given, in whatever form: whole, in part, or as what was made of it."""
    raise_if_erased(file)
    if file.verdict not in ("none", "clean"):
        raise Conflict.because("The file is not checked for viruses.", "not_checked")


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
