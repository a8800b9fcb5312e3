"""Commands and servers without the second in which Python imports Dossier: each is a fork of a process that has done it, and then waits.

What runs is a process of its own with its own arguments, environment, files and exit code, from `python -m dossier` on to the
interpreter's end. That the program starts from nothing is shown by the servers that `served.Server` starts cold.
"""

import atexit
import contextlib
import gc
import json
import os
import runpy
import select
import signal
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Mapping, Sequence
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import IO

from dossier.cli.on_demand import COMMANDS

HEAD = 4  # bytes that say how long an order is
HERE = Path(__file__).parents[2]
FIRST = (  # what commands and servers import
    "dossier.cli",
    *(f"dossier.cli.{each.module}" for each in COMMANDS.values()),
    "dossier.server.application",
    "dossier.server.services",
)


def run(
    *arguments: str, environment: Mapping[str, str] | None = None, seconds: float = 100
) -> "subprocess.CompletedProcess[str]":
    """`dossier …` to its end, as subprocess.run would; when it takes longer it is killed, and TimeoutError."""
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        process = _ordered(arguments, environment, out, err)
        try:
            code = process.wait(seconds)
        except TimeoutError:
            process.kill()
            raise
        return subprocess.CompletedProcess(["dossier", *arguments], code, _said(out), _said(err))


def start(*arguments: str, environment: Mapping[str, str]) -> "Process":
    """`dossier …` in the background, as subprocess.Popen would; what it says on stderr can be read."""
    reading, writing = os.pipe()
    with Path(os.devnull).open("wb") as out, os.fdopen(writing, "wb") as err:
        process = _ordered(arguments, environment, out, err)
    process.stderr = os.fdopen(reading)
    return process


class Process:
    """A fork that became a command: what tests do with a subprocess.Popen, they do with this."""

    stderr: IO[str]

    def __init__(self, told: socket.socket) -> None:
        self.returncode: int | None = None
        self._told, self._lines = told, told.makefile("rb")
        self.pid = int(self._lines.readline())

    def poll(self) -> int | None:
        with contextlib.suppress(TimeoutError):
            self.wait(0.001)
        return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        """The exit code, or minus the signal's number; TimeoutError when it takes longer (seconds)."""
        if self.returncode is None:
            if not select.select([self._told], [], [], timeout)[0]:
                raise TimeoutError
            self.returncode = int(self._lines.readline())
            self._lines.close()
            self._told.close()
        return self.returncode

    def communicate(self, timeout: float | None = None) -> tuple[None, str]:
        """Wait until it ended, and what is left to read on stderr."""
        said = ""
        while select.select([self.stderr], [], [], timeout)[0] and (part := self.stderr.read()):
            said += part
        self.wait(timeout)
        self.stderr.close()
        return None, said

    def send_signal(self, sent: int) -> None:
        if self.returncode is None:
            os.kill(self.pid, sent)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)


def _ordered(
    arguments: Sequence[str], environment: Mapping[str, str] | None, out: IO[bytes], err: IO[bytes]
) -> Process:
    order = json.dumps([arguments, dict(os.environ if environment is None else environment)]).encode()
    whole = len(order).to_bytes(HEAD) + order
    ours, theirs = socket.socketpair()
    with theirs, Path(os.devnull).open("rb") as nothing:
        files = [each.fileno() for each in (nothing, out, err, theirs)]
        sent = socket.send_fds(_waiting(), [whole], files)
        _waiting().sendall(whole[sent:])
    return Process(ours)


def _said(file: IO[bytes]) -> str:
    file.seek(0)
    return file.read().decode()


@cache
def _waiting() -> socket.socket:
    """Where orders go: to a process that imports first; a warning is an error there, and in what it becomes. It ends with the test run."""
    ours, theirs = socket.socketpair()
    command = [sys.executable, "-m", "tests.cli.warm", str(theirs.fileno())]
    environment = os.environ | {"PYTHONWARNINGS": "error"}
    process = subprocess.Popen(
        command,
        cwd=HERE,
        env=environment,
        pass_fds=[theirs.fileno()],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
    )
    theirs.close()
    atexit.register(lambda: (ours.close(), process.wait()))
    return ours


# ---- in the process that waits ----


def wait_for_an_order(orders: socket.socket) -> bool:
    """True in a new process, which has become the command; False once nobody orders any more."""
    for name in FIRST:
        import_module(name)
    assert threading.active_count() == 1, "only the thread that forks is there in a fork"
    gc.freeze()
    running: dict[int, int] = {}
    signal.signal(signal.SIGCHLD, lambda _signal, _frame: _tell_ends(running))
    while order := _next(orders):
        signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGCHLD])  # an end is told after it is known who it was
        if (process := os.fork()) == 0:
            orders.close()
            _become(*json.loads(order[0]), order[1])
            return True
        running[process] = order[1].pop()
        os.write(running[process], b"%d\n" % process)
        for file in order[1]:
            os.close(file)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, [signal.SIGCHLD])
    return False


def _next(orders: socket.socket) -> tuple[bytes, list[int]] | None:
    """An order and its files; None once nobody orders any more."""
    data, files, *_ = socket.recv_fds(orders, 65536, 4)
    while data and len(data) < HEAD + int.from_bytes(data[:HEAD]):
        data += orders.recv(65536)
    return (data[HEAD:], files) if data else None


def _tell_ends(running: dict[int, int]) -> None:
    while running and (ended := os.waitpid(-1, os.WNOHANG))[0]:
        file = running.pop(ended[0])
        os.write(file, b"%d\n" % os.waitstatus_to_exitcode(ended[1]))
        os.close(file)


def _become(arguments: list[str], environment: dict[str, str], files: list[int]) -> None:
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, [signal.SIGCHLD])
    for target, file in enumerate(files[:3]):
        os.dup2(file, target)
    os.closerange(3, max(files) + 1)
    os.environ.clear()
    os.environ.update(environment)
    sys.argv[1:] = arguments


if __name__ == "__main__":
    with socket.socket(fileno=int(sys.argv[1])) as waiting:
        is_the_command = wait_for_an_order(waiting)
    if is_the_command:
        runpy.run_module("dossier", run_name="__main__", alter_sys=True)
