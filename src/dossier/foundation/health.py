"""What must be well for the server to be well: one list, which readiness, metrics and the doctor read."""

import asyncio
import shutil
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from time import monotonic
from typing import Any, Literal

from dossier.foundation import jobs
from dossier.foundation.actor import SERVER
from dossier.foundation.cipher import Cipher, Unreadable
from dossier.foundation.database import Database
from dossier.foundation.outgoing import Mail, NotTaken
from dossier.foundation.postgres import lies_in
from dossier.foundation.scanner import NoVerdict, Scanner
from dossier.foundation.services import HealthLimits, MailServer, Services
from dossier.foundation.supervision import Task
from dossier.migrations import NewerSchema, head, migrations

Verdict = Literal["ok", "warn", "fail"]

SECONDS = 1.5  # that the database may take to answer; whoever asks waits no longer
MAX_WAIT = 120.0  # seconds that a due job, or a change that the search does not know, may wait
MAX_BULK_WAIT = 3600.0
MAX_WRITING = 60.0  # seconds that somebody may write before all that is kept meanwhile is told late
MAIL_SECONDS, MAIL_EVERY = 10.0, 60.0  # that the mail server may take to answer, and between two times that it is asked
SIGN_OF_LIFE = 20.0  # seconds without one of a worker, or of a server process
CLOCK_SECONDS = 2.0  # that our clock and the database's may differ

NAMES = ("database", "schema", "server", "worker", "jobs waiting", "jobs stuck", "jobs failed", "search", "events", "backup", "clock", "key", "disk", "proxy", "scanner", "mail")  # fmt: skip
"""The checks that there always are; beside them one for each supervised task of a process."""


@dataclass(frozen=True, slots=True)
class Check:
    """A part of the server: how it is (`warn`: requests go on), what there is to say, what was measured (seconds, bytes, how many)."""

    name: str
    verdict: Verdict
    says: str
    figure: float | None = None

    @property
    def well(self) -> bool:
        return self.verdict == "ok"


@dataclass(frozen=True, slots=True)
class Seen:
    """What the database answered, and when by our clock it was asked and had answered."""

    row: Mapping[str, Any]
    asked: datetime
    answered: datetime


# ---- a running server ----


async def ready(services: Services) -> Check:
    """Whether the database answers: all that requests need; never longer than two seconds."""
    found, _ = await _asked(services, "SELECT 1 AS one")
    return found


async def checks(services: Services) -> list[Check]:
    """All of a running server, its other processes' too, the database first; never longer than two seconds."""
    return (await look(services))[0]


async def look(services: Services) -> tuple[list[Check], list[Check]]:
    """The same, and those among them that only this process knows."""
    (database, seen), scanner = await asyncio.gather(_asked(services, STATE), scanner_check(services.scanner))
    own = [*process_checks(services, seen), scanner, mail_check(services)]
    if seen is None:
        return [database, *own], own
    others = [sign for sign in seen.row["signs"] or () if sign["id"] != str(services.process.id)]
    of_others = sign_checks(others, served=True)
    return worst([database, *database_checks(seen.row, services.health_limits), *own, *of_others]), own


async def _asked(services: Services, query: str) -> tuple[Check, Seen | None]:
    """Asked by a task that nobody waits for when it hangs; while it does, it is not asked again."""
    asking = services.process.asking.get(query)
    if asking is None or asking.done():
        asking = services.process.asking[query] = asyncio.create_task(_ask(services.database, query))
        asking.add_done_callback(lambda done: done.cancelled() or done.exception())  # nobody may be left to hear of it
    done, _ = await asyncio.wait({asking}, timeout=SECONDS)
    if not done:
        return Check("database", "fail", f"no answer within {SECONDS} s"), None
    if error := asking.exception():
        return Check("database", "fail", type(error).__name__), None
    return Check("database", "ok", "answers"), asking.result()


async def _ask(database: Database, query: Any) -> Seen:
    async with database.reading(SERVER) as reading:
        asked = database.clock()
        return Seen(await reading.one(query), asked, database.clock())


def process_checks(services: Services, seen: Seen | None) -> list[Check]:
    """What only a process itself knows: its tasks, its disk, its clock, its key."""
    found = [
        *disk_checks(services.health_limits),
        *map(_task, services.process.tasks),
        proxy_check(services.process.proxies.found),
    ]
    if seen:
        writing = services.process.writing.seconds(seen.row["oldest_writer"])
        found += [clock_check(seen), key_check(seen.row, services.cipher), _events(writing, None)]
    return found


def proxy_check(unnamed: Sequence[str]) -> Check:
    """Whether somebody speaks for others who is not believed: then all of them are one client to every limit."""
    if unnamed:
        says = f"{', '.join(unnamed)} forwards for others and is not believed, so that all people are one client; name it in DOSSIER_TRUSTED_PROXIES"
        return Check("proxy", "warn", says, len(unnamed))
    return Check("proxy", "ok", "nobody forwards who is not named", 0)


