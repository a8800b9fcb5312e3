"""Who comes in to a form: sessions, codes and what was entered wrongly; each limit is counted in a statement of its own."""

from datetime import datetime
from uuid import UUID

from dossier.forms.model import Form
from dossier.forms.model.access import Entry, Inside
from dossier.foundation.database import ReadSession, Transaction

_OF_FORM = "workspace_id = %(workspace)s AND workspace_id = ANY(%(scope)s) AND form_id = %(form)s AND link = %(link)s"


async def entry(reading: ReadSession, form: Form, session: bytes | None, now: datetime) -> Entry:
    """What is known of who stands before the form with that session, in one statement."""
    row = await reading.one(
        f"""
        SELECT (SELECT expires_at FROM form_sessions WHERE {_OF_FORM} AND hash = %(hash)s AND expires_at > %(now)s) AS inside,
               (SELECT wrong FROM form_entries WHERE {_OF_FORM}) AS wrong, c.expires_at, c.tries
        FROM (SELECT) one LEFT JOIN LATERAL
             (SELECT expires_at, tries FROM form_codes WHERE {_OF_FORM} AND code <> '' ORDER BY sent_at DESC, id DESC LIMIT 1) c ON true
        """,
        workspace=form.workspace_id,
        form=form.id,
        link=form.link,
        hash=session,
        now=now,
    )
    inside = Inside(session, row["inside"]) if session and row["inside"] else None
    return Entry(inside, row["wrong"] or 0, row["expires_at"], row["tries"] or 0)


async def begin(
    transaction: Transaction, form: Form, hash: bytes, expires_at: datetime, person: bytes | None = None
) -> None:
    """A session of the form, from now on; `person`: the session of a personal page that it ends with."""
    await transaction.send(
        """
        INSERT INTO form_sessions (workspace_id, form_id, hash, link, created_at, expires_at, person)
        VALUES (%(workspace)s, %(form)s, %(hash)s, %(link)s, %(now)s, %(ends)s, %(person)s)
        """,
        person=person,
        workspace=form.workspace_id,
        form=form.id,
        hash=hash,
        link=form.link,
        now=transaction.clock(),
        ends=expires_at,
    )


async def make_room(transaction: Transaction, form: Form, most: int) -> None:
    """Of the sessions of a form the newest stay, so many: whoever keeps no cookie begins one with each thing that they send."""
    await transaction.send(
        """
        DELETE FROM form_sessions
        WHERE workspace_id = %(workspace)s AND workspace_id = ANY(%(scope)s) AND form_id = %(form)s AND hash IN (
          SELECT s.hash FROM form_sessions s WHERE s.workspace_id = %(workspace)s AND s.form_id = %(form)s
          ORDER BY s.created_at DESC, s.hash OFFSET %(most)s)
        """,
        workspace=form.workspace_id,
        form=form.id,
        most=most,
    )


async def sent(reading: ReadSession, form: Form, addresses: list[str], since: datetime) -> tuple[int, int]:
    """How many codes were sent for the form, and to an address (by its seals), since then."""
    row = await reading.one(
        """
        SELECT (SELECT count(*) FROM form_codes WHERE workspace_id = %(workspace)s AND workspace_id = ANY(%(scope)s)
                  AND form_id = %(form)s AND sent_at > %(since)s) AS of_form,
               (SELECT count(*) FROM form_codes WHERE workspace_id = %(workspace)s AND workspace_id = ANY(%(scope)s)
                  AND address = ANY(%(addresses)s) AND sent_at > %(since)s)
             + (SELECT count(*) FROM person_codes WHERE workspace_id = %(workspace)s AND workspace_id = ANY(%(scope)s)
                  AND address = ANY(%(addresses)s) AND sent_at > %(since)s) AS of_address
        """,
        workspace=form.workspace_id,
        form=form.id,
        addresses=addresses,
        since=since,
    )
    return row["of_form"], row["of_address"]


