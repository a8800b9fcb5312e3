"""A database for tests: an embedded cluster of the test run, or a server that is named; one database for each process."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from psycopg import sql
from psycopg.conninfo import make_conninfo

from dossier.foundation.identifiers import new_id
from dossier.foundation.postgres import running_cluster
from dossier.foundation.testing.leaving import also_when_killed
from dossier.migrations import grant, migrate

# Only for clusters of tests: nothing of theirs must survive a crash.
_CARELESS = "fsync = off\nfull_page_writes = off\nsynchronous_commit = off\nmax_connections = 500\n"
TEMPLATE = "dossier_migrated"
SERVING = "dossier_tests_app"  # the role that servers under test are, as in production no superuser and no owner
_PASSWORD = "serving"  # noqa: S105 - of a role that may touch databases of tests only


_ROOM = 4 << 30  # bytes that must be free in memory's own file system for databases of tests to lie there


def in_memory() -> str | None:
    """Where files of tests take a third of the time that they take on a disk: for mkdtemp(dir=…). None where there is no such place."""
    shared = Path("/dev/shm")  # noqa: S108 - what is made there has a name that nobody guesses
    return str(shared) if shared.is_dir() and shutil.disk_usage(shared).free > _ROOM else None


def _quietly(_sentence: str) -> None:
    return None


@contextmanager
def cluster() -> Iterator[str]:
    """How to connect to a running cluster with a migrated database to copy; all of it is gone afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="dossier-tests-", dir=in_memory()))
    folder.chmod(0o711)  # PostgreSQL's account passes through when tests run as root
    try:
        with running_cluster(folder, _quietly, _CARELESS) as running:
            process = (running.data / "postmaster.pid").read_text().split("\n")[0]
            with also_when_killed('kill -QUIT "$1"; sleep 1; rm -rf "$2"', process, str(folder)):
                prepare(running.conninfo)
                yield running.conninfo
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def prepare(server: str) -> None:
    """Make the database that others are copied from."""
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {}").format(sql.Identifier(TEMPLATE)))
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(TEMPLATE)))
        if not connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", (SERVING,)).fetchone():
            connection.execute(f"CREATE ROLE {SERVING} LOGIN PASSWORD '{_PASSWORD}'")
    template = make_conninfo(server, dbname=TEMPLATE)
    migrate(template, _quietly)
    grant(template, SERVING)


def serving(url: str) -> str:
    """How a server connects to a database of tests: as the role that only serves."""
    return make_conninfo(url, user=SERVING, password=_PASSWORD)


@contextmanager
def database(server: str) -> Iterator[str]:
    """How to connect to a migrated database of one's own."""
    name = f"test_{new_id().hex}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(
            sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY FILE_COPY").format(  # a sixth of the time of the default
                sql.Identifier(name), sql.Identifier(TEMPLATE)
            )
        )
        try:
            yield make_conninfo(server, dbname=name)
        finally:
            connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))
