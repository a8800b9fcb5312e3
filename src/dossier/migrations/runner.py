"""Runs the migrations that a database lacks, through Alembic, one runner at a time."""

import time
from collections.abc import Callable
from importlib.resources import as_file, files
from typing import Any

import psycopg

from dossier.migrations.order import put_order_up

Announce = Callable[[str], None]

LOCK = 4_127_202_601  # pg_advisory_lock key of whoever migrates
RETRY_SECONDS = 0.1  # seconds
LOCK_TIMEOUT = "10s"  # a migration waits so long for a table, then fails rather than stop the traffic behind it


def migrations() -> list[str]:
    """The names of all migrations, oldest first: `0001_content`, …"""
    folder = files("dossier.migrations.versions")
    names = (each.name for each in folder.iterdir())
    return sorted(name[1:].removesuffix(".py") for name in names if name.startswith("v") and name.endswith(".py"))


def head() -> str:
    """The name of the newest migration."""
    return migrations()[-1]


def before(name: str) -> str | None:
    """The migration that comes right before the named one: the order is that of the names, and only that."""
    return max((each for each in migrations() if each < name), default=None)


class NewerSchema(Exception):  # shown to the operator
    """A newer Dossier has migrated the database; this one does not know what it holds."""

    def __init__(self, found: str) -> None:
        super().__init__(
            f"The database is at {found}, which this Dossier does not know (it knows {head()}): "
            "a newer one has used it. Run that one, or restore a backup from before."
        )


def applied(connection: psycopg.Connection[Any]) -> str | None:
    """The migration that a database is at; None when it is empty."""
    exists = connection.execute("SELECT to_regclass('alembic_version') IS NOT NULL").fetchone()
    row = connection.execute("SELECT version_num FROM alembic_version").fetchone() if exists and exists[0] else None
    return row[0] if row else None


def pending(conninfo: str) -> list[str]:
    """The names of the migrations that a database lacks, oldest first; NewerSchema."""
    with psycopg.connect(conninfo) as connection:
        return _pending(connection)


def _pending(connection: psycopg.Connection[Any]) -> list[str]:
    present = applied(connection)
    if present is not None and present not in migrations():
        raise NewerSchema(present)
    return [name for name in migrations() if present is None or name > present]


def migrate(conninfo: str, announce: Announce) -> list[str]:
    """Bring a database to the newest schema; the names of the migrations that ran. Others wait meanwhile; NewerSchema."""
    with psycopg.connect(conninfo, autocommit=True) as guard:
        _take_lock(guard)
        lacking = _pending(guard)
        if lacking:
            announce(f"Migrating the database: {', '.join(lacking)}.")
            _upgrade(conninfo)
        put_order_up(guard)
        return lacking


def _take_lock(guard: psycopg.Connection[Any]) -> None:
    """Asked for again and again: who waits inside a statement holds a snapshot, which a concurrent index build waits for."""
    while not (row := guard.execute("SELECT pg_try_advisory_lock(%s)", (LOCK,)).fetchone()) or not row[0]:
        time.sleep(RETRY_SECONDS)


def _upgrade(conninfo: str) -> None:
    from alembic import command  # noqa: PLC0415 - it and SQLAlchemy cost a third of a second at every start
    from alembic.config import Config  # noqa: PLC0415

    with as_file(files("dossier.migrations")) as folder:
        config = Config()
        config.set_main_option("script_location", str(folder))
        config.attributes["conninfo"] = conninfo
        command.upgrade(config, "head")


def statements(name: str) -> str:
    """The SQL of a migration."""
    return files("dossier.migrations").joinpath(f"{name}.sql").read_text()
