"""The SQL of contacts themselves."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from dossier import members, workspaces
from dossier.contacts.model import (
    CONTACT_RECORD,
    NAMES,
    VOCABULARY,
    Contact,
    ContactChange,
    ContactRow,
    KeptContact,
    Showing,
    called,
)
from dossier.foundation.database import Jsonb, ReadSession, Row, Transaction
from dossier.foundation.text import email_identity, fold
from dossier.listing import search
from dossier.listing.collection import Collection, Shape, Sort, Visible, by_time
from dossier.listing.search import SearchIndex, Texts
from dossier.listing.sql import Column, Columns
from dossier.listing.views import SavedViews
from dossier.records import entries_of, inserting, updating

_COLUMNS = "p.id, p.email, p.given_name, p.family_name, p.phone"
_KEPT = f"p.workspace_id, p.version, p.created_at, p.updated_at, {_COLUMNS}"

# The cases that show a contact and that the reader may see.
_SHOWING = f"""
FROM case_contacts l JOIN cases c ON c.workspace_id = l.workspace_id AND c.id = l.case_id
WHERE l.workspace_id = p.workspace_id AND l.contact_id = p.id
  AND {members.seen_by_owner("c")}
"""
_NAME = "coalesce(p.family_name_folded || ' ' || coalesce(p.given_name_folded, ''), p.given_name_folded, p.email_folded, p.phone, '')"

VISIBLE = Visible("p", f"EXISTS (SELECT {_SHOWING})")
"""A limited member sees the contacts of their own cases."""

COLLECTION = Collection(
    source="contacts p",
    alias="p",
    visible=VISIBLE,
    vocabulary=VOCABULARY,
    columns=Columns(
        named={
            **{name: Column(f"p.{name}") for name in ("id", "phone", "created_at", "updated_at")},
            **{name: Column(f"p.{name}_folded") for name in ("email", "given_name", "family_name")},
            **workspaces.columns_of_workspace("p"),
        }
    ),
    sorts={
        "updated_at": by_time("p.updated_at"),
        "created_at": by_time("p.created_at"),
        "name": Sort(_NAME),
        "email": Sort("coalesce(p.email_folded, '')"),
    },
)
ROWS = Shape(f"{_KEPT}, (SELECT count(DISTINCT c.id) {_SHOWING}) AS cases", "", lambda row: ContactRow(**row))
VIEWS = SavedViews("contact_views", "contact_view_defaults")


async def _texts(_reading: ReadSession, row: Row) -> Texts:
    return Texts(list(called(row)))


SEARCH = SearchIndex(
    table="contacts",
    alias="p",
    key="contact_id",
    words="contact_words",
    known="contact_search_words",
    queue="contact_search_queue",
    taken="contact_search",
    lock="search contacts",
    columns=_KEPT,
    texts=_texts,
)


async def showing(reading: ReadSession, contact_id: UUID, most: int) -> list[Showing]:
    """The newest cases that show a contact, of those that the reader may see."""
    rows = await reading.all(
        f"""
        SELECT shown.* FROM contacts p CROSS JOIN LATERAL
          (SELECT c.id, c.title, c.reference, c.parent_status, c.archived_at, l.label {_SHOWING}) AS shown
        WHERE p.workspace_id = ANY(%(scope)s) AND p.id = %(id)s ORDER BY shown.id DESC LIMIT {most}
        """,
        id=contact_id,
    )
    return [Showing(**row) for row in rows]


async def hold(transaction: Transaction, workspace_id: UUID, emails: Sequence[str]) -> None:
    """Take these addresses of the workspace, one after the other, until the transaction ends."""
    await transaction.send(
        "SELECT pg_advisory_xact_lock(hashtextextended(%(workspace)s::text || each, 0)) FROM unnest(%(emails)s::text[]) AS each",
        workspace=workspace_id,
        emails=list(emails),
    )


_DETAILS = "email, email_folded, email_identity, given_name, given_name_folded, family_name, family_name_folded, phone"
_INSERT = inserting(CONTACT_RECORD, "contacts", f"workspace_id, id, created_at, version, updated_at, {_DETAILS}")
_UPDATE = updating(CONTACT_RECORD, "contacts", f"version, updated_at, {_DETAILS}")


async def save(transaction: Transaction, change: ContactChange) -> None:
    """Keep a new contact, or what was changed of a locked one, with its history."""
    statement = _UPDATE if change.before else _INSERT
    await transaction.send(statement, entries=Jsonb(entries_of(transaction, change)), **_values(change.after))


async def lock(transaction: Transaction, workspace_id: UUID, contact_id: UUID) -> KeptContact | None:
    """A contact of the workspace, locked until the end of the transaction."""
    row = await transaction.first(
        f"""
        SELECT {_KEPT} FROM contacts p
        WHERE p.workspace_id = %(workspace)s AND p.workspace_id = ANY(%(scope)s) AND p.id = %(id)s FOR UPDATE
        """,
        workspace=workspace_id,
        id=contact_id,
    )
    return _kept(row) if row else None


async def kept(reading: ReadSession, contact_id: UUID) -> KeptContact | None:
    """A contact in scope, with its version."""
    row = await reading.first(
        f"SELECT {_KEPT} FROM contacts p WHERE p.workspace_id = ANY(%(scope)s) AND p.id = %(id)s", id=contact_id
    )
    return _kept(row) if row else None


async def get(reading: ReadSession, workspace_id: UUID, contact_id: UUID) -> Contact:
    """A contact that is there."""
    row = await reading.one(
        f"SELECT {_COLUMNS} FROM contacts p"
        " WHERE p.workspace_id = %(workspace)s AND p.workspace_id = ANY(%(scope)s) AND p.id = %(id)s",
        workspace=workspace_id,
        id=contact_id,
    )
    return Contact.of(row)


async def by_email(transaction: Transaction, workspace_id: UUID, identity: str) -> list[KeptContact]:
    """The workspace's contacts with that address, locked, the oldest first."""
    rows = await transaction.all(
        f"""
        SELECT {_KEPT} FROM contacts p
        WHERE p.workspace_id = %(workspace)s AND p.workspace_id = ANY(%(scope)s) AND p.email_identity = %(identity)s
        ORDER BY p.created_at, p.id FOR UPDATE
        """,
        workspace=workspace_id,
        identity=identity,
    )
    return [_kept(row) for row in rows]