async def put_code(
    transaction: Transaction, form: Form, id: UUID, address: str, code: str, expires_at: datetime
) -> None:
    """A code that was sent; those before it hold no more."""
    await transaction.send(
        """
        WITH earlier AS (UPDATE form_codes SET expires_at = least(expires_at, %(now)s)
          WHERE workspace_id = %(workspace)s AND workspace_id = ANY(%(scope)s) AND form_id = %(form)s)
        INSERT INTO form_codes (workspace_id, form_id, id, link, address, code, sent_at, expires_at, tries)
        VALUES (%(workspace)s, %(form)s, %(id)s, %(link)s, %(address)s, %(code)s, %(now)s, %(ends)s, 0)
        """,
        workspace=form.workspace_id,
        form=form.id,
        id=id,
        link=form.link,
        address=address,
        code=code,
        now=transaction.clock(),
        ends=expires_at,
    )


async def count(transaction: Transaction, form: Form) -> int:
    """One more entry at the form, before it is known whether it is right; how many there were with it."""
    row = await transaction.one(
        """
        INSERT INTO form_entries (workspace_id, form_id, link, wrong) VALUES (%(workspace)s, %(form)s, %(link)s, 1)
        ON CONFLICT (workspace_id, form_id, link) DO UPDATE SET wrong = form_entries.wrong + 1 RETURNING wrong
        """,
        workspace=form.workspace_id,
        form=form.id,
        link=form.link,
    )
    return int(row["wrong"])


async def was_right(transaction: Transaction, form: Form) -> None:
    """The last entry does not count."""
    await transaction.send(
        f"UPDATE form_entries SET wrong = greatest(wrong - 1, 0) WHERE {_OF_FORM}",
        workspace=form.workspace_id,
        form=form.id,
        link=form.link,
    )


async def try_code(transaction: Transaction, form: Form, most: int) -> str | None:
    """What the code is that can be entered now, which is tried by this; None where there is none, or it was tried too often."""
    row = await transaction.first(
        f"""
        UPDATE form_codes SET tries = tries + 1
        WHERE {_OF_FORM} AND expires_at > %(now)s AND tries < %(most)s AND id =
          (SELECT id FROM form_codes WHERE {_OF_FORM} AND code <> '' ORDER BY sent_at DESC, id DESC LIMIT 1)
        RETURNING code
        """,
        workspace=form.workspace_id,
        form=form.id,
        link=form.link,
        now=transaction.clock(),
        most=most,
    )
    return row["code"] if row else None


async def spend_codes(transaction: Transaction, form: Form) -> None:
    """No code of the form holds any more."""
    await transaction.send(
        f"UPDATE form_codes SET expires_at = %(now)s WHERE {_OF_FORM} AND expires_at > %(now)s",
        workspace=form.workspace_id,
        form=form.id,
        link=form.link,
        now=transaction.clock(),
    )


async def forget_old(transaction: Transaction, before: datetime) -> None:
    """Sessions and codes that have not held since then go, of every workspace."""
    await transaction.send(
        "DELETE FROM form_sessions s USING workspaces w WHERE s.workspace_id = w.id AND s.expires_at < %(before)s",
        before=before,
    )
    await transaction.send(
        "DELETE FROM form_codes c USING workspaces w WHERE c.workspace_id = w.id AND c.expires_at < %(before)s",
        before=before,
    )


async def lock(transaction: Transaction, form: Form) -> None:
    """Keep others from counting at the form until the end of the transaction."""
    await transaction.send("SELECT pg_advisory_xact_lock(hashtextextended(%(form)s::text, 19))", form=form.id)


async def put_link(transaction: Transaction, form: Form, id: UUID, address: str) -> None:
    """The link was sent, which counts as a code does; there is nothing to enter."""
    await transaction.send(
        """
        INSERT INTO form_codes (workspace_id, form_id, id, link, address, code, sent_at, expires_at, tries)
        VALUES (%(workspace)s, %(form)s, %(id)s, %(link)s, %(address)s, '', %(now)s, %(now)s, 0)
        """,
        workspace=form.workspace_id,
        form=form.id,
        id=id,
        link=form.link,
        address=address,
        now=transaction.clock(),
    )