async def scanner_check(scanner: Scanner | None) -> Check:
    """Whether the virus scanner answers; while it does not, files wait."""
    if scanner is None:
        return Check("scanner", "ok", "none is set (DOSSIER_CLAMD)")
    try:
        return Check("scanner", "ok", await scanner.says(SECONDS))
    except NoVerdict as error:
        says = f"{scanner.address} does not answer ({error}), so that new files wait to be checked; start clamd"
        return Check("scanner", "warn", says)


def mail_check(services: Services) -> Check:
    """Whether the mail server takes e-mail, as far as was asked: once a minute, by a task that nobody waits for."""
    mail, known = services.outgoing.mail, services.process.mail
    if mail is None:
        return Check("mail", "ok", "none is set (DOSSIER_SMTP_URL): messages are kept in the outbox")
    if monotonic() >= known.again_at and (known.asking is None or known.asking.done()):
        known.again_at = monotonic() + MAIL_EVERY
        known.asking = asyncio.create_task(_ask_mail(mail, known))
    if known.refusal:
        return Check("mail", "warn", f"{known.refusal} Messages wait meanwhile; look at DOSSIER_SMTP_URL.")
    return Check("mail", "ok", known.says)


async def _ask_mail(mail: Mail, known: MailServer) -> None:
    try:
        async with asyncio.timeout(MAIL_SECONDS):
            known.says = await mail.says()
    except NotTaken as refusal:
        known.refusal = str(refusal.says)
    except (OSError, TimeoutError):
        known.refusal = "The mail server does not answer."
    else:
        known.refusal = ""


def _task(task: Task) -> Check:
    return Check(task.name, "ok" if task.well else "fail", task.says, task.lives)


# ---- what the database knows ----

STATE = f"""
SELECT clock_timestamp() AS now, (SELECT max(version_num) FROM alembic_version) AS schema,
       (SELECT extract(epoch FROM clock_timestamp() - min(at))::float FROM search_waiting) AS search,
       (SELECT extract(epoch FROM clock_timestamp() - min(since))::float
        FROM (SELECT xact_start AS since FROM pg_stat_activity WHERE backend_xid IS NOT NULL
              UNION ALL SELECT prepared FROM pg_prepared_xacts) AS writing) AS writing,
       (SELECT min(pid) FROM pg_stat_activity WHERE backend_xid IS NOT NULL AND xact_start =
         (SELECT min(xact_start) FROM pg_stat_activity WHERE backend_xid IS NOT NULL)) AS writer,
       (SELECT CASE WHEN pg_snapshot_xmin(s) < pg_snapshot_xmax(s) THEN pg_snapshot_xmin(s)::text END
        FROM pg_current_snapshot() AS s) AS oldest_writer,
       (SELECT extract(epoch FROM now() - max(at))::float FROM backups) AS backup,
       (SELECT extract(epoch FROM now() - since)::float FROM key_checks) AS used,
       (SELECT value FROM key_checks) AS key,
       (SELECT jsonb_agg(jsonb_build_object('id', id, 'process', process, 'checks', checks,
                                            'age', extract(epoch FROM clock_timestamp() - at)::float)) FROM server_signs) AS signs,
       jobs.*
FROM ({jobs.STATE}) AS jobs
"""  # noqa: S608 - of constants
"""One row: everything that checks are made of, with ages in seconds."""


def database_checks(row: Mapping[str, Any], limits: HealthLimits) -> list[Check]:
    """From a row of `STATE`, what is the same for every process."""
    return [
        _schema(row["schema"]),
        _limit("worker", row["heartbeat"], SIGN_OF_LIFE, "last sign of life {:.0f} s ago", "there is none"),
        *_job_checks(row),
        _limit("search", row["search"] or 0.0, MAX_WAIT, "the oldest change that it lacks is {:.0f} s old", verdict="warn"),
        _events(row["writing"], row["writer"]),
        _backup(row, limits),
    ]  # fmt: skip


def _job_checks(row: Mapping[str, Any]) -> Iterator[Check]:
    oldest, bulk = row["oldest"], row["oldest_bulk"]
    late = oldest > MAX_WAIT or bulk > MAX_BULK_WAIT
    says = f"{row['waiting']} wait, the oldest for {max(oldest, bulk):.0f} s"
    yield Check("jobs waiting", "fail" if late else "ok", says, max(oldest, bulk))
    stuck, failed = row["stuck"], row["failed"]
    says = f"{stuck} are under way and do not end; dossier jobs list shows them" if stuck else "none"
    yield Check("jobs stuck", "fail" if stuck else "ok", says, stuck)
    says = f"{failed} failed for good; dossier jobs list --failed shows them" if failed else "none"
    yield Check("jobs failed", "warn" if failed else "ok", says, failed)


def _limit(
    name: str, figure: float | None, limit: float, says: str, none: str = "", *, verdict: Verdict = "fail"
) -> Check:
    if figure is None:
        return Check(name, verdict, none)
    return Check(name, "ok" if figure <= limit else verdict, says.format(figure), figure)