async def erase_unused(transaction: Transaction, workspace_id: UUID, contact_ids: Sequence[UUID]) -> list[str]:
    """Erase those of the contacts that no case shows; their addresses and telephone numbers, but for those that somebody else has.
    Who is linking one meanwhile is waited for first.
    """
    values = {"workspace": workspace_id, "ids": list(contact_ids)}
    await transaction.send(
        """
        SELECT FROM contacts p
        WHERE p.workspace_id = %(workspace)s AND p.workspace_id = ANY(%(scope)s) AND p.id = ANY(%(ids)s)
        ORDER BY p.id FOR UPDATE
        """,
        **values,
    )
    erased = await transaction.all(
        """
        DELETE FROM contacts p
        WHERE p.workspace_id = %(workspace)s AND p.workspace_id = ANY(%(scope)s) AND p.id = ANY(%(ids)s) AND NOT EXISTS
          (SELECT FROM case_contacts l WHERE l.workspace_id = p.workspace_id AND l.contact_id = p.id)
          AND NOT EXISTS (SELECT FROM forms f WHERE f.workspace_id = p.workspace_id AND f.contact_id = p.id)
        RETURNING p.email, p.phone
        """,
        **values,
    )
    texts = {text for row in erased for text in (row["email"], row["phone"]) if text}
    return await _nobodys(transaction, workspace_id, sorted(texts)) if texts else []


