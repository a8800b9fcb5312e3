"""Secrets that must be read again lie encrypted (Fernet: AES-128-CBC with HMAC-SHA-256), under the server's own key."""

import base64
import hashlib
import os
import secrets
from pathlib import Path

from cryptography.fernet import Fernet, InvalidToken

SHORTEST_KEY = 32  # characters
FILE = "secret-key"


class Unreadable(Exception):  # for the operator
    """It was encrypted under another key."""


class Cipher:
    """Encrypts and decrypts under one key, made of any text of at least 32 characters."""

    def __init__(self, key: str) -> None:
        self._fernet = Fernet(base64.urlsafe_b64encode(hashlib.sha256(b"dossier:" + key.encode()).digest()))

    def encrypt(self, secret: str) -> bytes:
        return self._fernet.encrypt(secret.encode())

    def decrypt(self, encrypted: bytes, ttl: int | None = None) -> str:
        """The secret again; Unreadable under another key, or when it is older than `ttl` seconds."""
        try:
            return self._fernet.decrypt(encrypted, ttl).decode()
        except InvalidToken:
            message = "encrypted under another key, or too old"
            raise Unreadable(message) from None


def kept_key(folder: Path) -> str:
    """The key in the data folder; made at the first start, readable by its owner only."""
    file = folder / FILE
    folder.mkdir(parents=True, exist_ok=True)
    try:
        handle = os.open(file, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    except FileExistsError:
        return file.read_text().strip()
    with os.fdopen(handle, "w") as new:
        new.write(secrets.token_urlsafe(48))
    return file.read_text().strip()