def _events(writing: float | None, writer: int | None) -> Check:
    """Whether somebody writes for so long that what others keep meanwhile is not told to others (decision 43)."""
    if writing is None or writing <= MAX_WRITING:
        return Check("events", "ok", "nobody who writes holds them up", writing or 0.0)
    who = f"process {writer} of PostgreSQL" if writer else "somebody in this PostgreSQL"
    says = f"{who} has been writing for {writing:.0f} s, and what was kept meanwhile is told to nobody"
    remedy = f"SELECT pg_terminate_backend({writer})" if writer else "see pg_stat_activity and pg_prepared_xacts"
    return Check("events", "warn", f"{says}; if it does not end: {remedy}", writing)


def _schema(found: str | None) -> Check:
    if found == head():
        return Check("schema", "ok", f"the database is at {found}")
    if found in migrations():
        return Check("schema", "fail", f"the database is at {found} and lacks what follows; run: dossier migrate")
    return Check("schema", "fail", str(NewerSchema(str(found))))


def _backup(row: Mapping[str, Any], limits: HealthLimits) -> Check:
    """By `dossier backup`; a new database has as long for its first as between two."""
    if not limits.backup_hours:
        return Check("backup", "ok", "not looked at (DOSSIER_BACKUP_HOURS=0)")
    age, used = row["backup"], row["used"] or 0.0
    hours = (used if age is None else age) / 3600
    says = f"the last was made {hours:.0f} h ago" if age is not None else "none was made yet"
    late = hours > limits.backup_hours
    return Check("backup", "warn" if late else "ok", says + ("; run: dossier backup FOLDER" if late else ""), age)


# ---- what a process knows, and a command too ----


def disk_checks(limits: HealthLimits) -> Iterator[Check]:
    """Where the data folder lies, and the embedded database when that is elsewhere."""
    folders = [limits.folder, lies_in(limits.folder)] if limits.folder else []
    free = [(shutil.disk_usage(_existing(each)).free, each) for each in folders]
    if free:
        least, folder = min(free)
        low = least < limits.free_mb * 1e6
        says = f"{least / 1e9:.1f} GB free at {folder}" + ("; make room." if low else "")
        yield Check("disk", "fail" if low else "ok", says, least)


def _existing(folder: Path) -> Path:
    return next(each for each in (folder, *folder.absolute().parents) if each.exists())


def clock_check(seen: Seen) -> Check:
    """Ours against the database's: what both write must stand in one order."""
    now = seen.row["now"]
    apart = max(seen.asked - now, now - seen.answered, timedelta()).total_seconds()
    if apart > CLOCK_SECONDS:
        return Check("clock", "fail", f"this machine and the database differ by {apart:.0f} s; run NTP on both.", apart)
    return Check("clock", "ok", "this machine and the database agree", apart)


def key_check(row: Mapping[str, Any], cipher: Cipher | None) -> Check:
    """Whether it is the key that the database was used with; after a restore there may be none, or another."""
    if row["key"] is None:
        return Check("key", "ok", "the first start decides which it is")
    if cipher is None:
        return Check("key", "fail", "there is none, and the database was used with one; put it back (secret-key, or DOSSIER_SECRET_KEY)")  # fmt: skip
    try:
        cipher.decrypt(bytes(row["key"]))
    except Unreadable:
        return Check("key", "fail", "it is not the one that the database was used with: second factors cannot be read; put the right one back, or if it is lost: dossier key accept")  # fmt: skip
    return Check("key", "ok", "it is the one that the database was used with")


# ---- what server processes said of themselves ----


def sign_checks(signs: Iterable[Mapping[str, Any]], *, served: bool = False) -> list[Check]:
    """From `STATE`: whether a process gave up without a goodbye, and what those that live last said (`served`: we are one more)."""
    found, living, silent = list[Check](), int(served), list[str]()
    for sign in signs:
        if sign["age"] > SIGN_OF_LIFE:
            silent.append(f"{sign['process']} gave its last sign of life {sign['age']:.0f} s ago")
            continue
        living += 1
        for name, verdict, says, figure in sign["checks"]:
            where = says if verdict == "ok" else f"{says} ({sign['process']})"
            found.append(Check(name, verdict, where, figure))
    if silent:
        return [Check("server", "warn" if living else "fail", "; ".join(silent), living), *found]
    return [Check("server", "ok", f"{living} live", living), *found] if living else found


def worst(found: Iterable[Check]) -> list[Check]:
    """One of each name: the worst, in the order they came."""
    kept: dict[str, Check] = {}
    for each in found:
        if each.name not in kept or _RANK[each.verdict] > _RANK[kept[each.name].verdict]:
            kept[each.name] = each
    return list(kept.values())


_RANK: dict[Verdict, int] = {"ok": 0, "warn": 1, "fail": 2}
