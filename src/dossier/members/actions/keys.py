"""Changing the server's key: what lies under an older one is encrypted anew."""

from dossier import audit
from dossier.foundation.cipher import Cipher, Unreadable
from dossier.foundation.database import Transaction
from dossier.foundation.errors import Conflict
from dossier.foundation.signs import keep_check
from dossier.members.store import second_factor as store


async def encrypt_anew(transaction: Transaction, cipher: Cipher) -> int:
    """Put every second factor under the newest key; how many were not. 409 when one cannot be read, and then none is."""
    transaction.actor.require("server.operate")
    older = {
        member: secret for member, secret in (await store.secrets(transaction)).items() if not cipher.is_newest(secret)
    }
    for member, encrypted in older.items():
        try:
            secret = cipher.decrypt(encrypted)
        except Unreadable:
            detail = "A second factor lies under a key that is not given; put that key back, the newest first."
            raise Conflict.because(detail, "unreadable") from None
        await store.replace_secret(transaction, member, cipher.encrypt(secret))
    await keep_check(transaction, cipher)
    await audit.record(transaction, "key.rotated", cipher.ids[0])
    return len(older)
