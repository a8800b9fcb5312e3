"""Pieces of a file as they come, put on the disk in blocks: while one is written, the next one is collected."""

import asyncio
import ctypes
import os
from collections.abc import Callable, Sequence

from dossier.foundation.storage.working import InThreads

BLOCK = 1024 * 1024  # bytes that are collected before they are written, and how many may wait while others are
QUIET = 1.0  # seconds after which what came is written, however little it is: who stands still has nothing in memory
_SMALL = 16 * 1024  # bytes of pieces that are put together: each one alone costs more than its bytes
_MOST = 1024  # pieces that a system takes in one call
_EARLY = 8 * 1024 * 1024  # bytes after which a disk is told to begin with them
_BEGINNING = 2  # disks are told so at once, in threads that others need too
_BEGIN = 2  # SYNC_FILE_RANGE_WRITE of Linux

Pieces = Sequence[bytes | bytearray]
Put = Callable[[Pieces], None]
Begin = Callable[[], None]


class Held:
    """What was taken and not yet given on."""

    def __init__(self) -> None:
        self.size = 0
        self._pieces: list[bytes | bytearray] = []

    def add(self, piece: bytes) -> None:
        self.size += len(piece)
        last = self._pieces[-1] if self._pieces else b""
        if len(piece) >= _SMALL:
            self._pieces.append(piece)
        elif isinstance(last, bytearray) and len(last) < BLOCK:
            last += piece
        elif piece:
            self._pieces.append(bytearray(piece))

    def taken(self) -> Pieces:
        pieces, self._pieces, self.size = self._pieces, [], 0
        return pieces


class Behind:
    """Gives `write`, and `hash` beside it, what was taken, a block at a time, in the storage's threads, and takes more meanwhile: a block at most.

    Once it failed it says so each time, and nothing is put behind the gap. `least`: bytes that are worth it while nothing is written.
    """

    def __init__(self, storage: InThreads, write: Put, hash: Put, begin: Begin, least: int = BLOCK) -> None:
        self._storage, self._write, self._hash, self._disk_begins, self._least = storage, write, hash, begin, least
        self._early = _EARLY
        self.size = 0  # bytes that were taken
        self._held = Held()
        self._writing: asyncio.Task[None] | None = None
        self._later: asyncio.TimerHandle | None = None

    async def take(self, piece: bytes) -> None:
        """Some more bytes; whatever `write` raised before."""
        self.size += len(piece)
        self._held.add(piece)
        if self._held.size >= (self._least if self._writing is None or self._writing.done() else BLOCK):
            await self.written()
            self._begin(self._least)
        elif self._later is None:
            self._wait()

    async def written(self) -> None:
        """What is being written is there."""
        if self._writing:
            await asyncio.shield(self._writing)

    async def all(self) -> None:
        """Everything that was taken is there."""
        if self._later:
            self._later.cancel()
            self._later = None
        await self.written()
        self._begin(1)
        await self.written()

    def _wait(self) -> None:
        self._later = asyncio.get_running_loop().call_later(QUIET, self._write_little)

    def _write_little(self) -> None:
        self._later = None
        if self._writing and not self._writing.done():
            self._wait()
        elif self._writing is None or not self._writing.exception():
            self._begin(1)

    def _begin(self, least: int) -> None:
        if self._held.size:
            self._writing = asyncio.create_task(self._go_on(least))
            self._writing.add_done_callback(_looked_at)

    async def _go_on(self, least: int) -> None:
        while self._held.size >= least:
            pieces = self._held.taken()
            await asyncio.gather(self._storage.do(self._write, pieces), self._storage.do(self._hash, pieces))
            self._let_begin()

    def _let_begin(self) -> None:
        """The disk, with what is there; nobody waits for it, however slow it is, and where others do it is not asked."""
        if self.size >= self._early and len(self._storage.beginning) < _BEGINNING:
            self._early = self.size + _EARLY
            task = asyncio.create_task(self._storage.do(self._disk_begins))
            self._storage.beginning.add(task)
            task.add_done_callback(self._storage.beginning.discard)
            task.add_done_callback(_looked_at)


def _looked_at(task: "asyncio.Task[None]") -> None:
    """Who gives an upload up does not ask what became of its last block."""
    if not task.cancelled():
        task.exception()


def put(handle: int, pieces: Pieces, at: int) -> int:
    """All of them into the file, from the place `at` on; where they end."""
    left = [memoryview(each) for each in pieces]
    while left:
        done = os.pwritev(handle, left[:_MOST], at)
        at += done
        while left and done >= len(left[0]):
            done -= len(left.pop(0))
        if done:
            left[0] = left[0][done:]
    return at


class Early:
    """Lets the disk begin with what is in a file before its fsync, which then waits for less. Linux alone can."""

    def __init__(self, at: int = 0) -> None:
        self._at = at

    def begin(self, handle: int, size: int) -> None:
        """There are so many bytes now; `handle` is closed. What a disk refuses here the fsync says."""
        try:
            if _BEGIN_WRITING:
                _BEGIN_WRITING(handle, self._at, size - self._at, _BEGIN)
                self._at = size
        finally:
            os.close(handle)


def _begin_writing() -> "Callable[[int, int, int, int], int] | None":
    try:
        call = ctypes.CDLL(None).sync_file_range
    except (AttributeError, OSError, TypeError):
        return None
    call.argtypes = (ctypes.c_int, ctypes.c_int64, ctypes.c_int64, ctypes.c_uint)
    return call


_BEGIN_WRITING = _begin_writing()
