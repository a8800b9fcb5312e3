"""Commands and servers without the second in which Python imports Dossier: each is a fork of a process that has done it, and then waits.

What runs is a process of its own with its own arguments, environment, files and exit code, from `python -m dossier` on to its last
exit function. That the program starts from nothing is shown by the servers that `served.Server` starts cold.
What opens files (`tests/workshop/forks.py`) is ordered in the same way.
"""

import atexit
import contextlib
import ctypes
import gc
import json
import multiprocessing
import os
import runpy
import select
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import traceback
from collections.abc import Mapping, Sequence
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import IO, Any

import uvicorn._subprocess

from dossier.cli.on_demand import COMMANDS
from dossier.foundation.workshop.__main__ import WORK

FROM_NOTHING = "WORKERS_FROM_NOTHING"
"""Set for a server whose worker processes begin as in production; those of others are forks, too."""

PR_SET_PDEATHSIG = 1  # prctl(2)
HEAD = 4  # bytes that say how long an order is
HERE = Path(__file__).parents[2]
PROGRAM, WORKSHOP = "dossier", "dossier.foundation.workshop"
FIRST = {  # what commands and servers import, and what opens files
    PROGRAM: (
        "dossier.cli",
        *(f"dossier.cli.{each.module}" for each in COMMANDS.values()),
        "dossier.server.application",
        "dossier.server.services",
    ),
    WORKSHOP: (
        *(f"{WORKSHOP}.{module}" for module in (*WORK.values(), "old_papers", "office_words", "recordings")),
        *("PIL.ImageDraw", "PIL.JpegImagePlugin", "PIL.PngImagePlugin", "openpyxl"),
    ),
}


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
    ours, theirs = socket.socketpair()
    with theirs, Path(os.devnull).open("rb") as nothing:
        files = [each.fileno() for each in (nothing, out, err, theirs)]
        order(PROGRAM, [arguments, dict(os.environ if environment is None else environment), None], files)
    return Process(ours)


def order(module: str, what: Sequence[object], files: Sequence[int]) -> None:
    """Have `module` run: `what` it becomes, and its input, output, errors, and where its beginning and its end are told."""
    said = json.dumps(what).encode()
    whole = len(said).to_bytes(HEAD) + said
    waiting = _waiting(module)
    sent = socket.send_fds(waiting, [whole], files)
    waiting.sendall(whole[sent:])


def _said(file: IO[bytes]) -> str:
    file.seek(0)
    return file.read().decode()


@cache
def _waiting(module: str) -> socket.socket:
    """Where orders go: to a process that imports first; a warning of ours is an error there, and in what it becomes. It ends with the test run."""
    ours, theirs = socket.socketpair()
    command = [sys.executable, "-m", "tests.cli.warm", str(theirs.fileno()), module]
    environment = os.environ | ({"PYTHONWARNINGS": "error"} if module == PROGRAM else {"MALLOC_ARENA_MAX": "2"})
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


def wait_for_an_order(orders: socket.socket, module: str) -> bool:
    """True in a new process, which has become the command; False once nobody orders any more."""
    for name in FIRST[module]:
        import_module(name)
    assert threading.active_count() == 1, "only the thread that forks is there in a fork"
    gc.freeze()
    running: dict[int, int] = {}
    signal.signal(signal.SIGCHLD, lambda _signal, _frame: _tell_ends(running))
    here = os.getpid()
    while order := _next(orders):
        signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGCHLD])  # an end is told after it is known who it was
        if (process := os.fork()) == 0:
            orders.close()
            _end_with(here)
            if module == WORKSHOP:
                os.setpgid(0, 0)
            _become(*json.loads(order[0]), order[1])
            return True
        if module == WORKSHOP:
            with contextlib.suppress(OSError):  # whoever comes first: it is ended with whatever it begins
                os.setpgid(process, process)
        running[process] = order[1].pop()
        os.write(running[process], b"%d\n" % process)
        for file in order[1]:
            os.close(file)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, [signal.SIGCHLD])
    return False


def _end_with(parent: int) -> None:
    """With who waits for orders, who ends with who gives them: of tests that were killed no server goes on. Linux tells."""
    with contextlib.suppress(AttributeError):
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0)
        if os.getppid() != parent:
            os.kill(os.getpid(), signal.SIGTERM)


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


def _become(arguments: list[str], environment: dict[str, str], home: str | None, files: list[int]) -> None:
    """With a `home` it lives there."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, [signal.SIGCHLD])
    for target, file in enumerate(files[:3]):
        os.dup2(file, target)
    os.closerange(3, max(files) + 1)
    os.environ.clear()
    os.environ.update(environment)
    sys.argv[1:] = arguments
    if FROM_NOTHING not in environment:
        uvicorn._subprocess.spawn = multiprocessing.get_context("fork")  # type: ignore[assignment]
    if home:
        os.chdir(home)


def _run(program: str) -> None:
    """To its end, but for taking down all that was imported, most of which it never used: that takes as long as a command."""
    code: Any = 0
    try:
        runpy.run_module(program, run_name="__main__", alter_sys=True)
    except SystemExit as end:
        code = end.code or 0
    except BaseException:  # noqa: BLE001 - as the interpreter does
        traceback.print_exc()
        code = 1
    if isinstance(code, str):
        sys.stderr.write(f"{code}\n")
    if program == PROGRAM:  # what opens a file has nothing to close
        threading._shutdown()  # type: ignore[attr-defined]
        atexit._run_exitfuncs()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code if isinstance(code, int) else 1)


if __name__ == "__main__":
    program = sys.argv[2]
    with socket.socket(fileno=int(sys.argv[1])) as waiting:
        is_the_command = wait_for_an_order(waiting, program)
    if is_the_command:
        _run(program)
