"""A file in the making: bytes as they arrive, counted and hashed, in a file that only its owner can read; and folders for works."""

import hashlib
import os
import secrets
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from tempfile import mkdtemp
from time import time

from dossier.foundation.storage.folder import told_of_the_disk
from dossier.foundation.storage.working import InThreads

HELD = 512 * 1024  # bytes that are collected before they are written
ABANDONED = 3600  # seconds in which nothing was written, after which a file is nobody's
COMING = "upload-"  # begins the names of files that may go on for a day after their last byte (`coming.py`)
_ABANDONED_COMING = 26 * 3600


@dataclass(frozen=True, slots=True)
class Whole:
    """A file of which every byte is there; a storage may take it."""

    file: Path
    size: int
    sha256: bytes


class Unfinished:
    """Give it up with `discard` unless a storage has taken its `file`. Not for two threads at once."""

    def __init__(self, folder: Path) -> None:
        self.size = 0
        self.sha256 = hashlib.sha256()
        self.file = folder / secrets.token_hex(16)
        self._held = bytearray()
        with told_of_the_disk():
            self._handle = os.open(self.file, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)

    def take(self, data: bytes) -> bool:
        """Collect bytes; whether they are enough to be written (`write`, in a thread)."""
        self.size += len(data)
        self._held += data
        return len(self._held) >= HELD

    def write(self) -> None:
        """Put what was collected into the file; 507."""
        held, self._held = self._held, bytearray()
        self.sha256.update(held)
        with told_of_the_disk(), memoryview(held) as left:
            at = 0
            while at < len(left):
                at += os.write(self._handle, left[at:])

    def whole(self) -> Whole:
        """As it is after the last `write`."""
        return Whole(self.file, self.size, self.sha256.digest())

    def close(self) -> None:
        """Nothing more comes."""
        if self._handle >= 0:
            os.close(self._handle)
            self._handle = -1

    def discard(self) -> None:
        """Nothing of it stays, if it is still there."""
        self.close()
        with suppress(OSError):
            self.file.unlink()


@asynccontextmanager
async def placed(storage: InThreads) -> AsyncIterator[Path]:
    """A folder beside them for a work, for its owner alone; it is gone afterwards with what is in it."""
    folder = await storage.do(_made, storage)
    try:
        yield folder
    finally:
        await storage.do(partial(shutil.rmtree, folder, ignore_errors=True))


def _made(storage: InThreads) -> Path:
    with told_of_the_disk():
        return Path(mkdtemp(dir=storage.storage.unfinished))


def sweep(folder: Path) -> int:
    """Remove what was given up with its process; how many files and folders."""
    removed = 0
    with told_of_the_disk():
        for each in folder.iterdir():
            after = _ABANDONED_COMING if each.name.startswith(COMING) else ABANDONED
            with suppress(FileNotFoundError):
                if not each.name.startswith(".") and time() - each.stat().st_mtime > after:
                    shutil.rmtree(each) if each.is_dir() else each.unlink()
                    removed += 1
    return removed
