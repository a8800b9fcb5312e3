"""Whose turn it is: what is costly has few places, and whoever has the fewest of them is next.

Nobody has more than three of them, so that one always remains for others, and a neighbour of several who ask for much gets the
first that is free.
"""

import asyncio
from collections import Counter, deque
from collections.abc import AsyncIterator, Collection, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from itertools import count
from uuid import UUID

from dossier.foundation.errors import Problem, TooManyRequests

MAX_TURNS = 3
WAIT = 3.0  # seconds for a turn


@dataclass(frozen=True, slots=True, eq=False)
class _Waiting:
    who: frozenset[UUID]
    came: int
    granted: asyncio.Future[None]


@dataclass
class Turns:
    """So many `places` at once, and who waits for one."""

    places: int
    _taken: Counter[UUID] = field(default_factory=Counter)
    _rows: dict[frozenset[UUID], deque[_Waiting]] = field(default_factory=dict)
    _numbers: Iterator[int] = field(default_factory=count)

    @asynccontextmanager
    async def turns(self, workspaces: Collection[UUID]) -> AsyncIterator[None]:
        """While the block runs it has a place, which counts for each of the workspaces, whatever tokens they have
        between them; 429 when none came in time.
        """
        who = frozenset(workspaces)
        await self._wait(who)
        try:
            yield
        finally:
            self._give_back(who)

    async def _wait(self, who: frozenset[UUID]) -> None:
        mine = _Waiting(who, next(self._numbers), asyncio.get_running_loop().create_future())
        self._rows.setdefault(who, deque()).append(mine)
        self._grant()
        if mine.granted.done():
            return  # at once, without the task that waiting with a limit takes
        try:
            await asyncio.wait_for(mine.granted, WAIT)
        except TimeoutError:
            self._leave(mine)
            problem = Problem("Other lists and counts of yours are still under way; send fewer at once.", "busy")
            raise TooManyRequests((problem,), {"Retry-After": "3"}) from None
        except BaseException:
            self._leave(mine)
            raise

    def _leave(self, mine: _Waiting) -> None:
        """Out of the row. What was granted in the moment in which it was given up goes to the next."""
        if mine in self._rows.get(mine.who, ()):
            self._rows[mine.who].remove(mine)
            self._forget(mine.who)
        else:
            self._give_back(mine.who)

    def _grant(self) -> None:
        """Give the free places to those who wait: first to who has the fewest, then in the order they came."""
        while self.places and (able := [row[0] for who, row in self._rows.items() if self._has(who) < MAX_TURNS]):
            mine = min(able, key=lambda each: (self._has(each.who), each.came))
            self._rows[mine.who].popleft()
            self._forget(mine.who)
            self.places -= 1
            self._taken.update(mine.who)
            if not mine.granted.done():
                mine.granted.set_result(None)

    def _forget(self, who: frozenset[UUID]) -> None:
        if not self._rows[who]:
            del self._rows[who]

    def _has(self, who: Collection[UUID]) -> int:
        return max((self._taken[each] for each in who), default=0)

    def _give_back(self, who: frozenset[UUID]) -> None:
        self.places += 1
        self._taken.subtract(who)
        for each in who:
            if not self._taken[each]:
                del self._taken[each]
        self._grant()
