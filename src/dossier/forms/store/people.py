"""People outside who look at all that is asked of them: codes, sessions, what is counted, and the forms of an address."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from dossier.forms.model.person import MOST, Gathered, Person
from dossier.forms.store.collection import NEWEST, READ, form_of
from dossier.foundation.database import ReadSession, Row, Transaction

_OF = "workspace_id = %(workspace)s AND workspace_id = ANY(%(scope)s)"


@dataclass(frozen=True, slots=True)
class OpenWorkspace:
    """What a page says of a workspace to whoever asks."""

    id: UUID
    time_zone: str
    working_time: Mapping[str, Any] | None


async def workspace_by(reading: ReadSession, slug: str) -> OpenWorkspace | None:
    """The workspace of that name, whoever asks."""
    row = await reading.whole().first(
        "SELECT id, time_zone, working_time FROM workspaces WHERE slug = %(slug)s", slug=slug
    )
    return OpenWorkspace(**row) if row else None


async def lock(transaction: Transaction, address: str) -> None:
    """Keep others from counting for the address until the end of the transaction."""
    await transaction.send("SELECT pg_advisory_xact_lock(hashtextextended(%(address)s, 20))", address=address)


async def count(
    transaction: Transaction, workspace_id: UUID, what: str, subject: str, since: datetime, by: int = 1
) -> int:
    """So many more from then on; how many there are with it."""
    row = await transaction.one(
        """
        INSERT INTO person_counts AS c (workspace_id, what, subject, since, count)
        VALUES (%(workspace)s, %(what)s, %(subject)s, %(since)s, greatest(%(by)s, 0))
        ON CONFLICT (workspace_id, what, subject, since) DO UPDATE SET count = greatest(c.count + %(by)s, 0) RETURNING count
        """,
        workspace=workspace_id,
        what=what,
        subject=subject,
        since=since,
        by=by,
    )
    return int(row["count"])


async def asked(reading: ReadSession, workspace_id: UUID, addresses: list[str], since: datetime) -> tuple[int, int]:
    """How many codes were asked for here, and here and at forms together, for an address (by its seals) since then."""
    row = await reading.one(
        f"""
        SELECT here, here + (SELECT count(*) FROM form_codes WHERE {_OF} AND address = ANY(%(addresses)s)
                               AND sent_at > %(since)s) AS in_all
        FROM (SELECT count(*) AS here FROM person_codes WHERE {_OF} AND address = ANY(%(addresses)s) AND sent_at > %(since)s) p
        """,
        workspace=workspace_id,
        addresses=addresses,
        since=since,
    )
    return row["here"], row["in_all"]


async def put_code(
    transaction: Transaction,
    person: Person,
    hash: bytes,
    address: str,
    sent_to: bytes,
    locale: str,
    expires_at: datetime,
) -> None:
    """A code is asked for by a browser; there is none yet."""
    await transaction.send(
        """
        INSERT INTO person_codes (workspace_id, hash, address, sent_to, locale, code, sent_at, expires_at, tries)
        VALUES (%(workspace)s, %(hash)s, %(address)s, %(sent_to)s, %(locale)s, '', %(now)s, %(ends)s, 0)
        """,
        workspace=person.workspace_id,
        hash=hash,
        address=address,
        sent_to=sent_to,
        locale=locale,
        now=transaction.clock(),
        ends=expires_at,
    )


@dataclass(frozen=True, slots=True)
class KeptCode:
    """A code that a browser asked for. `sent_to`: the address, encrypted; `code` is sealed, and empty until it is sent."""

    sent_to: bytes
    address: str
    locale: str
    code: str
    expires_at: datetime
    tries: int


_CODE = "sent_to, address, locale, code, expires_at, tries"


async def code(reading: ReadSession, workspace_id: UUID, hash: bytes) -> KeptCode | None:
    """What a browser asked for."""
    row = await reading.first(
        f"SELECT {_CODE} FROM person_codes WHERE {_OF} AND hash = %(hash)s",
        workspace=workspace_id,
        hash=hash,
    )
    return _kept_code(row)


async def lock_code(transaction: Transaction, workspace_id: UUID, hash: bytes) -> KeptCode | None:
    """The same, to be sent."""
    row = await transaction.first(
        f"SELECT {_CODE} FROM person_codes WHERE {_OF} AND hash = %(hash)s FOR UPDATE",
        workspace=workspace_id,
        hash=hash,
    )
    return _kept_code(row)


def _kept_code(row: Row | None) -> KeptCode | None:
    return KeptCode(**row | {"sent_to": bytes(row["sent_to"])}) if row else None


async def set_code(transaction: Transaction, workspace_id: UUID, hash: bytes, code: str) -> None:
    """The code that is being sent."""
    await transaction.send(
        f"UPDATE person_codes SET code = %(code)s WHERE {_OF} AND hash = %(hash)s",
        workspace=workspace_id,
        hash=hash,
        code=code,
    )


async def try_code(transaction: Transaction, workspace_id: UUID, hash: bytes, most: int) -> KeptCode | None:
    """What the code is that can be entered now, which is tried by this; None where there is none, or it was tried too often."""
    row = await transaction.first(
        f"""
        UPDATE person_codes SET tries = tries + 1 WHERE {_OF} AND hash = %(hash)s AND expires_at > %(now)s AND tries < %(most)s
        RETURNING {_CODE}
        """,
        workspace=workspace_id,
        hash=hash,
        now=transaction.clock(),
        most=most,
    )
    return _kept_code(row)


async def begin(transaction: Transaction, workspace_id: UUID, hash: bytes, sent_to: bytes, ends: datetime) -> None:
    """A session, from now on."""
    await transaction.send(
        """
        INSERT INTO person_sessions (workspace_id, hash, sent_to, created_at, expires_at)
        VALUES (%(workspace)s, %(hash)s, %(sent_to)s, %(now)s, %(ends)s)
        """,
        workspace=workspace_id,
        hash=hash,
        sent_to=sent_to,
        now=transaction.clock(),
        ends=ends,
    )


async def session(reading: ReadSession, workspace_id: UUID, hash: bytes, now: datetime) -> bytes | None:
    """The address, encrypted, of whoever came in with that session."""
    row = await reading.first(
        f"SELECT sent_to FROM person_sessions WHERE {_OF} AND hash = %(hash)s AND expires_at > %(now)s",
        workspace=workspace_id,
        hash=hash,
        now=now,
    )
    return bytes(row["sent_to"]) if row else None


async def end(transaction: Transaction, workspace_id: UUID, hash: bytes) -> None:
    """What a browser holds holds no more, nor do the sessions of forms that it opened with it."""
    for table, column in (("person_codes", "hash"), ("person_sessions", "hash"), ("form_sessions", "person")):
        await transaction.send(
            f"DELETE FROM {table} WHERE {_OF} AND {column} = %(hash)s",
            workspace=workspace_id,
            hash=hash,
        )


async def forms_of(reading: ReadSession, person: Person, now: datetime, since: datetime) -> list[Gathered]:
    """What asks the person and can be answered now, what ends first at the top; behind it what was answered since then."""
    at = "f.email_folded = %(address)s" if person.channel == "email" else "f.phone = %(address)s"
    rows = await reading.all(
        f"""
        SELECT {READ}, coalesce({_open("true")}, false) AS begun, coalesce({_open("r.asked IS NOT NULL")}, false) AS again
        FROM forms f JOIN workspaces w ON w.id = f.workspace_id
        WHERE f.workspace_id = %(workspace)s AND f.workspace_id = ANY(%(scope)s) AND {at} AND NOT f.internal
          AND f.archived_at IS NULL AND f.expired_at IS NULL AND f.active_from <= %(now)s
          AND ((f.status = 'pending' AND (f.active_until IS NULL OR f.active_until > %(now)s))
            OR (f.status IN ('completed', 'processed') AND {NEWEST.format("completed_at")} > %(since)s))
        ORDER BY f.status = 'pending' DESC, f.active_until, f.created_at, f.id LIMIT %(most)s
        """,
        workspace=person.workspace_id,
        address=person.folded if person.channel == "email" else person.address,
        now=now,
        since=since,
        most=MOST,
    )
    found = [Gathered(begun=row.pop("begun"), again=row.pop("again"), form=form_of(row)) for row in rows]
    return [each for each in found if person.is_asked(each.form)]


def _open(what: str) -> str:
    """SQL of whether the newest response of a form is being answered, and that."""
    return (
        f"(SELECT r.completed_at IS NULL AND r.declined_at IS NULL AND {what} FROM form_responses r"
        " WHERE r.workspace_id = f.workspace_id AND r.workspace_id = ANY(%(scope)s) AND r.form_id = f.id ORDER BY r.number DESC LIMIT 1)"
    )


async def forget_old(transaction: Transaction, before: datetime) -> None:
    """Sessions, codes and counts that have not held since then go, of every workspace."""
    for table, column in (
        ("person_sessions", "expires_at"),
        ("person_codes", "expires_at"),
        ("person_counts", "since"),
    ):
        await transaction.send(
            f"DELETE FROM {table} p USING workspaces w WHERE p.workspace_id = w.id AND p.{column} < %(before)s",
            before=before,
        )
