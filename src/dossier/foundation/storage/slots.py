"""How many of something are under way at once for somebody, in all processes that share a folder."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from uuid import UUID

_EACH = 64  # bytes that one of them has, and so how many it can have at once
_WHO = 2**40  # different ones


class Slots:
    """A lock on one byte for each that is under way, of a file that has none: it ends with its process, however that ends."""

    def __init__(self, file: Path) -> None:
        self.held: set[int] = set()  # by this process: its own locks do not keep it out
        self._handle = os.open(file, os.O_CREAT | os.O_RDWR, 0o600)

    @contextmanager
    def one(self, who: UUID, most: int) -> Iterator[bool]:
        """While the block runs there is one more of theirs; False where there are so many already."""
        begin = who.int % _WHO * _EACH
        at = next((each for each in range(begin, begin + min(most, _EACH)) if self._take(each)), None)
        try:
            yield at is not None
        finally:
            if at is not None:
                self.held.discard(at)
                fcntl.lockf(self._handle, fcntl.LOCK_UN, 1, at)

    def _take(self, at: int) -> bool:
        if at not in self.held:
            with suppress(BlockingIOError, PermissionError):  # another process has it
                fcntl.lockf(self._handle, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, at)
                self.held.add(at)
                return True
        return False
