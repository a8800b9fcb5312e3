"""A long body, read from its socket in large pieces: the parser of HTTP, which copies each and has nothing to say of them, is passed by."""

import asyncio
import threading
from collections.abc import Callable

PIECE = 1024 * 1024  # bytes that are read at once

_here = threading.local()


def _buffer() -> memoryview:
    """One for all connections of a loop: what was read is taken out of it at once."""
    if not hasattr(_here, "buffer"):
        _here.buffer = memoryview(bytearray(PIECE))
    buffer: memoryview = _here.buffer
    return buffer


class Straight(asyncio.BufferedProtocol):
    """Reads `left` bytes, and not one of what follows them, for the protocol `of` the connection, which hears of everything else."""

    def __init__(self, of: asyncio.Protocol, left: int, take: Callable[[bytes], None]) -> None:
        self._of, self._take = of, take
        self.left = left

    def get_buffer(self, _sizehint: int) -> memoryview:
        return _buffer()[: self.left]

    def buffer_updated(self, nbytes: int) -> None:
        self.left -= nbytes
        self._take(bytes(_buffer()[:nbytes]))

    def eof_received(self) -> bool | None:
        return self._of.eof_received()

    def connection_lost(self, exc: Exception | None) -> None:
        self._of.connection_lost(exc)

    def pause_writing(self) -> None:
        self._of.pause_writing()

    def resume_writing(self) -> None:
        self._of.resume_writing()
