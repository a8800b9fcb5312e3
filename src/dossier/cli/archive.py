"""The file of a backup: a tar with a manifest, the database, what its files contain, and the server's key under a passphrase; each part with its SHA-256."""

import base64
import hashlib
import json
import os
import secrets
import shutil
import tarfile
from collections.abc import Mapping
from pathlib import Path
from typing import IO, Any

import typer
from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from dossier.cli.output import fail
from dossier.migrations import head, migrations

MANIFEST, DUMP, KEY, FILES = "manifest.json", "database.dump", "secret-key.encrypted", "files.list"
PARTS = (DUMP, KEY, FILES)
PASSPHRASE = typer.Option(help="A file with the passphrase under which the server's key is kept.", exists=True)
_SCRYPT = {"length": 32, "n": 2**15, "r": 8, "p": 1}  # 32 MB, a tenth of a second


def write(folder: Path, manifest: Mapping[str, Any], file: Path) -> None:
    """Put the parts that lie in the folder into one file, whole or not at all."""
    parts = [name for name in PARTS if (folder / name).exists()]
    sums = {name: _sha256(folder / name) for name in parts}
    (folder / MANIFEST).write_text(_sealed({**manifest, "sha256": sums}))
    unfinished = folder / "unfinished"
    with os.fdopen(os.open(unfinished, os.O_CREAT | os.O_WRONLY, 0o600), "wb") as out:
        with tarfile.open(fileobj=out, mode="w") as archive:
            for name in (MANIFEST, *parts):
                archive.add(folder / name, name)
        out.flush()
        os.fsync(out.fileno())
    unfinished.rename(file)
    _sync(file.parent)


def unpack(file: Path, folder: Path) -> dict[str, Any]:
    """Take the parts out into a folder and compare their sums; the manifest. A damaged or newer one is refused."""
    try:
        with tarfile.open(file) as archive:
            manifest = _opened(_member(archive, MANIFEST).read())
            for name in manifest.get("sha256", {DUMP: None}):
                with (folder / name).open("wb") as out:
                    shutil.copyfileobj(_member(archive, name), out)
    except (tarfile.TarError, KeyError, OSError, ValueError, AttributeError):
        raise fail(f"{file} is no backup of Dossier, or is damaged.") from None
    for name, expected in manifest.get("sha256", {}).items():
        if name not in PARTS or _sha256(folder / name) != expected:
            raise fail(f"{file} is damaged: “{name}” is not what was written. Use another backup.")
    if manifest["schema"] not in migrations():
        newer = f"it is at {manifest['schema']}, and this one knows {head()}"
        raise fail(f"{file} was written by a newer Dossier ({manifest['version']}; {newer}); restore it with that one.")
    return manifest


def _sealed(manifest: Mapping[str, Any]) -> str:
    text = json.dumps(manifest, sort_keys=True)
    return json.dumps({**manifest, "seal": hashlib.sha256(text.encode()).hexdigest()}, sort_keys=True)


def _opened(text: bytes) -> dict[str, Any]:
    """The manifest; ValueError when it is not as it was written. Backups from before there were sums have no seal."""
    manifest: dict[str, Any] = json.loads(text)
    seal = manifest.pop("seal", None)
    plain = json.dumps(manifest, sort_keys=True)
    if ("sha256" in manifest) != (seal is not None) or (seal and hashlib.sha256(plain.encode()).hexdigest() != seal):
        raise ValueError
    return manifest


def _member(archive: tarfile.TarFile, name: str) -> IO[bytes]:
    found = archive.extractfile(name)
    assert found, "a file, not a folder"
    return found


def _sha256(file: Path) -> str:
    with file.open("rb") as source:
        return hashlib.file_digest(source, "sha256").hexdigest()


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def keys_named(file: Path) -> set[str]:
    """The keys of the content that goes with a backup; ValueError when the file is no backup."""
    try:
        with tarfile.open(file) as archive:
            if FILES not in archive.getnames():
                _opened(_member(archive, MANIFEST).read())
                return set()
            return {line.partition(b" ")[0].decode() for line in _member(archive, FILES)}
    except (tarfile.TarError, KeyError, OSError) as error:
        raise ValueError(file) from error


# ---- the key ----


def lock_key(key: str, passphrase: str, folder: Path) -> None:
    """Lay the server's key beside the other parts, encrypted under a passphrase."""
    salt = secrets.token_bytes(16)
    token = _fernet(passphrase, salt).encrypt(key.encode())
    (folder / KEY).write_text(json.dumps({"salt": salt.hex(), "key": token.decode()}))


def unlock_key(folder: Path, passphrase: str) -> str:
    """The server's key again."""
    found = json.loads((folder / KEY).read_text())
    try:
        return _fernet(passphrase, bytes.fromhex(found["salt"])).decrypt(found["key"].encode()).decode()
    except InvalidToken:
        raise fail("The passphrase is not the one that the backup's key was encrypted with.") from None


def passphrase_in(file: Path) -> str:
    """The passphrase that stands in a file."""
    text = file.read_text().strip()
    if len(text) < 12:
        raise fail(f"The passphrase in {file} must have 12 characters or more.", 2)
    return text


def _fernet(passphrase: str, salt: bytes) -> Fernet:
    return Fernet(base64.urlsafe_b64encode(Scrypt(salt=salt, **_SCRYPT).derive(passphrase.encode())))
