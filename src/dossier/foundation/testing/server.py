"""A real HTTP server on a free loopback port, in a thread of this process."""

import asyncio
import threading
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager, suppress
from typing import Any, TypeVar

import uvicorn
from starlette.types import ASGIApp

from dossier.foundation.http.protocol import Protocol

T = TypeVar("T")


class RunningServer:
    """A server that listens; `run` does a coroutine in its event loop."""

    def __init__(self, url: str, loop: asyncio.AbstractEventLoop) -> None:
        self.url = url
        self._loop = loop

    def run(self, work: Coroutine[Any, Any, T], seconds: float = 30) -> T:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(seconds)


class _Server(uvicorn.Server):
    """It ends as soon as it is told to: uvicorn looks ten times a second whether it was, and then waits as long for what comes still."""

    loop: asyncio.AbstractEventLoop

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.ready = threading.Event()
        self._over = asyncio.Event()

    async def startup(self, sockets: Any = None) -> None:
        await super().startup(sockets)
        self.loop = asyncio.get_running_loop()
        self.ready.set()

    def end(self) -> None:
        """From another thread."""
        self.should_exit = True
        self.loop.call_soon_threadsafe(self._over.set)

    async def main_loop(self) -> None:
        counter = 0
        while not await self.on_tick(counter):
            counter += 1
            with suppress(TimeoutError):
                await asyncio.wait_for(self._over.wait(), 0.1)

    async def shutdown(self, sockets: Any = None) -> None:
        for listening in [*self.servers, *(sockets or ())]:
            listening.close()
        for connection in list(self.server_state.connections):
            connection.shutdown()
        for _ in range(3):  # turns of the loop until idle connections are gone
            await asyncio.sleep(0)
        with suppress(TimeoutError):
            await asyncio.wait_for(self._wait_tasks_to_complete(), self.config.timeout_graceful_shutdown)
        for task in self.server_state.tasks:
            task.cancel()
        await self.lifespan.shutdown()


@contextmanager
def serving(app: ASGIApp) -> Iterator[RunningServer]:
    """Serve `app` while the block runs."""
    server = _Server(
        uvicorn.Config(
            app,
            http=Protocol,
            ws="none",
            host="127.0.0.1",
            port=0,
            log_config=None,
            log_level="critical",
            access_log=False,
            timeout_graceful_shutdown=1,
            timeout_keep_alive=300,  # longer than a test: else one that is held up asks just as its connection ends
        )
    )
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    if not server.ready.wait(30) or not server.servers:
        message = "the server did not start"
        raise RuntimeError(message)
    port = server.servers[0].sockets[0].getsockname()[1]
    try:
        yield RunningServer(f"http://127.0.0.1:{port}", server.loop)
    finally:
        server.end()
        thread.join(30)
