"""A real HTTP server on a free loopback port, in a thread of this process."""

import asyncio
import threading
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
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
    loop: asyncio.AbstractEventLoop

    async def startup(self, sockets: Any = None) -> None:
        await super().startup(sockets)
        self.loop = asyncio.get_running_loop()
        self.ready.set()

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.ready = threading.Event()


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
        server.should_exit = True
        thread.join(30)
