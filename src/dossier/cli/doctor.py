"""`dossier doctor`: what is wrong with this server, and what to do."""

import os
import shutil
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any, Literal

import psycopg
import typer

from dossier.cli.connection import database_url, settings
from dossier.cli.output import JSON, show, stdout
from dossier.foundation.text import nearest
from dossier.migrations import head, pending
from dossier.settings import options

OLDEST = 15  # major version of PostgreSQL
DURABLE = ("fsync", "full_page_writes", "synchronous_commit")
CLOCK_SECONDS = 2  # that our clock and the database's may differ
FREE_GB = 1

_SIGNS = {"ok": "[green]ok[/]", "warn": "[yellow]warn[/]", "fail": "[red]fail[/]"}


@dataclass(frozen=True, slots=True)
class Finding:
    """What was looked at, how it is, and what to do if it is not well."""

    about: str
    verdict: Literal["ok", "warn", "fail"]
    says: str


def doctor(as_json: Annotated[bool, JSON] = False) -> None:
    """Look at the database, its durability, migrations, disk, clock and settings. Exit code 1 if something is wrong."""
    findings = [*_settings(), *_disk()]
    with database_url(migrated=False) as url, psycopg.connect(url, autocommit=True) as connection:
        findings += [*_database(connection), *_durability(connection), *_migrations(url), *_clock(connection)]
    if as_json:
        show([asdict(each) for each in findings], (), as_json=True)
    else:
        for each in findings:
            stdout.print(f"{_SIGNS[each.verdict]:<4} [bold]{each.about}[/]: {each.says}", soft_wrap=True)
    if any(each.verdict == "fail" for each in findings):
        raise typer.Exit(1)


def _settings() -> Iterator[Finding]:
    known = {option.name for _, option, _ in options()}
    secret = {f"{option.name}_FILE" for _, option, _ in options() if option.secret}
    unknown = [name for name in os.environ if name.startswith("DOSSIER_") and name not in known | secret]
    for name in unknown:
        guess = nearest(name, known)
        hint = f"did you mean {guess}?" if guess else "docs/reference/settings.md lists those that do."
        yield Finding("settings", "warn", f"{name} has no meaning; {hint}")
    for name in secret & os.environ.keys():
        if Path(os.environ[name]).stat().st_mode & 0o077:
            yield Finding("settings", "fail", f"others can read {os.environ[name]}; run: chmod 600 {os.environ[name]}")
    if not unknown:
        yield Finding("settings", "ok", "every DOSSIER_ variable is known")


def _disk() -> Iterator[Finding]:
    folder = settings().data_dir
    existing = next(each for each in (folder, *folder.absolute().parents) if each.exists())
    free = shutil.disk_usage(existing).free / 1e9
    low = free < FREE_GB
    yield Finding("disk", "fail" if low else "ok", f"{free:.1f} GB free at {folder}" + ("; make room." if low else ""))


def _database(connection: psycopg.Connection[Any]) -> Iterator[Finding]:
    major = connection.info.server_version // 10_000
    if major < OLDEST:
        yield Finding("database", "fail", f"PostgreSQL {major} is too old; use {OLDEST} or newer.")
    else:
        yield Finding("database", "ok", f"PostgreSQL {major} answers")
    encoding = _value(connection, "SHOW server_encoding")
    if encoding != "UTF8":
        yield Finding("database", "fail", f"its encoding is {encoding}; make a database with encoding UTF8.")


def _durability(connection: psycopg.Connection[Any]) -> Iterator[Finding]:
    off = [name for name in DURABLE if _value(connection, f"SHOW {name}") != "on"]
    for name in off:
        yield Finding("durability", "fail", f"{name} is not on: a crash can lose what was acknowledged; turn it on.")
    if not off:
        yield Finding("durability", "ok", f"{', '.join(DURABLE)} are on")
    if _value(connection, "SHOW data_checksums") != "on":
        yield Finding("durability", "warn", "data checksums are off; pg_checksums --enable turns them on.")


def _migrations(url: str) -> Iterator[Finding]:
    if lacking := pending(url):
        yield Finding("migrations", "fail", f"the database lacks {', '.join(lacking)}; run: dossier migrate")
    else:
        yield Finding("migrations", "ok", f"the database is at {head()}")


def _clock(connection: psycopg.Connection[Any]) -> Iterator[Finding]:
    apart = abs((_value(connection, "SELECT clock_timestamp()") - datetime.now(UTC)).total_seconds())
    if apart > CLOCK_SECONDS:
        yield Finding("clock", "fail", f"this machine and the database differ by {apart:.0f} s; run NTP on both.")
    else:
        yield Finding("clock", "ok", "this machine and the database agree")


def _value(connection: psycopg.Connection[Any], query: str) -> Any:
    row = connection.execute(query).fetchone()
    assert row
    return row[0]
