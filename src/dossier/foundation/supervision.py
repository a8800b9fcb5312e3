"""Work that goes on as long as the process does: when it ends or fails, whatever the reason, it begins again."""

import asyncio
import random
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from time import monotonic

import structlog

log = structlog.get_logger()

FIRST_WAIT, MAX_WAIT = 0.5, 5.0  # seconds before the next life
TRUSTED = 2.0  # seconds that a life after a failed one has to last, before it is believed
SETTLED = 30.0  # seconds of a life after which the next failure is a first one again


@dataclass
class Task:
    """One such work: how often it began, and whether it is in a life that has not failed."""

    name: str
    lives: int = 0
    began: float = field(default_factory=monotonic)
    failed: str | None = None  # the kind of the last error, until it runs again
    before: str | None = None  # that of the life before this one
    running: "asyncio.Task[None] | None" = None

    @property
    def well(self) -> bool:
        return self._is_alive and self.failed is None and (not self.before or monotonic() - self.began > TRUSTED)

    @property
    def says(self) -> str:
        """How it is, in a few words: never more of an error than its kind."""
        if not self._is_alive:
            return "is dead"
        return f"runs, life {self.lives}" if self.well else f"{self.failed or self.before}, life {self.lives}"

    @property
    def _is_alive(self) -> bool:
        return self.running is None or not self.running.done()


async def _keep_alive(task: Task, work: Callable[[], Awaitable[None]]) -> None:
    wait = FIRST_WAIT
    while True:
        task.lives, task.began, task.before, task.failed = task.lives + 1, monotonic(), task.failed, None
        try:
            await work()
            task.failed = "ended"
        except Exception as error:  # noqa: BLE001 - whatever it was, it must not have been the last life
            task.failed = type(error).__name__
        wait = FIRST_WAIT if monotonic() - task.began > SETTLED else min(wait * 2, MAX_WAIT)
        log.warning("begins again", task=task.name, error=task.failed, lives=task.lives)
        await asyncio.sleep(wait * random.uniform(0.5, 1))  # noqa: S311 - servers shall not come back in step


@asynccontextmanager
async def supervised(name: str, work: Callable[[], Awaitable[None]], tasks: list[Task]) -> AsyncIterator[Task]:
    """Do the work again and again while the block runs; `tasks` gets to know of it."""
    task = Task(name)
    tasks.append(task)
    running = task.running = asyncio.create_task(_keep_alive(task, work), name=name)
    try:
        yield task
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        tasks.remove(task)
