"""Nothing acknowledged is lost, nothing is half, and everything works again by itself, whatever is killed, held or full."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.cli.served import data_folder
from tests.faults import harness
from tests.faults.harness import MANY, TABLE, Faulty, Row, Storm

pytestmark = [pytest.mark.long, pytest.mark.timeout(1800 if MANY else 240)]

SMALL_MB = 300  # of the disk that is filled
KILLS = {
    "postmaster killed": harness.kill_postmaster,
    "backend killed": harness.kill_backend,
    "server killed": harness.kill_server,
    "server and database killed": harness.kill_both,
    "database stopped": harness.stop_fast,
    "database stopped at once": harness.stop_immediately,
}


@contextmanager
def storm(one: Faulty) -> Iterator[Storm]:
    try:
        one.begin_demo()
        with Storm(one).blowing() as blowing:
            yield blowing
    finally:
        if one.process and one.process.poll() is None:
            one.end()


def test_nothing_is_lost_when_servers_and_databases_are_killed() -> None:
    """[R1 R2 R4] Under six writers, in turn."""
    rounds = 66 if MANY else 12
    with data_folder() as folder, storm(Faulty(folder)) as blowing:
        for number in range(rounds):
            fault = list(KILLS)[number % len(KILLS)]
            blowing.survives(fault, KILLS[fault])
        if MANY:
            blowing.survives("database held for 60 s", harness.pause(60))


def test_worker_processes_held_databases_and_full_disks() -> None:
    """[R1 R2 R10 R18] A worker process is replaced; a database that does not go on for ten seconds is said to be so in time;
    with room again everything goes on, also where PostgreSQL had to end."""
    with small_disk() as (folder, is_small), storm(Faulty(folder / "data", "--workers", "2")) as blowing:
        for _ in range(10 if MANY else 5):
            blowing.survives("worker process killed", harness.kill_worker)
        blowing.survives("database held for 10 s", harness.pause(10))
        for fault, hurt in {"disk full": harness.fill_disk, "no room for the WAL": harness.fill_wal}.items():
            if not is_small:
                TABLE[fault] = Row(note="not possible here: who runs this may mount no small disk")
                continue
            for _ in range(3 if MANY else 1):
                blowing.survives(fault, hurt)


@contextmanager
def small_disk() -> Iterator[tuple[Path, bool]]:
    """A folder on a disk of its own that is small; without the right to make one, any folder."""
    with data_folder() as inside:
        folder = inside.parent
        mount = ["mount", "-t", "tmpfs", "-o", f"size={SMALL_MB}m,mode=711", "none", str(folder)]
        is_small = subprocess.run(mount, capture_output=True, check=False).returncode == 0
        try:
            yield folder, is_small
        finally:
            if is_small:
                subprocess.run(["umount", "-l", str(folder)], check=True)
