"""A file in the making: bytes as they arrive, counted and hashed, in a file that only its owner can read; and folders for works."""

import hashlib
import os
import secrets
import shutil
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from tempfile import mkdtemp
from time import time

from dossier.foundation.storage.blocks import BLOCK, Early, Held, Pieces, put
from dossier.foundation.storage.folder import told_of_the_disk
from dossier.foundation.storage.working import InThreads

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
    """Give it up with `discard`, in the end too: as long as it is open, no system forgets that a disk refused some of it."""

    def __init__(self, folder: Path) -> None:
        self.size = 0
        self.sha256 = hashlib.sha256()
        self.file = folder / secrets.token_hex(16)
        self._held, self._early = Held(), Early()
        self._at_work = threading.Lock()  # while it is written it is not closed, or another file would have its number
        with told_of_the_disk():
            self._handle = os.open(self.file, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)

    def take(self, data: bytes) -> bool:
        """Collect bytes; whether they are enough to be written (`write`)."""
        self._held.add(data)
        return self._held.size >= BLOCK

    def write(self) -> None:
        """Put what was collected into the file; 507."""
        pieces = self._held.taken()
        self.hash(pieces)
        self.put(pieces)

    def put(self, pieces: Pieces) -> None:
        """Put these into the file; 507. Into one that was given up they go nowhere."""
        with self._at_work, told_of_the_disk():
            if self._handle >= 0:
                self.size = put(self._handle, pieces, self.size)

    def hash(self, pieces: Pieces) -> None:
        """The same bytes, in the same order: Python lets others work meanwhile."""
        for each in pieces:
            self.sha256.update(each)

    def begin(self) -> None:
        """Let the disk begin with what is in it: as long as that takes, more may be put behind it."""
        with self._at_work:
            handle, size = (os.dup(self._handle) if self._handle >= 0 else -1), self.size
        if handle >= 0:
            self._early.begin(handle, size)

    def whole(self) -> Whole:
        """As it is after the last `write`."""
        return Whole(self.file, self.size, self.sha256.digest())

    def close(self) -> None:
        """Nothing more comes."""
        with self._at_work:
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
