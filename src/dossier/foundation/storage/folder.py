"""Content in a folder of this machine: whole and on the disk before anybody is told that it is kept."""

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import structlog

from dossier.foundation.storage.kinds import CHUNK, Kept, Missing, storage_away, storage_full

log = structlog.get_logger()

UNFINISHED = ".unfinished"
_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


@contextmanager
def told_of_the_disk() -> Iterator[None]:
    """What a disk refuses becomes 507, where it is full, or 503; that something is there already stays what it is."""
    try:
        yield
    except FileExistsError:
        raise
    except OSError as error:
        if error.errno in _FULL:
            raise storage_full() from error
        log.exception("storage", says=error.strerror)
        raise storage_away() from error


@contextmanager
def _looking() -> Iterator[None]:
    """The same for who looks for what lies there; Missing."""
    with told_of_the_disk():
        try:
            yield
        except FileNotFoundError:
            raise Missing from None


@dataclass(frozen=True)
class Folder:
    """A file for each key, below `root`. Files are made beside them, on the same disk, so that a link puts them in place."""

    root: Path

    def __post_init__(self) -> None:
        with told_of_the_disk():
            self.root.mkdir(mode=0o700, parents=True, exist_ok=True)
            self.unfinished.mkdir(mode=0o700, exist_ok=True)
            _sync(self.root.parent)

    @property
    def place(self) -> str:
        return str(self.root)

    @property
    def unfinished(self) -> Path:
        return self.root / UNFINISHED

    def put(self, key: str, file: Path) -> None:
        """Nothing is seen under the key before all of it is on the disk: its bytes, then its name, then every folder above it."""
        target = self._file(key)
        with told_of_the_disk():
            _sync(file)
            target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            os.link(file, target)  # and never over another: a rename would be
            for folder in self._above(target):
                _sync(folder)
            file.unlink()

    def size(self, key: str) -> int:
        with _looking():
            return self._file(key).stat().st_size

    def read(self, key: str, start: int, end: int) -> Iterator[bytes]:
        with _looking(), self._file(key).open("rb", buffering=0) as file:
            file.seek(start)
            while start < end and (piece := file.read(min(CHUNK, end - start))):
                start += len(piece)
                yield piece

    def delete(self, key: str) -> None:
        """Of its folder no fsync: what comes back after a power failure, the next sweep finds."""
        with told_of_the_disk():
            self._file(key).unlink(missing_ok=True)

    def list(self) -> Iterator[Kept]:
        with told_of_the_disk():
            for folder, below, names in os.walk(self.root):
                below[:] = [each for each in below if each != UNFINISHED]
                for name in names:
                    yield from self._kept(Path(folder) / name)

    def _kept(self, file: Path) -> Iterator[Kept]:
        try:
            found = file.stat()
        except FileNotFoundError:  # deleted meanwhile
            return
        key = file.relative_to(self.root).as_posix()
        yield Kept(key, found.st_size, datetime.fromtimestamp(found.st_mtime, UTC))

    def _file(self, key: str) -> Path:
        parts = key.split("/")
        assert all(part and part.strip(".") for part in parts), "keys are made by us, and lead nowhere else"
        return self.root.joinpath(*parts)

    def _above(self, file: Path) -> Iterator[Path]:
        """The folders between a file and the root, the root too: one of them may have been made by another a moment ago."""
        for folder in file.parents:
            yield folder
            if folder == self.root:
                return


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
