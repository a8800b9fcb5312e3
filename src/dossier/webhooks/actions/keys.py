"""The server's signing keys: made when first needed, changed every ninety days, shown to whoever asks."""

import asyncio
from collections.abc import Mapping
from typing import Any

from dossier.foundation.actor import SERVER, system
from dossier.foundation.cipher import Cipher
from dossier.foundation.database import Database, Transaction
from dossier.foundation.services import Services
from dossier.webhooks.model import keys as model
from dossier.webhooks.model.keys import SigningKey
from dossier.webhooks.model.signing import Signer
from dossier.webhooks.store import keys as store


async def shown(services: Services) -> Mapping[str, Any]:
    """What receivers verify with: a JWK set (RFC 7517)."""
    kept = await _keys(services)
    return {"keys": [each.public for each in model.published(kept, services.clock())]}


async def signer(services: Services) -> Signer | None:
    """Who signs now; None where it is not known at which address this server is."""
    if not services.address:
        return None
    key = model.signing(await _keys(services), services.clock())
    return Signer(model.opened(services.cipher.decrypt(key.private)), services.address)


async def rotate(services: Services) -> None:
    """Make the next key when the newest has had its time, and forget those that nobody needs any more."""
    kept = await _keys(services)
    if model.wants_another(kept, services.clock()):
        kept = await _make(services, kept)
    ended = {each.kid for each in kept} - {each.kid for each in model.published(kept, services.clock())}
    await services.database.write(system(), lambda tx: store.remove(tx, ended))


async def encrypt_anew(transaction: Transaction, cipher: Cipher) -> int:
    """Put the keys under the server's newest secret; how many there were that lay under another."""
    transaction.actor.require("server.operate")
    await store.lock(transaction)
    older = [each for each in await store.keys(transaction) if not cipher.is_newest(each.private)]
    for each in older:
        await store.replace_private(transaction, each.kid, cipher.encrypt(cipher.decrypt(each.private)))
    return len(older)


async def _keys(services: Services) -> list[SigningKey]:
    return await _kept(services.database) or await _make(services, [])


async def _kept(database: Database) -> list[SigningKey]:
    async with database.reading(SERVER) as reading:
        return await store.keys(reading)


async def _make(services: Services, known: list[SigningKey]) -> list[SigningKey]:
    """One more key than those that are known, unless somebody else made it meanwhile; all of them."""
    kid, private, public = await asyncio.to_thread(model.new_key)
    encrypted = services.cipher.encrypt(private)

    async def make(transaction: Transaction) -> None:
        await store.lock(transaction)
        if len(await store.keys(transaction)) == len(known):
            await store.insert(transaction, kid, encrypted, public)

    await services.database.write(system(), make)
    return await _kept(services.database)
