"""`dossier doctor`: what is wrong with this server, and what to do."""

import asyncio
import imaplib
import os
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any, Literal

import psycopg
import typer
from psycopg.rows import dict_row

from dossier.cli.connection import cipher, reached, settings
from dossier.cli.output import JSON, fail, show, stdout
from dossier.foundation import health
from dossier.foundation.health import Check, Seen
from dossier.foundation.outbound import ForbiddenAddress
from dossier.foundation.outgoing import NotTaken, Outgoing
from dossier.foundation.postgres import SERVING, NotReady, PostgresError
from dossier.foundation.services import HealthLimits
from dossier.foundation.text import nearest
from dossier.migrations import NewerSchema, may_too_much, pending, user_of
from dossier.server.settings import options, settings_file

OLDEST = 15  # major version of PostgreSQL
DURABLE = ("fsync", "full_page_writes", "synchronous_commit")
SECONDS = 5  # that the database may take to be reached
OF_SERVERS = ("worker", "jobs waiting", "search")  # what nobody does while no server runs

_SIGNS = {"ok": "[green]ok[/]", "hint": "[blue]hint[/]", "warn": "[yellow]warn[/]", "fail": "[red]fail[/]"}


@dataclass(frozen=True, slots=True)
class Finding:
    """What was looked at, how it is, and what to do if it is not well; a hint is no fault."""

    about: str
    verdict: Literal["ok", "hint", "warn", "fail"]
    says: str


def doctor(as_json: Annotated[bool, JSON] = False) -> None:
    """Look at the database, its durability, schema, disk, clock, key, jobs, backups, and at the servers that run. Exit code 1 if something is not well."""
    found = findings()
    if as_json:
        show([asdict(each) for each in found], (), as_json=True)
    else:
        for each in found:
            stdout().print(f"{_SIGNS[each.verdict]:<4} [bold]{each.about}[/]: {each.says}", soft_wrap=True)
    if any(each.verdict in ("warn", "fail") for each in found):
        raise typer.Exit(1)


def findings() -> list[Finding]:
    """All that the doctor finds, well or not."""
    return [*_settings(), *_found(), *_outgoing()]


def _settings() -> Iterator[Finding]:
    known = {option.name for _, option, _ in options()} | {"DOSSIER_ENV_FILE"}
    secret = {f"{option.name}_FILE" for _, option, _ in options() if option.secret}
    unknown = [
        name for name in {**settings_file(), **os.environ} if name.startswith("DOSSIER_") and name not in known | secret
    ]
    for name in unknown:
        guess = nearest(name, known)
        hint = f"did you mean {guess}?" if guess else "docs/reference/settings.md lists those that do."
        yield Finding("settings", "hint", f"{name} has no meaning; {hint}")
    for name in secret & os.environ.keys():
        if Path(os.environ[name]).stat().st_mode & 0o077:
            yield Finding("settings", "fail", f"others can read {os.environ[name]}; run: chmod 600 {os.environ[name]}")
    if not unknown:
        yield Finding("settings", "ok", "every DOSSIER_ variable is known")


def _outgoing() -> Iterator[Finding]:
    """Whether what carries messages to people takes them: asked without sending any."""
    from dossier.server.services import outgoing_of  # noqa: PLC0415 - as other commands do

    outgoing = outgoing_of(settings())
    for about, set_by, found in (("mail", "DOSSIER_SMTP_URL", outgoing.mail), ("sms", "DOSSIER_SMS_URL", outgoing.sms)):
        if found is None:
            yield Finding(about, "ok", f"none is set ({set_by}): messages are kept in the outbox")
            continue
        try:
            yield Finding(about, "ok", asyncio.run(found.says()))
        except NotTaken as refusal:
            yield Finding(about, "fail", f"{refusal.says} Look at {set_by}.")
    yield from _intake(outgoing)


def _intake(outgoing: Outgoing) -> Iterator[Finding]:
    """Whether the operator's mailbox lets us in: asked without reading any."""
    if outgoing.domain and not (outgoing.mailbox or outgoing.door):
        yield Finding("intake", "warn", "nothing answers at DOSSIER_MAIL_DOMAIN: set DOSSIER_MAIL_INTAKE")
    if outgoing.mailbox is None:
        return
    try:
        yield Finding("intake", "ok", f"{outgoing.mailbox.host} lets us in: {asyncio.run(outgoing.mailbox.says())}")
    except (OSError, imaplib.IMAP4.error, ForbiddenAddress) as error:
        yield Finding(
            "intake", "fail", f"the mailbox does not answer ({type(error).__name__}). Look at DOSSIER_MAIL_INTAKE."
        )


def _limits() -> HealthLimits:
    chosen = settings()
    return HealthLimits(chosen.data_dir, chosen.disk_free_mb, chosen.backup_hours)


def _found() -> Iterator[Finding]:
    """What the database tells, and beside it our own disk; a database that is away is a finding too."""
    disk = list(health.disk_checks(_limits()))
    try:
        with (
            reached(seconds=SECONDS) as url,
            psycopg.connect(url, autocommit=True, connect_timeout=SECONDS) as connection,
        ):
            connection.execute("SET statement_timeout = '10s'")
            found = [
                *_database(connection),
                *_durability(connection),
                *_role(url, connection),
                *_shared(url, connection, disk),
                *_index(connection),
                *_address(connection),
            ]
    except (psycopg.OperationalError, NotReady) as error:
        found = [Finding("database", "fail", f"it cannot be reached: {str(error).strip()}"), *map(_finding, disk)]
    except PostgresError as error:
        raise fail(str(error)) from None
    yield from found


def _finding(check: Check) -> Finding:
    return Finding(check.name, check.verdict, check.says)


