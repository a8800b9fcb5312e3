"""The server's processes: one, or several that share a socket; each drains before it ends."""

import gc
import os
import shutil
import signal
import socket
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any

import uvicorn
from starlette.types import ASGIApp
from uvicorn.supervisors import Multiprocess

from dossier.foundation.live import Live
from dossier.settings import Settings

SHUTDOWN_SECONDS = 30  # that requests under way may take after the server stopped taking new ones
DRAIN = signal.SIGUSR1  # what tells a worker process that it is not ready any more


def run(settings: Settings, listening: socket.socket, ready: Callable[[], None]) -> None:
    """Serve until a signal says to stop; `ready` is called once the server listens."""
    with _shared_metrics(settings), _metrics_server(settings):
        if settings.workers == 1:
            _Server(settings, ready).run(sockets=[listening])
        else:
            listening.listen(2048)
            ready()
            _Workers(settings, listening).run()


def worker() -> ASGIApp:
    """The application of one of several worker processes; its settings came through the environment."""
    from dossier import settings as settings_module  # noqa: PLC0415 - see _Workers
    from dossier.app import Draining, create_for  # noqa: PLC0415
    from dossier.foundation import logs  # noqa: PLC0415

    _collect_less()
    settings, draining, live = settings_module.load(), Draining(), Live()
    _end_streams_on_stop(live)
    logs.configure(settings.log_format)
    signal.signal(DRAIN, lambda _signal, _frame: draining.begin())
    return create_for(settings, draining, live)


def _end_streams_on_stop(live: Live) -> None:
    """Before uvicorn's own handler, which waits until every answer has ended."""
    for number in (signal.SIGTERM, signal.SIGINT):
        before = signal.getsignal(number)

        def stop(sig: int, frame: FrameType | None, before: Any = before) -> None:
            live.end()
            if callable(before):
                before(sig, frame)

        signal.signal(number, stop)


class _Server(uvicorn.Server):
    """The only process: on a signal it first says that it is not ready any more, then stops taking requests."""

    def __init__(self, settings: Settings, ready: Callable[[], None]) -> None:
        from dossier.app import Draining, create_for  # noqa: PLC0415 - a supervisor of workers does without the app

        self._draining, self._live = Draining(), Live()
        self._drain_seconds = settings.drain_seconds
        self._ready = ready
        super().__init__(_config(settings, create_for(settings, self._draining, self._live)))

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        _collect_less()
        if self.started:
            self._ready()

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        if self._draining.began or not self._drain_seconds:
            self._live.end()
            super().handle_exit(sig, frame)
        else:
            self._draining.begin()
            _later(self._drain_seconds, lambda: self.handle_exit(sig, None))


class _Workers(Multiprocess):
    """Several processes on one socket; those that die are replaced."""

    def __init__(self, settings: Settings, listening: socket.socket) -> None:
        self._drain_seconds = settings.drain_seconds
        assert settings.database_url
        assert settings.secret_key
        os.environ["DATABASE_URL"] = settings.database_url  # a worker is a new process: this is how it learns it
        os.environ["DOSSIER_SECRET_KEY"] = settings.secret_key
        super().__init__(_config(settings, "dossier.serving:worker", factory=True), [listening])

    def handle_term(self) -> None:
        for process in self.processes:
            if process.pid:
                os.kill(process.pid, DRAIN)
        _later(self._drain_seconds, self.should_exit.set)


def _collect_less() -> None:
    """What was loaded at the start stays; looking through it again and again for garbage took a tenth of an update."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)


def _config(settings: Settings, app: ASGIApp | str, **more: Any) -> uvicorn.Config:
    proxies = settings.trusted_proxies
    return uvicorn.Config(
        app,
        workers=settings.workers,
        log_config=None,
        log_level="warning",
        access_log=False,
        server_header=False,
        proxy_headers=bool(proxies),
        forwarded_allow_ips=proxies or None,
        timeout_graceful_shutdown=SHUTDOWN_SECONDS,
        lifespan="on",
        **more,
    )


def _later(seconds: float, do: Callable[[], None]) -> None:
    timer = threading.Timer(seconds, do)
    timer.daemon = True
    timer.start()


@contextmanager
def _shared_metrics(settings: Settings) -> Iterator[None]:
    """With several processes, a folder in which they add up their metrics."""
    if settings.workers == 1:
        yield
        return
    folder = tempfile.mkdtemp(prefix="dossier-metrics-")
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = folder
    try:
        yield
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _metrics_server(settings: Settings) -> Iterator[None]:
    """/metrics on a port of its own, for a Prometheus elsewhere."""
    if not settings.metrics_port:
        yield
        return
    from dossier.foundation.metrics import listen  # noqa: PLC0415 - after the folder above is set

    with listen(settings.metrics_port):
        yield
