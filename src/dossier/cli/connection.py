"""How commands reach the database: the one of DATABASE_URL, the running server's, or one started for the command."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import TypeVar

import psycopg

from dossier.cli.output import fail, refusals, say
from dossier.foundation.actor import system
from dossier.foundation.cipher import FILE as KEY_FILE
from dossier.foundation.cipher import Cipher
from dossier.foundation.database import Transaction
from dossier.foundation.postgres import PostgresError, connect_or_start
from dossier.migrations import NewerSchema, is_set_back, migrate, pending
from dossier.server.settings import BadSettings, Settings, load, overridden

T = TypeVar("T")

_POOLER = (
    "Between Dossier and PostgreSQL stands a pooler that drops the settings of a connection (PgBouncer in transaction mode does). "
    "With it statements would meet other statements' plans. Name PostgreSQL's own address in DATABASE_URL."
)
OPERATOR = system("cli", name="Operator")

_chosen: dict[str, Path] = {}


def choose_data_folder(folder: Path | None) -> None:
    """What `dossier --data-dir` says, before the environment."""
    if folder:
        _chosen["data_dir"] = folder


@cache
def settings() -> Settings:
    """The settings of this command; one that cannot be ends it with exit code 2."""
    try:
        return overridden(load(), **_chosen)
    except BadSettings as error:
        raise fail(str(error), 2) from None


@contextmanager
def database_url(*, migrated: bool = True, make: bool = False) -> Iterator[str]:
    """How its owner connects. An embedded database is migrated first, and made only if `make`; one of yours must have been."""
    try:
        with reached(migrated=migrated, make=make) as url:
            yield url
    except (PostgresError, NewerSchema) as error:
        raise fail(str(error)) from None
    except psycopg.OperationalError as error:
        raise fail(f"The database cannot be reached: {str(error).strip()}") from None


@contextmanager
def reached(*, migrated: bool = False, make: bool = False, seconds: float | None = None) -> Iterator[str]:
    """The same for who says themselves what is wrong: PostgresError, NewerSchema, OperationalError. A server's database that is not ready is waited for, `seconds` at most."""
    if url := settings().owner_database_url or settings().database_url:
        if migrated:
            raise_if_old_schema(url)
        yield url
        return
    with connect_or_start(settings().data_dir, say, make=make, seconds=seconds) as cluster:
        if migrated:
            migrate(cluster.conninfo, say)
        yield cluster.conninfo


def cipher() -> Cipher | None:
    """Under the key that a server started from here would have; None when there is none that can be read."""
    try:
        key = settings().secret_key or (settings().data_dir / KEY_FILE).read_text().strip()
    except OSError:
        return None
    return Cipher(key)


def raise_if_old_schema(url: str) -> None:
    if lacking := pending(url):
        raise fail(f"The database lacks {', '.join(lacking)}. Back it up, then run: dossier migrate")
    with psycopg.connect(url) as connection:
        if is_set_back(connection):
            raise fail(
                "The database was restored, and the order of what happens in it begins anew. Run: dossier migrate"
            )


def raise_if_unfit(url: str, connections: int) -> None:
    """Refuse a pooler that drops what we ask of a connection, and a server with too few connections."""
    try:
        with psycopg.connect(url, options="-c statement_timeout=30s -c default_transaction_read_only=on") as connection:
            kept = [
                connection.execute(f"SHOW {name}").fetchone()
                for name in ("statement_timeout", "default_transaction_read_only")
            ]
            row = connection.execute("SELECT current_setting('max_connections')::int").fetchone()
    except psycopg.OperationalError as error:
        if "unsupported startup parameter" in str(error):
            raise fail(_POOLER) from None
        raise
    if kept != [("30s",), ("on",)]:
        raise fail(_POOLER)
    if row and row[0] < connections:
        raise fail(
            f"The server may take {connections} connections, and PostgreSQL allows {row[0]}: lower DOSSIER_WORKERS or "
            "DOSSIER_MAX_CONNECTIONS, or raise max_connections there."
        )


def operate(work: Callable[[Transaction], Awaitable[T]]) -> T:
    """Do something in one transaction, as the operator of the server."""
    with database_url() as url, refusals():
        return asyncio.run(_write(url, work))


async def _write(url: str, work: Callable[[Transaction], Awaitable[T]]) -> T:
    from dossier.server.services import database_on  # noqa: PLC0415 - commands that change nothing do without

    database = database_on(url)
    await database.open()
    try:
        return await database.write(OPERATOR, work)
    finally:
        await database.close()
