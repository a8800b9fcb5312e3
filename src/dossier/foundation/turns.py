"""Whose turn it is: of what is costly, nobody has more than three under way, so that some always remain for others."""

import asyncio
from collections.abc import AsyncIterator, Iterable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from uuid import UUID

from dossier.foundation.errors import Problem, TooManyRequests

AT_ONCE = 3
WAIT = 3.0  # seconds for a turn


@dataclass
class Turns:
    """How many of each have theirs now, and who waits."""

    _taken: dict[UUID, asyncio.Semaphore] = field(default_factory=dict)
    _count: dict[UUID, int] = field(default_factory=dict)

    @asynccontextmanager
    async def turns(self, workspaces: Iterable[UUID]) -> AsyncIterator[None]:
        """While the block runs it is one turn of each of the workspaces: whatever tokens they have between them."""
        async with AsyncExitStack() as stack:
            for each in sorted(set(workspaces)):  # in one order, so that nobody waits for who waits for them
                await stack.enter_async_context(self._turn(each))
            yield

    @asynccontextmanager
    async def _turn(self, who: UUID) -> AsyncIterator[None]:
        """While the block runs it is one of their turns; 429 when none came in time."""
        semaphore = self._taken.setdefault(who, asyncio.Semaphore(AT_ONCE))
        self._count[who] = self._count.get(who, 0) + 1
        try:
            await self._wait(semaphore)
            try:
                yield
            finally:
                semaphore.release()
        finally:
            self._count[who] -= 1
            if not self._count[who]:
                del self._count[who], self._taken[who]

    async def _wait(self, semaphore: asyncio.Semaphore) -> None:
        if not semaphore.locked():
            await semaphore.acquire()  # at once, without the task that waiting with a limit takes
            return
        try:
            await asyncio.wait_for(semaphore.acquire(), WAIT)
        except TimeoutError:
            problem = Problem("Other lists and counts of yours are still under way; send fewer at once.", "busy")
            raise TooManyRequests((problem,), {"Retry-After": "3"}) from None
