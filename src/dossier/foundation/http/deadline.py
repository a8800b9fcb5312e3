"""A request has an end of our own: whatever hangs behind it, its answer has begun after so many seconds."""

import asyncio
from collections.abc import Awaitable, Callable


class Deadline:
    """Seconds until the answer must have begun. When they are over, `answer` is given at once and the task is cancelled.

    The answer does not wait for the task: one that waits for a database that hangs ends only when that goes on, and
    its transaction is undone then.
    """

    def __init__(self, seconds: float, answer: Callable[[], Awaitable[None]]) -> None:
        self.passed = False
        self._seconds = seconds
        self._answer = answer
        self._task = asyncio.current_task()
        self._loop = asyncio.get_running_loop()
        self._timer: asyncio.TimerHandle | None = self._loop.call_later(seconds, self._pass)
        self._answering: asyncio.Task[None] | None = None

    def again(self) -> None:
        """Count from now: a part of the body has arrived, which has a deadline of its own."""
        if self._timer:
            self._timer.cancel()
            self._timer = self._loop.call_later(self._seconds, self._pass)

    def met(self) -> None:
        """The answer has begun; how long a stream goes on is its own affair."""
        if self._timer:
            self._timer.cancel()
            self._timer = None

    async def answered(self) -> None:
        """After it has passed: wait until the answer is out, and forget the cancellation, which was ours."""
        assert self._answering
        assert self._task
        self._task.uncancel()
        await self._answering

    def _pass(self) -> None:
        self.passed, self._timer = True, None
        self._answering = self._loop.create_task(self._give())
        if self._task:
            self._task.cancel()

    async def _give(self) -> None:
        await self._answer()
