"""What is measured on: a temporary database with cases, servers on it, and what asks them as fast as they answer."""

import json
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.resources import as_file, files
from pathlib import Path
from typing import IO, Any, LiteralString

import psutil
import psycopg

from dossier.bench import world
from dossier.bench.report import Result
from dossier.foundation.postgres import SERVING, Cluster, binaries, running_cluster
from dossier.migrations import grant, migrate
from dossier.tokens.model import hashed

SMALL = 10_000  # cases that every measure but the growth of pages is made on
MATCHES = 200  # cases that the filtered list finds, however many there are
SETTLED = 10.0  # seconds at most that the search is waited for, before something else is measured
_ROOM = "max_connections = 200\n"  # for pgbench beside two servers


@dataclass(frozen=True)
class Server:
    """A served Dossier: its port and its process."""

    port: int
    process: psutil.Process


@dataclass(frozen=True)
class Bed:
    """The database, what is in it, and a folder for files of a moment."""

    cluster: Cluster
    seeded: world.Seeded
    folder: Path

    @contextmanager
    def server(self, workers: int = 1, more: Mapping[str, str] | None = None) -> Iterator[Server]:
        """Served until the block ends; `more`: settings."""
        with serving({"DATABASE_URL": self.cluster.serving_conninfo, **(more or {})}, workers) as server:
            yield server

    def load(self, port: int, requests: Sequence[bytes], connections: int, seconds: float) -> Result:
        """What came of asking for so long."""
        with self.loading(port, requests, connections, seconds) as process:
            return result_of(process)

    @contextmanager
    def loading(
        self, port: int, requests: Sequence[bytes], connections: int, seconds: float
    ) -> Iterator["subprocess.Popen[str]"]:
        """Ask beside the block; `result_of` waits for it to end."""
        file = self.folder / f"requests-{time.monotonic_ns()}"
        file.write_text("\n".join(each.hex() for each in requests))
        arguments = (str(port), str(file), str(connections), str(seconds))
        command = [sys.executable, "-m", "dossier.bench.load", *arguments]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
            yield process
        file.unlink()

    def pgbench(self, connections: int, seconds: float) -> float:
        """The same update in plain SQL, a second. What it leaves to be indexed is nobody's work: not that of the server that is measured next."""
        rate = self._pgbench(connections, seconds)
        with psycopg.connect(self.cluster.conninfo, autocommit=True) as connection:
            connection.execute("DELETE FROM search_queue")
        return rate

    def _pgbench(self, connections: int, seconds: float) -> float:
        """For longer where so many connections do nothing in that time but begin."""
        with (
            as_file(files("dossier.bench").joinpath("baseline.sql")) as script,
            tempfile.TemporaryDirectory() as folder,
        ):
            readable = Path(folder) / "baseline.sql"
            readable.write_text(script.read_text())
            Path(folder).chmod(0o711)
            readable.chmod(0o644)
            values = {"cases": SMALL, "hash": hashed(self.seeded.large.token).hex(), "workspace": self.seeded.large.id}
            variables = [part for name, value in values.items() for part in ("-D", f"{name}={value}")]
            script_of = ("-f", str(readable), *variables)
            for longer in range(4):
                time_of = max(1, round(seconds)) * 2**longer
                callers = ("-c", str(connections), "-j", str(min(2, connections)), "-T", str(time_of))
                done = binaries.run(["pgbench", "-M", "prepared", "-n", *callers, *script_of], self.cluster.environment)
                if found := re.search(r"tps = ([1-9][0-9.]*)", done.stdout):
                    return float(found[1])
        raise RuntimeError(done.stdout)

    def row(self, query: LiteralString, *values: Any) -> Sequence[Any]:
        """The row of a statement, as the owner of the database; empty when there is none."""
        with psycopg.connect(self.cluster.conninfo, autocommit=True) as connection:
            return connection.execute(query, values).fetchone() or ()

    def move_in(self) -> None:
        """Have the pages of the cases as they are after some days of updates: not full to the brim, as those that were just copied."""
        with psycopg.connect(self.cluster.conninfo, autocommit=True) as connection:
            connection.execute("SET session_replication_role = replica")
            connection.execute("UPDATE cases SET updated_at = updated_at")
            connection.execute("VACUUM cases")

    def settle(self) -> None:
        """Wait until the search knows every change, or what follows would be measured beside it."""
        until = time.monotonic() + SETTLED
        while self.row("SELECT 1 FROM search_queue LIMIT 1") and time.monotonic() < until:
            time.sleep(0.1)


@contextmanager
def laid() -> Iterator[Bed]:
    """A temporary database with `SMALL` cases, with the settings of a served one."""
    with tempfile.TemporaryDirectory(prefix="dossier-bench-") as parent:
        folder = Path(parent)
        folder.chmod(0o711)  # PostgreSQL's account passes through when this runs as root
        with running_cluster(folder / "data", lambda _: None, _ROOM) as cluster:
            migrate(cluster.conninfo, lambda _: None)
            grant(cluster.conninfo, SERVING)
            bed = Bed(cluster, world.seed(cluster.conninfo), folder)
            world.seed_cases(cluster.conninfo, bed.seeded.large, 1, SMALL, SMALL // MATCHES)
            yield bed


@contextmanager
def serving(environment: Mapping[str, str], workers: int = 1) -> Iterator[Server]:
    """A server with these settings, until the block ends."""
    command = [sys.executable, "-m", "dossier", "serve", "--port", "0", "--workers", str(workers)]
    given = {**os.environ, "DOSSIER_LOG_FORMAT": "json", **environment}
    with (
        tempfile.TemporaryFile("w+") as log,
        subprocess.Popen(command, env=given, stdout=log, stderr=log) as process,
    ):
        try:
            yield Server(_port_of(process, log), psutil.Process(process.pid))
        finally:
            process.terminate()


def result_of(process: "subprocess.Popen[str]") -> Result:
    """What came of a load, once it has ended."""
    said, _ = process.communicate()
    return Result(**json.loads(said))


def ceiling(bed: Bed, requests: Sequence[bytes]) -> float:
    """Answers a second that the load takes from a server that does nothing."""
    command = [sys.executable, "-m", "dossier.bench.ceiling"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin
        assert process.stdout
        result = bed.load(int(process.stdout.readline()), requests, 16, 2)
        process.stdin.close()
    return result.per_second


def _port_of(process: "subprocess.Popen[bytes]", log: IO[str]) -> int:
    for _ in range(1000):
        log.seek(0)
        if found := re.search(r"listens on http://[^:]+:(\d+)", text := log.read()):
            time.sleep(1)  # with several workers the last ones are still coming up
            return int(found[1])
        if process.poll() is not None:
            raise RuntimeError(text)
        time.sleep(0.05)
    message = "the server did not start"
    raise RuntimeError(message)
