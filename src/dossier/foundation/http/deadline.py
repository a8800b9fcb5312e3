"""A request has an end of our own: whatever hangs behind it, its answer has begun after so many seconds."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any


class Deadline:
    """Seconds until the answer must have begun. When they are over, `answer` is given at once and the task is cancelled.

    The answer does not wait for the task: one that waits for a database that hangs ends only when that goes on, and
    its transaction is undone then.
    """

    def __init__(self, seconds: float, answer: Callable[[], Coroutine[Any, Any, None]]) -> None:
        self.passed = False
        self._seconds = seconds
        self._answer: Callable[[], Coroutine[Any, Any, None]] | None = answer
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

    def forget(self) -> None:
        """The request is over: it is let go at once, not by the garbage collector, which holds everybody up (decision 67)."""
        self.met()
        self._answer = self._task = None

    async def answered(self) -> None:
        """After it has passed: wait until the answer is out, and forget the cancellation, which was ours."""
        assert self._answering
        assert self._task
        self._task.uncancel()
        await self._answering

    def _pass(self) -> None:
        self.passed, self._timer = True, None
        if self._answer:
            self._answering = self._loop.create_task(self._answer())
        if self._task:
            self._task.cancel()
