"""What opens files cannot reach anything, and what becomes of it when it takes too much or never ends."""

import asyncio
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from dossier.foundation.workshop import asking
from dossier.foundation.workshop.asking import Died, Limits, Overdue, ask
from tests.workshop import samples

CONFINED = """
import os, sys
from dossier.foundation.workshop.confined import Limits, confine
confine(Limits(memory=500_000_000, processor=5, file=1000, programs={programs}))
import socket, subprocess
def tried(work):
    try:
        work()
    except (OSError, MemoryError) as error:
        return type(error).__name__
    return "done"
print(tried(lambda: socket.socket(socket.AF_INET)), tried(lambda: socket.socket(socket.AF_UNIX)),
      tried(lambda: subprocess.run(["/bin/true"], check=True)), tried(lambda: bytearray(600_000_000)),
      tried(lambda: open("large", "wb", buffering=0).write(bytes(1001)) == 1001 and 1 / 0))
"""


@pytest.mark.skipif(sys.platform != "linux", reason="Linux keeps it")
@pytest.mark.parametrize(("programs", "found"), [
    (False, "PermissionError PermissionError PermissionError MemoryError done"),
    (True, "PermissionError done done MemoryError done"),
])  # fmt: skip
def test_what_it_gives_up(tmp_path: Path, programs: bool, found: str) -> None:
    code = CONFINED.format(programs=programs)
    told = subprocess.run([sys.executable, "-I", "-c", code], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert told.stdout.strip() == found, told.stderr
    assert (tmp_path / "large").stat().st_size == 1000


def test_it_has_nothing_of_the_servers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://secret")
    assert not [name for name in asking._environment(tmp_path) if "DATABASE" in name or "DOSSIER" in name]
    assert asking._environment(tmp_path)["HOME"] == str(tmp_path)


def _ask(tmp_path: Path, order: dict[str, Any], **limits: Any) -> Any:
    return asyncio.run(ask(order, Limits(**limits), tmp_path))


@pytest.mark.long
def test_what_needs_too_much_memory_dies_and_says_so(tmp_path: Path) -> None:
    """An aborted allocation is the end of that process alone."""
    picture = tmp_path / "a.png"
    picture.write_bytes(samples.picture(5000, 5000))
    order = {
        "work": "draw",
        "file": str(picture),
        "type": "image/png",
        "first": 1,
        "last": 1,
        "sizes": [99],
        "to": str(tmp_path),
    }
    with pytest.raises(Died):
        _ask(tmp_path, order, memory=90_000_000)
    assert _ask(tmp_path, order, file=10**6)["page"] == 1


def test_what_never_ends_is_ended_and_leaves_no_process(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    begun: list[Any] = []
    make = asyncio.create_subprocess_exec

    async def endless(*_: str, **more: Any) -> Any:
        begun.append(await make(sys.executable, "-c", "import time; time.sleep(600)", **more))
        return begun[0]

    monkeypatch.setattr(asking.asyncio, "create_subprocess_exec", endless)
    since = time.monotonic()
    with pytest.raises(Overdue):
        _ask(tmp_path, {"work": "look", "file": "none"}, seconds=0.3)
    assert time.monotonic() - since < 20
    assert begun[0].returncode == -9


def test_what_says_nothing_has_died(tmp_path: Path) -> None:
    with pytest.raises(Died):
        _ask(tmp_path, {"work": "draw", "file": "none"})
