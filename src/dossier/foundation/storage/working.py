"""A storage for who must not wait: every call in a thread of a few that are its own."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import cached_property
from typing import ParamSpec, TypeVar

from dossier.foundation.storage.kinds import Storage, storage_away
from dossier.foundation.storage.slots import Slots

T = TypeVar("T")
P = ParamSpec("P")

THREADS = 8


@dataclass(frozen=True)
class InThreads:
    """The storage, opened when it is first needed, and threads in which it works; who waits for one holds none."""

    open: Callable[[], Storage]
    _threads: ThreadPoolExecutor = field(
        default_factory=lambda: ThreadPoolExecutor(THREADS, thread_name_prefix="storage")
    )

    beginning: set[asyncio.Task[None]] = field(default_factory=set)
    """Disks that are told to begin (`blocks.py`)."""

    @cached_property
    def storage(self) -> Storage:
        return self.open()

    @cached_property
    def arriving(self) -> Slots:
        """What is on its way into it, by who sends it."""
        return Slots(self.storage.unfinished / ".arriving")

    @cached_property
    def merging(self) -> Slots:
        """What is made of several files of it, by workspace."""
        return Slots(self.storage.unfinished / ".merging")

    async def do(self, work: Callable[P, T], *given: P.args, **named: P.kwargs) -> T:
        """What `work` returns or raises."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._threads, lambda: work(*given, **named))

    async def read(self, key: str, start: int, end: int) -> AsyncIterator[bytes]:
        """The bytes from `start` to before `end`, in pieces; between two of them no thread is held."""
        pieces = self.storage.read(key, start, end)
        while (piece := await self.do(_next, pieces)) is not None:
            yield piece


def nowhere() -> Storage:
    """Where no storage was named: there is none to keep or read anything."""
    raise storage_away()


def _next(pieces: Iterator[bytes]) -> bytes | None:
    return next(pieces, None)
