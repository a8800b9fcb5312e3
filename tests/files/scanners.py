"""Virus scanners: a real clamd that knows the test virus alone, and one that behaves as a test wants."""

import os
import shutil
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

from dossier.foundation.scanner import Scanner

EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$" + b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE!" + b"$H+H*"
"""The harmless text that every scanner calls a virus; in two parts, so that none takes this file away."""


@dataclass
class Fake:
    """A scanner that says `answer` to whatever it is sent, or does what `behaves` does with the line. `asked`: how much came each time."""

    folder: Path
    answer: bytes = b"stream: OK\0"
    behaves: Callable[["Fake", socket.socket], None] | None = None
    asked: list[int] = field(default_factory=list)

    @property
    def address(self) -> str:
        return f"unix:{self.folder / 's'}"

    def scanner(self, **more: float) -> Scanner:
        return Scanner(self.address, **{"at_upload": 1, "later": 1, "connect": 1} | more)  # type: ignore[arg-type]

    def meets(self, line: socket.socket) -> None:
        command = line.recv(10)
        if command.startswith(b"zVERSION"):
            line.sendall(b"ClamAV 1.4.6/27000/Sun Nov 29 09:00:00 2026\0")
        elif self.behaves:
            self.behaves(self, line)
        else:
            self.asked.append(taken(line))
            line.sendall(self.answer)


def taken(line: socket.socket) -> int:
    """All that is sent, as the protocol has it; how many bytes."""
    with line.makefile("rb") as source:
        size = 0
        while length := int.from_bytes(source.read(4), "big"):
            size += len(source.read(length))
        return size


@contextmanager
def fake() -> Iterator[Fake]:
    with TemporaryDirectory(prefix="scan-") as made, socket.socket(socket.AF_UNIX) as listening:
        found = Fake(Path(made))
        listening.bind(found.address.removeprefix("unix:"))
        listening.listen(20)
        threading.Thread(target=_serve, args=(found, listening), daemon=True).start()
        yield found
        listening.shutdown(socket.SHUT_RDWR)


def _serve(found: Fake, listening: socket.socket) -> None:
    with suppress(OSError):
        while True:
            line, _ = listening.accept()
            threading.Thread(target=_meet, args=(found, line), daemon=True).start()


def _meet(found: Fake, line: socket.socket) -> None:
    with suppress(OSError), line:
        found.meets(line)


CONF = """
Foreground yes
DatabaseDirectory {folder}/signatures
LocalSocket {folder}/clamd
StreamMaxLength 1M
MaxFileSize 1M
AlertExceedsMax yes
MaxRecursion 3
"""


@contextmanager
def clamd() -> Iterator[str]:
    """The address of a real one. Its database is one signature, in hex, and so it starts at once."""
    program = shutil.which("clamd", path=os.environ["PATH"] + ":/usr/sbin")
    assert program, "missing: clamav-daemon (apt-get install clamav-daemon)"
    with TemporaryDirectory(prefix="clamd-") as made:
        folder = Path(made)
        folder.chmod(0o755)
        (folder / "signatures").mkdir()
        (folder / "signatures" / "eicar.ndb").write_text(f"Eicar-Test:0:*:{EICAR.hex()}\n")
        (folder / "conf").write_text(CONF.format(folder=folder))
        process = subprocess.Popen(
            [program, "-c", folder / "conf"], stdout=subprocess.DEVNULL, stderr=subprocess.STDOUT
        )
        try:
            end = time.monotonic() + 60
            while not (folder / "clamd").exists():
                assert process.poll() is None, "clamd ended"
                assert time.monotonic() < end
                time.sleep(0.05)
            yield f"unix:{folder / 'clamd'}"
        finally:
            process.kill()
            process.wait(10)
