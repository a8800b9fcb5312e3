"""The links of forms are derived from the server's key: under a new one each form has another link, and the ones that were sent hold still."""

from dossier.forms.model import links
from dossier.forms.store import writing
from dossier.foundation.cipher import Cipher
from dossier.foundation.database import Transaction


async def link_anew(transaction: Transaction, cipher: Cipher) -> int:
    """Let the links that the newest key derives lead to their forms too; how many there are."""
    transaction.actor.require("server.operate")
    known = await writing.linked(transaction)
    hashes = [links.hash_of(links.secret(cipher, id, number)) for _, id, number in known]
    await writing.link_too(transaction, known, hashes)
    return len(known)
