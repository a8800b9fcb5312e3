"""PostgreSQL's own programs, and what the tables of a database hold."""

import os
import subprocess
from contextlib import AbstractContextManager
from typing import Any

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict

from dossier.cli.output import fail, stderr
from dossier.foundation.postgres import binaries

_ENVIRONMENT = {"host": "PGHOST", "port": "PGPORT", "user": "PGUSER", "password": "PGPASSWORD", "dbname": "PGDATABASE"}


def busy(what: str) -> AbstractContextManager[Any]:
    return stderr().status(what)


def counts(connection: psycopg.Connection[Any]) -> dict[str, int]:
    """How many rows each table has, of those that are kept: an unlogged one is empty after a crash, and in no backup."""
    query = "SELECT relname FROM pg_class WHERE relpersistence = 'u' AND relnamespace = 'public'::regnamespace"
    passing = {row[0] for row in connection.execute(query)}
    return {name: _count(connection, name) for name in tables(connection) if name not in passing}


def _count(connection: psycopg.Connection[Any], table: str) -> int:
    row = connection.execute(sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(table))).fetchone()
    assert row
    number: int = row[0]
    return number


def tables(connection: psycopg.Connection[Any]) -> list[str]:
    rows = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1").fetchall()
    return [row[0] for row in rows]


def program(name: str, url: str, *arguments: str) -> None:
    """Run one of PostgreSQL's own programs on a database."""
    known = conninfo_to_dict(url)
    environment = {**os.environ, **{_ENVIRONMENT[key]: str(known[key]) for key in _ENVIRONMENT if key in known}}
    done = subprocess.run(
        [binaries.program(name), *arguments], env=environment, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise fail(f"{name}: {done.stderr.strip()[-2000:]}")
