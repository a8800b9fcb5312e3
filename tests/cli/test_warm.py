"""Of tests that were killed nothing goes on."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from tests.cli.served import Server, copy_migrated, data_folder, until
from tests.many import left_to_ci

HERE = Path(__file__).parents[2]
ORDERS = """
import json, sys, time
from tests.cli import warm
one = warm.start("serve", environment=json.loads(sys.argv[1]))
while "listens on" not in one.stderr.readline(): pass
print(one.pid, flush=True)
time.sleep(600)
"""


@pytest.mark.long
@left_to_ci("imports all of Dossier anew, starts a server, and kills who ordered it")
def test_a_server_ends_with_who_ordered_it() -> None:
    with data_folder() as folder:
        copy_migrated(folder)
        environment = Server(folder).environment()
        tests = subprocess.Popen(
            [sys.executable, "-c", ORDERS, json.dumps(environment)], stdout=subprocess.PIPE, text=True, cwd=HERE
        )
        assert tests.stdout
        server = psutil.Process(int(tests.stdout.readline()))
        waiting, database = server.parent(), Server(folder).postmaster()
        os.kill(tests.pid, signal.SIGKILL)
        tests.wait(10)
        until(lambda: not any(each.is_running() for each in (server, waiting) if each), 30)
        until(lambda: not psutil.pid_exists(database), 30)


LEAVES = """
import sys, time
from dossier.foundation.testing.leaving import also_when_killed
with also_when_killed('rm -r "$1"', sys.argv[1]):
    print("begun", flush=True)
    time.sleep(float(sys.argv[2]))
"""


@pytest.mark.parametrize("is_killed", [False, True])
def test_what_is_in_memory_goes_with_who_was_killed(tmp_path: Path, is_killed: bool) -> None:
    """And whoever ends by itself tidies up by itself."""
    (there := tmp_path / "folder").mkdir()
    seconds = "600" if is_killed else "0"
    command = [sys.executable, "-c", LEAVES, str(there), seconds]
    tests = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=HERE / "src")
    assert tests.stdout
    assert tests.stdout.readline() == "begun\n"
    if is_killed:
        tests.kill()
    tests.wait(10)
    if is_killed:
        until(lambda: not there.exists(), 30)
    assert there.exists() != is_killed
