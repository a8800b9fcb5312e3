"""A log that cannot be written stops nothing: also one that nobody reads."""

import os
import threading
from pathlib import Path
from time import monotonic

import pytest

from dossier.foundation.logs import Unbreakable
from tests.cli.served import server
from tests.many import left_to_ci

LINE = "x" * 99 + "\n"


def test_a_pipe_that_nobody_reads_stops_nothing() -> None:
    """[R18] Lines are lost then; who reads again is told how many."""
    reading, writing = os.pipe()
    log = Unbreakable(os.fdopen(writing, "w", buffering=1))
    work = threading.Thread(target=lambda: [log.write(LINE) for _ in range(5000)], daemon=True)
    work.start()
    work.join(20)
    assert not work.is_alive()
    kept = os.read(reading, 1_000_000).decode()
    log.write("after\n")
    told, after = os.read(reading, 1_000_000).decode().splitlines()
    assert f'"lost":{5000 - kept.count(LINE)},' in told
    assert after == "after"


def test_a_file_takes_every_line(tmp_path: Path) -> None:
    with (tmp_path / "log").open("w") as file:
        log = Unbreakable(file)
        for _ in range(2000):
            log.write(LINE)
    assert (tmp_path / "log").read_text() == LINE * 2000


@left_to_ci(
    "fills the pipe of a real server's log", "foundation/test_logs.py::test_a_pipe_that_nobody_reads_stops_nothing"
)
@pytest.mark.long
def test_a_server_whose_log_nobody_reads_goes_on() -> None:
    """[R18] As under a supervisor that hangs."""
    with server() as one:
        one.start("--demo")
        with one.client() as client:
            began = monotonic()
            for _ in range(450):  # more lines than a pipe takes
                client.get("/v1/workspaces").raise_for_status()
        assert monotonic() - began < 60
