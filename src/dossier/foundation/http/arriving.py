"""A large body as it comes: bounded in size, and given up when it stands still; it may take as long as it needs in all."""

import asyncio
from collections.abc import AsyncIterator
from time import monotonic

from starlette.requests import ClientDisconnect, Request

from dossier.foundation.errors import AppError, Problem, TimedOut, TooLarge
from dossier.foundation.http.body import CLOSE
from dossier.foundation.services import Pace


class Ending:
    """Lets others end a body that is waited for: `now` says why."""

    def __init__(self) -> None:
        self.refusal: AppError | None = None
        self.waiting: asyncio.Timeout | None = None

    def now(self, refusal: AppError) -> None:
        self.refusal = refusal
        if self.waiting:
            self.waiting.reschedule(asyncio.get_running_loop().time())


async def arriving(request: Request, most: int, pace: Pace, ending: Ending | None = None) -> AsyncIterator[bytes]:
    """The pieces of the body; 413 above `most` bytes, 408 when nothing comes, or too little; and as `ending` has it."""
    raise_if_larger(request, most)
    request.state.deadline.met()  # the pace is what ends it
    size, watch, pieces = 0, _Watch(pace, ending or Ending()), aiter(request.stream())
    try:
        while (piece := await watch.wait(pieces)) is not None:
            size += len(piece)
            if size > most:
                raise too_large(most)
            yield piece
    except ClientDisconnect:
        raise TimedOut.because("The connection ended before the body was complete.") from None


def raise_if_larger(request: Request, most: int) -> None:
    """413 for a body that says it is larger, before any of it is read."""
    announced = request.headers.get("content-length", "")
    if announced.isdecimal() and int(announced) > most:
        raise too_large(most)


def too_large(most: int) -> TooLarge:
    """413."""
    return TooLarge((Problem("The body is larger than {count} bytes; send less at once.", TooLarge.code, count=most),))


class _Watch:
    """How fast a body comes: only what it is waited for counts, not what we do with it."""

    def __init__(self, pace: Pace, ending: Ending) -> None:
        self._pace, self._ending, self._waited, self._came = pace, ending, 0.0, 0

    async def wait(self, pieces: AsyncIterator[bytes]) -> bytes | None:
        """The next piece; None after the last one, 408."""
        began = monotonic()
        if self._ending.refusal:
            raise self._ending.refusal
        try:
            async with asyncio.timeout(self._pace.silent) as self._ending.waiting:
                piece = await anext(pieces, None)
        except TimeoutError:
            raise self._ending.refusal or self._too_slow() from None
        finally:
            self._ending.waiting = None
        self._waited += monotonic() - began
        self._came += len(piece or b"")
        if self._waited >= self._pace.window:
            if self._came < self._pace.least:
                raise self._too_slow()
            self._waited, self._came = 0.0, 0
        return piece

    def _too_slow(self) -> TimedOut:
        sentence = "The body comes too slowly: nothing for {seconds} seconds, or less than {count} bytes in {window}."
        pace = self._pace
        problem = Problem(
            sentence,
            TimedOut.code,
            seconds=f"{pace.silent:g}",
            count=pace.least,
            window=f"{pace.window:g}",
        )
        return TimedOut((problem,), CLOSE)
