"""The server's processes: one, or several that share a socket; each drains before it ends."""

import asyncio
import gc
import os
import shutil
import signal
import socket
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from types import FrameType
from typing import Any

import uvicorn
from starlette.types import ASGIApp
from uvicorn.config import STARTUP_FAILURE
from uvicorn.supervisors.multiprocess import Multiprocess, Process

from dossier.foundation.http.protocol import Protocol
from dossier.foundation.processes import end_with_parent, give_memory_back, let_nobody_come
from dossier.foundation.watchdog import Watchdog
from dossier.server.settings import Settings

SHUTDOWN_SECONDS = 30  # that requests under way may take after the server stopped taking new ones
BACKLOG = 2048  # connections that wait to be taken in
LINGER, SETTLE = 1.0, 0.05  # seconds that idle connections may still ask something, and between two looks
BEGINS = 60.0  # seconds that a worker process may take to load everything, on a machine that has much else to do
DRAIN = signal.SIGUSR1  # what tells a worker process that it is not ready any more


def run(settings: Settings, listening: socket.socket, ready: Callable[[], None]) -> None:
    """Serve until a signal says to stop; `ready` is called once the server listens."""
    with _shared_metrics(settings), _metrics_server(settings):
        if settings.workers == 1:
            _Server(settings, ready).run(sockets=[listening])
        else:
            listening.listen(BACKLOG)
            ready()
            _Workers(settings, listening).run()


class _Server(uvicorn.Server):
    """A process that answers requests: on a signal it first says that it is not ready any more, then stops taking them."""

    def __init__(self, settings: Settings, ready: Callable[[], None]) -> None:
        from dossier.foundation.services import Process as State  # noqa: PLC0415 - a supervisor of workers does without
        from dossier.server.application import create  # noqa: PLC0415
        from dossier.server.services import services_for  # noqa: PLC0415

        self._state, self._ready = State(), ready
        self._drain_seconds, self._stuck_seconds = settings.drain_seconds, settings.stuck_seconds
        super().__init__(_config(settings, create(services_for(settings, self._state))))

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        _collect_less()
        self._watchdog = Watchdog(self._stuck_seconds).start()
        if self.started:
            self._ready()

    def drain(self) -> None:
        """Not ready any more: whoever keeps a connection is told that it ends."""
        self._state.draining = True

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        if self._state.draining or not self._drain_seconds:
            self._state.feed.end()
            super().handle_exit(sig, frame)
        else:
            self.drain()
            _later(self._drain_seconds, lambda: self.handle_exit(sig, None))

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Take in who has come, let nobody else come, tell who stays that it ends, then end."""
        self.drain()
        for each in sockets or ():
            let_nobody_come(each)
        await self._linger()
        await super().shutdown(sockets)
        self._watchdog.stop()

    async def _linger(self) -> None:
        """A moment for what is on its way here; an idle connection's next request is its last, and is answered."""
        loop = asyncio.get_running_loop()
        until = loop.time() + LINGER
        await asyncio.sleep(SETTLE)
        while self.server_state.connections and loop.time() < until:  # noqa: ASYNC110 - a list is waited for
            await asyncio.sleep(SETTLE)


class _Worker(Process):
    """One of several such processes; its settings came through the environment. It ends with its supervisor."""

    began = 0.0  # by the supervisor's monotonic clock

    def target(self, sockets: list[socket.socket] | None = None) -> None:
        from dossier.foundation import logs  # noqa: PLC0415
        from dossier.server import settings as settings_module  # noqa: PLC0415 - see _Workers

        settings = settings_module.load()
        logs.configure(settings.log_format, logs.LEVELS[settings.log_level])
        end_with_parent()
        server = self._server = _Server(replace(settings, drain_seconds=0), lambda: None)
        signal.signal(DRAIN, lambda _signal, _frame: server.drain())
        super().target(sockets)


class _Workers(Multiprocess):
    """Several processes on one socket; those that die are replaced."""

    def __init__(self, settings: Settings, listening: socket.socket) -> None:
        self._drain_seconds = settings.drain_seconds
        assert settings.database_url
        assert settings.secret_key
        os.environ["DATABASE_URL"] = settings.database_url  # a worker is a new process: this is how it learns it
        os.environ["DOSSIER_SECRET_KEY"] = settings.secret_key
        os.environ |= {"HOST": settings.host, "PORT": str(settings.port)}
        super().__init__(_config(settings, "dossier.server.application"), [listening])

    def run(self) -> None:
        super().run()
        if any(process.exitcode == STARTUP_FAILURE for process in self.processes):
            sys.exit(STARTUP_FAILURE)

    def init_processes(self) -> None:
        self.processes = [self._started() for _ in range(self.processes_num)]

    def keep_subprocess_alive(self) -> None:
        """Replace who has ended; one that cannot even start ends all of them, for a supervisor to begin anew."""
        for place, process in enumerate(self.processes):
            if self.should_exit.is_set() or self._lives(process):
                continue
            process.kill()
            process.join()
            if process.exitcode == STARTUP_FAILURE:
                self.should_exit.set()
            else:
                self.processes[place] = self._started()

    def _lives(self, process: Process) -> bool:
        """It answers the supervisor; one that begins cannot yet, and would begin again and again where that takes long."""
        assert isinstance(process, _Worker)
        if time.monotonic() - process.began < BEGINS:
            return process.process.is_alive()
        return process.is_alive(timeout=self.config.timeout_worker_healthcheck)

    def handle_term(self) -> None:
        for process in self.processes:
            if process.pid:
                os.kill(process.pid, DRAIN)
        _later(self._drain_seconds, self.should_exit.set)

    def terminate_all(self) -> None:
        """Nobody comes to the shared socket any more, and who has come is taken in by a worker, before the workers stop."""
        for each in self.sockets:
            let_nobody_come(each)
        time.sleep(SETTLE)
        super().terminate_all()
        for each in self.sockets:
            each.close()

    def _started(self) -> Process:
        process = _Worker(self.config, self.sockets)
        process.began = time.monotonic()
        process.start()
        return process


def _collect_less() -> None:
    """What was loaded at the start stays; looking through it again and again for garbage took a tenth of an update."""
    gc.collect()
    give_memory_back()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)


def _config(settings: Settings, app: ASGIApp | str, **more: Any) -> uvicorn.Config:
    proxies = settings.trusted_proxies
    return uvicorn.Config(
        app,
        http=Protocol,
        ws="none",
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
