"""Secrets that must be read again lie encrypted (Fernet: AES-128-CBC with HMAC-SHA-256), under the server's own keys.

The newest key encrypts, every one decrypts, and what is encrypted says under which: so a key can be changed while
servers run. What older releases encrypted says nothing, and is tried with all of them.
"""

import base64
import fcntl
import hashlib
import hmac
import os
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

MIN_KEY = 32  # characters
FILE = "secret-key"


class Unreadable(Exception):  # for the operator
    """It was encrypted under another key."""


@dataclass(frozen=True)
class Key:
    """One key, made of any text of at least 32 characters; `id` names it without giving it away."""

    id: str
    fernet: Fernet
    earlier: Fernet  # as releases before key ids derived it

    @classmethod
    def of(cls, text: str) -> "Key":
        digest = hashlib.sha256(b"dossier:" + text.encode()).digest()
        return cls(
            id=_derived(text, b"dossier key id", 4).hex(),
            fernet=Fernet(base64.urlsafe_b64encode(_derived(text, b"dossier fernet", 32))),
            earlier=Fernet(base64.urlsafe_b64encode(digest)),
        )


def _derived(text: str, info: bytes, length: int) -> bytes:
    return HKDF(SHA256(), length, salt=None, info=info).derive(text.encode())


def texts(keys: str) -> list[str]:
    """The keys that a setting or a file holds, the newest first, with blanks between them. A phrase of short words is one key."""
    parts = keys.split()
    return parts if all(len(each) >= MIN_KEY for each in parts) else [keys.strip()]


class Cipher:
    """Encrypts under the first of the keys, decrypts under all; `again` reads them anew: before it encrypts, and when an unknown one is met."""

    def __init__(self, keys: str, again: Callable[[], str] | None = None) -> None:
        self._again = again
        self._take(keys)

    def _take(self, keys: str) -> None:
        self._text, self._keys = keys, [Key.of(each) for each in texts(keys)]

    @property
    def ids(self) -> list[str]:
        """The names of the keys, the newest first."""
        return [each.id for each in self._keys]

    def encrypt(self, secret: str) -> bytes:
        self._look_again()  # what lies under a key that was retired meanwhile could be read by nobody
        newest = self._keys[0]
        return newest.id.encode() + b":" + newest.fernet.encrypt(secret.encode())

    def decrypt(self, encrypted: bytes, ttl: int | None = None) -> str:
        """The secret again; Unreadable under another key, or when it is older than `ttl` seconds."""
        id, named, token = encrypted.rpartition(b":")
        if named and id.decode(errors="replace") not in self.ids:
            self._look_again()
        for key in self._keys:
            try:
                if not named:
                    return key.earlier.decrypt(token, ttl).decode()
                if key.id.encode() == id:
                    return key.fernet.decrypt(token, ttl).decode()
            except InvalidToken:
                continue
        message = "encrypted under another key, or too old"
        raise Unreadable(message)

    def seals(self, text: str) -> list[str]:
        """What only who has the keys can say of a text, 160 bits in hex, by each key: the newest first."""
        self._look_again()
        keys = (_derived(each, b"dossier seal", 32) for each in texts(self._text))
        return [hmac.digest(key, text.encode(), "sha256")[:20].hex() for key in keys]

    def derived(self, text: str) -> list[str]:
        """The same as a secret of its own: 256 bits in 43 characters that an address can hold, by each key: the newest first."""
        self._look_again()
        keys = (_derived(each, b"dossier derived secret", 32) for each in texts(self._text))
        digests = (hmac.digest(key, text.encode(), "sha256") for key in keys)
        return [base64.urlsafe_b64encode(each).rstrip(b"=").decode() for each in digests]

    def is_newest(self, encrypted: bytes) -> bool:
        """Whether it lies under the key that encrypts now."""
        return encrypted.startswith(self._keys[0].id.encode() + b":")

    def _look_again(self) -> None:
        try:
            found = self._again() if self._again else self._text
        except OSError:
            return
        if found != self._text and texts(found):
            self._take(found)


def load_or_create_key(folder: Path) -> str:
    """The keys in the data folder; one is made at the first start, readable by its owner only."""
    file = folder / FILE
    folder.mkdir(parents=True, exist_ok=True)
    try:
        handle = os.open(file, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    except FileExistsError:
        return file.read_text().strip()
    with os.fdopen(handle, "w") as new:
        new.write(new_key())
    return file.read_text().strip()


def new_key() -> str:
    return secrets.token_urlsafe(48)


@contextmanager
def changing_keys(folder: Path) -> Iterator[None]:
    """Whoever else changes the keys waits meanwhile: one change that overwrote another would lose a key for good."""
    if not folder.is_dir():  # the keys are in DOSSIER_SECRET_KEY then
        yield
        return
    held = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(held, fcntl.LOCK_EX)
        yield
    finally:
        os.close(held)


def keep_keys(folder: Path, keys: list[str]) -> None:
    """Put these keys into the data folder, the newest first: at once, or not at all."""
    unfinished = folder / f"{FILE}.new"
    unfinished.unlink(missing_ok=True)
    with os.fdopen(os.open(unfinished, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w") as file:
        file.write("\n".join(keys))
        file.flush()
        os.fsync(file.fileno())
    unfinished.replace(folder / FILE)
    held = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(held)  # the name too: what lies under the new key may be kept before the folder is
    finally:
        os.close(held)
