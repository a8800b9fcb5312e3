"""The contact's own link: its secret is derived, so that it is the same at every read and kept nowhere.

Who has the server's keys derives it from the form and the number of its link; a new number makes the old one void. What
lies in the database is a hash, by which a secret that somebody brings is looked up.
"""

import hashlib
import re
from uuid import UUID

from dossier.foundation.cipher import Cipher

_SECRET = re.compile(r"[A-Za-z0-9_-]{43}")


def secret(cipher: Cipher, form_id: UUID, link: int) -> str:
    """The secret of a form's link under that number: 43 characters, 256 bits."""
    return cipher.derived(f"form {form_id} {link}")[0]


def hash_of(secret: str) -> bytes:
    """What is kept of a secret."""
    return hashlib.sha256(secret.encode()).digest()


def is_secret(text: str) -> bool:
    """Whether a text looks like the secret of a link."""
    return bool(_SECRET.fullmatch(text))
