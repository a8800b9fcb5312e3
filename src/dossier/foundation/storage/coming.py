"""A file that comes in several goes, over connections that break and processes that die: what was written is known again."""

import fcntl
import os
import secrets
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from dossier.foundation.storage.blocks import Early, Pieces, put
from dossier.foundation.storage.folder import told_of_the_disk
from dossier.foundation.storage.unfinished import COMING

_TURN = ".turn"
_PLACE = ".place"
_BOOT = Path("/proc/sys/kernel/random/boot_id")


class Overtaken(Exception):  # what follows from it, its caller knows
    """It is somebody else's turn to write."""


class Coming:
    """The turn to write into a file: that of the newest one that was made, in whichever process of whichever machine that has the folder.

    Who had it before is refused at the next `write`: whether it is still theirs stands in a small file beside it, which is
    looked at under a lock that lasts as long as one write, and ends with its process. Not for two threads at once.
    """

    def __init__(self, folder: Path, name: str) -> None:
        self.file = folder / f"{COMING}{name}"
        self._mine = secrets.token_bytes(16)
        self._handle = self._turn = -1
        self._at_work = threading.Lock()  # while it is written it is not closed, or another file would have its number
        try:
            with told_of_the_disk():
                self._open()
        except BaseException:
            self.close()
            raise

    def _open(self) -> None:
        self._turn = _opened(self.file.with_name(self.file.name + _TURN))
        self._handle = _opened(self.file)
        with self._alone():
            os.pwrite(self._turn, self._mine, 0)
            self.size = os.fstat(self._handle).st_size
        self._early = Early(self.size)
        if not self.size:
            _sync_folder(self.file.parent)

    def write(self, pieces: Pieces) -> None:
        """Put bytes behind those that are there; Overtaken, 507."""
        with self._in_turn():
            self.size = put(self._handle, pieces, self.size)

    def begin(self) -> None:
        """Let the disk begin with what is in it: as long as that takes, more may be put behind it."""
        with self._at_work:
            handle, size = (os.dup(self._handle) if self._handle >= 0 else -1), self.size
        if handle >= 0:
            self._early.begin(handle, size)

    def cut(self, size: int) -> None:
        """What is behind so many bytes does not count; Overtaken."""
        with self._in_turn():
            os.ftruncate(self._handle, size)
        self.size = size

    def sync(self) -> None:
        """What was written is there for good when this returns; 503, 507."""
        with told_of_the_disk():
            os.fsync(self._handle)
            os.utime(self._turn)

    def is_mine(self) -> bool:
        """Whether nobody has taken the turn since, or discarded the file."""
        return os.fstat(self._turn).st_nlink > 0 and os.pread(self._turn, len(self._mine), 0) == self._mine

    def linked(self) -> Path:
        """Another name of the file, which a storage may take."""
        name = self.file.with_name(secrets.token_hex(16))
        with told_of_the_disk():
            os.link(self.file, name)
            os.utime(name)
        return name

    def close(self) -> None:
        """The turn is not given back: the next one takes it."""
        with self._at_work:
            for handle in (self._handle, self._turn):
                if handle >= 0:
                    os.close(handle)
            self._handle = self._turn = -1

    @contextmanager
    def _in_turn(self) -> Iterator[None]:
        with self._at_work, told_of_the_disk():
            if self._handle < 0:
                raise Overtaken
            with self._alone():
                if not self.is_mine():
                    raise Overtaken
                yield

    @contextmanager
    def _alone(self) -> Iterator[None]:
        fcntl.flock(self._turn, fcntl.LOCK_EX)
        try:
            yield
        finally:
            fcntl.flock(self._turn, fcntl.LOCK_UN)


def is_begun(folder: Path, name: str) -> bool:
    """Whether anything was written to it here."""
    return (folder / f"{COMING}{name}").exists()


def discard(folder: Path, name: str) -> None:
    """Nothing of it stays; what is written there by who has it open still goes nowhere."""
    for each in (folder / f"{COMING}{name}", folder / f"{COMING}{name}{_TURN}"):
        with told_of_the_disk():
            each.unlink(missing_ok=True)


def place_of(folder: Path) -> str:
    """A name of the folder, the same wherever it can be reached, and of no other one."""
    marker = folder / _PLACE
    with told_of_the_disk():
        with suppress(FileNotFoundError):
            return marker.read_text()
        made = folder / secrets.token_hex(16)
        made.write_text(made.name)
        with suppress(FileExistsError):  # another process was faster
            os.link(made, marker)
        made.unlink()
        _sync_folder(folder)
        return marker.read_text()


def boot() -> str:
    """Which run of the machine this is. Where that cannot be known, none that was before: then only what was synced counts."""
    try:
        return _BOOT.read_text().strip()
    except OSError:
        return secrets.token_hex(16)


def _opened(file: Path) -> int:
    return os.open(file, os.O_CREAT | os.O_RDWR, 0o600)


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