def _database(connection: psycopg.Connection[Any]) -> Iterator[Finding]:
    major = connection.info.server_version // 10_000
    encoding = _value(connection, "SHOW server_encoding")
    if major < OLDEST:
        yield Finding("database", "fail", f"PostgreSQL {major} is too old; use {OLDEST} or newer.")
    elif encoding != "UTF8":
        yield Finding("database", "fail", f"its encoding is {encoding}; make a database with encoding UTF8.")
    else:
        yield Finding("database", "ok", f"PostgreSQL {major} answers")


def _durability(connection: psycopg.Connection[Any]) -> Iterator[Finding]:
    off = [name for name in DURABLE if _value(connection, f"SHOW {name}") != "on"]
    for name in off:
        yield Finding("durability", "fail", f"{name} is not on: a crash can lose what was acknowledged; turn it on.")
    if not off:
        yield Finding("durability", "ok", f"{', '.join(DURABLE)} are on")
    if _value(connection, "SHOW data_checksums") != "on":
        yield Finding("durability", "hint", "data checksums are off; pg_checksums --enable turns them on.")


def _role(url: str, connection: psycopg.Connection[Any]) -> Iterator[Finding]:
    """Whether who serves can do more than serve; the embedded database has a role for that."""
    role = user_of(settings().database_url or "") or (SERVING if not settings().database_url else user_of(url))
    powers = may_too_much(connection, role or "")
    if powers:
        says = f"{role}, which serves, {powers}: name a role that only serves in DATABASE_URL, and the owner in DOSSIER_OWNER_DATABASE_URL"
        yield Finding("role", "hint", f"{says} (docs/guide/production.md)")
    else:
        yield Finding("role", "ok", f"{role or 'who serves'} can do no more than serve")


# ---- the list that servers have too ----


def _shared(url: str, connection: psycopg.Connection[Any], disk: list[Check]) -> Iterator[Finding]:
    """As `/readyz?verbose` and `/metrics` see it: what the database knows, and what each server process last said of itself."""
    says = "its tables are not as this Dossier knows them"
    try:
        if lacking := pending(url):
            yield Finding("schema", "fail", f"the database lacks {', '.join(lacking)}; run: dossier migrate")
            return
    except NewerSchema as newer:
        says = str(newer)
    try:
        seen = _seen(connection)
    except psycopg.ProgrammingError:
        yield Finding("schema", "fail", says)
    else:
        yield from _judged(seen, disk)


def _seen(connection: psycopg.Connection[Any]) -> Seen:
    with connection.cursor(row_factory=dict_row) as cursor:
        asked = datetime.now(UTC)
        row = cursor.execute(health.STATE).fetchone()
    assert row
    return Seen(row, asked, datetime.now(UTC))


def _judged(seen: Seen, disk: list[Check]) -> Iterator[Finding]:
    of_servers = health.sign_checks(seen.row["signs"] or ())
    key = [] if any(each.name == "key" for each in of_servers) else [health.key_check(seen.row, cipher())]
    scanner = [] if any(each.name == "scanner" for each in of_servers) else [_scanner()]
    own = [*disk, health.clock_check(seen), *key, *scanner]
    for check in health.worst([*health.database_checks(seen.row, _limits()), *own, *of_servers]):
        if check.name == "mail":  # the doctor asks the mail server itself
            continue
        if of_servers or check.name not in OF_SERVERS or check.well:
            yield _finding(check)
    if not of_servers:
        yield Finding("server", "hint", "no server runs, so nobody works on jobs")


def _scanner() -> Check:
    from dossier.server.services import scanner_of  # noqa: PLC0415 - as other commands do

    return asyncio.run(health.scanner_check(scanner_of(settings())))


# ---- what takes longer ----


_SAYS_ADDRESSES = """
SELECT EXISTS (SELECT FROM webhooks) OR EXISTS (SELECT FROM files WHERE scope = 'public' AND erased_at IS NULL)
"""


def _address(connection: psycopg.Connection[Any]) -> Iterator[Finding]:
    """Whether others were told an address of this server that holds only as long as it listens there."""
    if settings().base_url or _value(connection, "SELECT to_regclass('webhooks') IS NULL"):
        return
    if _value(connection, _SAYS_ADDRESSES):
        says = "webhooks are signed with, and public files found under, the address that the server listens on; set DOSSIER_BASE_URL"
        yield Finding("address", "warn", says)


_UNINDEXED = """
SELECT count(*) FROM ((SELECT * FROM cases ORDER BY id LIMIT 1000) UNION (SELECT * FROM cases ORDER BY id DESC LIMIT 1000)) AS c
JOIN indexed_fields i ON i.workspace_id = c.workspace_id AND i.ready
WHERE jsonb_typeof(c.data -> i.field) IN ('string', 'number', 'boolean') AND NOT EXISTS
  (SELECT FROM case_field_values v WHERE v.workspace_id = c.workspace_id AND v.case_id = c.id AND v.field = i.field)
"""


def _index(connection: psycopg.Connection[Any]) -> Iterator[Finding]:
    """Whether the first and the last thousand cases are in the index with what they hold."""
    if _value(connection, "SELECT to_regclass('indexed_fields') IS NULL"):
        return
    lacking = _value(connection, _UNINDEXED)
    if lacking:
        repair = "UPDATE indexed_fields SET ready = false makes the server index everything anew."
        yield Finding("index", "fail", f"{lacking} values are missing from the index, so filters miss cases; {repair}")
    else:
        yield Finding("index", "ok", "a sample of the cases is in it")


def _value(connection: psycopg.Connection[Any], query: str) -> Any:
    row = connection.execute(query).fetchone()
    assert row
    return row[0]
