"""A `dossier serve` in a process of its own, with its embedded PostgreSQL."""

import fcntl
import os
import re
import shutil
import signal
import ssl
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import httpx

from dossier.foundation import postgres as cluster
from dossier.foundation.testing.postgres import in_memory
from dossier.migrations import migrate
from tests.cli import warm

SHARED = "DOSSIER_TEST_FOLDER"
"""Names the folder that all processes of a run share; `tests/conftest.py` makes it."""
CERTIFICATES = ssl.create_default_context()  # read once: that takes longer than a request


class Server:
    """Starts, is asked, and is stopped or killed."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.said = ""
        self.process: subprocess.Popen[str] | warm.Process | None = None

    def environment(self) -> dict[str, str]:
        ours = {"DOSSIER_DATA_DIR": str(self.folder), "PORT": "0"}
        return {name: value for name, value in os.environ.items() if not re.match("DOSSIER_|DATABASE_", name)} | ours

    def start(self, *arguments: str, cold: bool = False, **more: str) -> "Server":
        """Start it and wait until it listens; `cold`: from nothing, with a database that it makes itself."""
        self.begin(*arguments, cold=cold, **more)
        return self.listens("one-time link" if "--demo" in arguments else "listens on")

    def begin(self, *arguments: str, cold: bool = False, **more: str) -> None:
        """Start it; what it says is not read yet."""
        if not cold and not self.folder.exists():
            copy_migrated(self.folder)
        environment = self.environment() | more
        if cold:
            command = [sys.executable, "-m", "dossier", "serve", *arguments]
            self.process = subprocess.Popen(
                command, env=environment, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True
            )
        else:
            self.process = warm.start("serve", *arguments, environment=environment)
        self.said = ""

    def listens(self, until_said: str = "listens on") -> "Server":
        """Wait until it has said that."""
        assert self.process
        assert self.process.stderr
        while until_said not in self.said:
            line = self.process.stderr.readline()
            assert line, f"the server ended: {self.said}"
            self.said += line
        return self

    @property
    def url(self) -> str:
        return re.search(r"listens on (http://\S+)", self.said)[1]  # type: ignore[index]

    def command(self, *arguments: str) -> "subprocess.CompletedProcess[str]":
        return warm.run(*arguments, environment=self.environment())

    def token(self) -> str:
        return (self.folder / "demo-token").read_text()

    def client(self) -> httpx.Client:
        headers = {"Authorization": f"Bearer {self.token()}"}
        return httpx.Client(base_url=self.url, headers=headers, timeout=30, verify=CERTIFICATES)

    def get(self, path: str) -> httpx.Response:
        return httpx.get(self.url + path, timeout=30, verify=CERTIFICATES)

    def end(self, sent: signal.Signals = signal.SIGTERM, seconds: float = 180) -> int:
        """Send a signal and wait for the end; the exit code."""
        assert self.process
        self.process.send_signal(sent)
        self.process.communicate(timeout=seconds)
        return self.process.returncode

    def postmaster(self) -> int:
        """The process id of its PostgreSQL."""
        return int((self.folder / "postgres" / "data" / "postmaster.pid").read_text().split("\n")[0])


@cache
def _migrated() -> Path:
    """A data folder with an empty, migrated database, which servers under test begin with a copy of: the first process that needs it makes it."""
    parent = Path(os.environ[SHARED])
    until((parent / "server").exists)  # in one process only one database at a time is migrated
    with (parent / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (parent / "data").exists():
            with cluster.running_cluster(parent / "making", lambda _sentence: None) as made:
                migrate(made.conninfo, lambda _sentence: None)
            (parent / "making").rename(parent / "data")
    return parent / "data"


def copy_migrated(to: Path) -> None:
    """A data folder as such a server leaves it, with who owns what."""
    subprocess.run(["cp", "-a", "--", _migrated(), to], check=True)


@contextmanager
def data_folder() -> Iterator[Path]:
    """A folder that PostgreSQL's account can reach when tests run as root."""
    parent = Path(tempfile.mkdtemp(prefix="dossier-served-", dir=in_memory()))
    parent.chmod(0o711)
    try:
        yield parent / "data"
    finally:
        shutil.rmtree(parent, ignore_errors=True)


@contextmanager
def server() -> Iterator[Server]:
    with data_folder() as folder:
        one = Server(folder)
        try:
            yield one
        finally:
            if one.process and one.process.poll() is None:
                one.end()


def until(check: Any, seconds: float = 120) -> None:
    """Wait until something is so. The limit is for a machine that has much else to do."""
    end = time.monotonic() + seconds
    while not check():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.02)
