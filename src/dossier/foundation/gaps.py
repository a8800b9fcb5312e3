"""Work that nobody waits for goes on in the gaps between requests: else each of its pieces would lie in somebody's way.

They share one event loop, and what begins while a request is answered makes its answer later by as much.
"""

import asyncio
from time import monotonic

COUNTS = 0.05  # seconds, from its beginning: a request that hangs, or waits for news, is in nobody's way
LOOK_EVERY = 0.001  # seconds
PATIENCE = 0.1  # seconds that work waits at most, however busy the process is


class Gaps:
    """The requests that a process answers just now, the oldest first, and who waits until there are none."""

    def __init__(self) -> None:
        self._requests: dict[object, float] = {}
        self._turn = asyncio.Lock()

    def began(self, request: object) -> None:
        self._requests[request] = monotonic()

    def ended(self, request: object) -> None:
        self._requests.pop(request, None)

    async def wait(self, asked: float) -> None:
        """Until a gap, or until `PATIENCE` is over since it was `asked` for (`monotonic`). One goes on in each turn of the loop."""
        async with self._turn:
            while self._is_answering() and monotonic() < asked + PATIENCE:  # noqa: ASYNC110 - a request also ends to count by time
                await asyncio.sleep(LOOK_EVERY)
            await asyncio.sleep(0)

    def _is_answering(self) -> bool:
        youngest = next(reversed(self._requests.values()), 0.0)
        return monotonic() < youngest + COUNTS