async def _nobodys(transaction: Transaction, workspace_id: UUID, texts: list[str]) -> list[str]:
    """Those of the addresses and telephone numbers that no contact has."""
    rows = await transaction.all(
        """
        SELECT given.text FROM unnest(%(texts)s::text[], %(folded)s::text[]) AS given (text, folded)
        WHERE NOT EXISTS (SELECT FROM contacts p WHERE p.workspace_id = %(workspace)s AND p.workspace_id = ANY(%(scope)s)
                            AND (p.email_folded = given.folded OR p.phone = given.text))
        """,
        workspace=workspace_id,
        texts=texts,
        folded=[fold(each) for each in texts],
    )
    return [row["text"] for row in rows]


async def workspace_of(reading: ReadSession, contact_id: UUID) -> UUID | None:
    """The workspace in scope that has the contact."""
    row = await reading.first(
        "SELECT p.workspace_id FROM contacts p WHERE p.workspace_id = ANY(%(scope)s) AND p.id = %(id)s", id=contact_id
    )
    return row["workspace_id"] if row else None


async def find(reading: ReadSession, workspace_id: UUID, email: str | None, *, unused: bool = False) -> list[Contact]:
    """The workspace's contacts with that address (None: any), or those that no case shows."""
    rows = await reading.all(
        f"""
        SELECT {_COLUMNS} FROM contacts p
        WHERE p.workspace_id = %(workspace)s AND p.workspace_id = ANY(%(scope)s)
          AND (%(identity)s::text IS NULL OR p.email_identity = %(identity)s)
          AND (NOT %(unused)s OR NOT EXISTS
               (SELECT FROM case_contacts l WHERE l.workspace_id = p.workspace_id AND l.contact_id = p.id))
        ORDER BY p.created_at, p.id
        """,
        workspace=workspace_id,
        identity=email and email_identity(email),
        unused=unused,
    )
    return [Contact.of(row) for row in rows]


async def erase(transaction: Transaction, workspace_id: UUID, contact_id: UUID, cases: int) -> None:
    """Erase a contact that no case shows any more; the tombstone says when, by whom, and from how many cases."""
    values = {"workspace": workspace_id, "id": contact_id}
    await transaction.send(
        "DELETE FROM contacts WHERE workspace_id = %(workspace)s AND workspace_id = ANY(%(scope)s) AND id = %(id)s",
        **values,
    )
    await transaction.send(
        """
        INSERT INTO contact_tombstones (workspace_id, id, erased_at, cases, actor_type, actor_id)
        VALUES (%(workspace)s, %(id)s, %(now)s, %(cases)s, %(actor_type)s, %(actor_id)s)
        """,
        now=transaction.clock(),
        cases=cases,
        actor_type=transaction.actor.type,
        actor_id=transaction.actor.id,
        **values,
    )
    await search.retake(transaction, SEARCH, workspace_id, [])


async def is_erased(reading: ReadSession, workspace_id: UUID, contact_id: UUID) -> bool:
    """Whether somebody with this id was erased."""
    row = await reading.one(
        """
        SELECT EXISTS (SELECT FROM contact_tombstones WHERE workspace_id = %(workspace)s
                         AND workspace_id = ANY(%(scope)s) AND id = %(id)s) AS yes
        """,
        workspace=workspace_id,
        id=contact_id,
    )
    return bool(row["yes"])


def _kept(row: Row) -> KeptContact:
    return KeptContact(row["workspace_id"], Contact.of(row), row["version"], row["created_at"], row["updated_at"])


def _values(kept: KeptContact) -> dict[str, Any]:
    contact = kept.contact
    values = {name: getattr(kept, name) for name in ("workspace_id", "id", "version", "created_at", "updated_at")}
    values |= {name: getattr(contact, name) for name in ("email", "given_name", "family_name", "phone")}
    folded = {f"{name}_folded": values[name] and fold(values[name]) for name in ("email", *NAMES)}
    return values | folded | {"email_identity": contact.email and email_identity(contact.email)}
