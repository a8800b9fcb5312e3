"""How commands reach the database: the one of DATABASE_URL, the running server's, or one started for the command."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import TypeVar

import psycopg

from dossier.app import REACTIONS
from dossier.cli.output import fail, refusals, say
from dossier.foundation.actor import Actor, Scope
from dossier.foundation.database import Database, Transaction
from dossier.foundation.postgres import PostgresError, reachable
from dossier.migrations import migrate, pending
from dossier.settings import BadSettings, Settings, load, overridden

T = TypeVar("T")

OPERATOR = Actor("system", None, "Operator", "cli", Scope(()))

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
def database_url(*, migrated: bool = True) -> Iterator[str]:
    """How to connect. An embedded database is migrated first; one of yours must have been."""
    try:
        if url := settings().database_url:
            if migrated:
                refuse_old_schema(url)
            yield url
            return
        with reachable(settings().data_dir, say) as cluster:
            if migrated:
                migrate(cluster.conninfo, say)
            yield cluster.conninfo
    except PostgresError as error:
        raise fail(str(error)) from None
    except psycopg.OperationalError as error:
        raise fail(f"The database cannot be reached: {str(error).strip()}") from None


def refuse_old_schema(url: str) -> None:
    if lacking := pending(url):
        raise fail(f"The database lacks {', '.join(lacking)}. Back it up, then run: dossier migrate")


def operate(work: Callable[[Transaction], Awaitable[T]]) -> T:
    """Do something in one transaction, as the operator of the server."""
    with database_url() as url, refusals():
        return asyncio.run(_write(url, work))


async def _write(url: str, work: Callable[[Transaction], Awaitable[T]]) -> T:
    database = Database(url, max_connections=2, reactions=REACTIONS)
    await database.open()
    try:
        return await database.write(OPERATOR, work)
    finally:
        await database.close()
