"""The SQL of contacts."""

from typing import Any
from uuid import UUID

from dossier.contacts.model import DETAILS, Contact
from dossier.foundation.database import Reading, Row, Transaction
from dossier.foundation.text import fold

_COLUMNS = "p.id, p.email, p.given_name, p.family_name, p.phone"


async def link(transaction: Transaction, workspace_id: UUID, contact: Contact) -> Contact:
    """The workspace's contact with that e-mail address, its empty members filled; else the new one."""
    row = await transaction.one(
        f"""
        INSERT INTO contacts AS p (workspace_id, id, email, email_folded, given_name, given_name_folded,
                                   family_name, family_name_folded, phone, created_at, updated_at)
        VALUES (%(workspace)s, %(id)s, %(email)s, %(email_folded)s, %(given_name)s, %(given_name_folded)s,
                %(family_name)s, %(family_name_folded)s, %(phone)s, %(now)s, %(now)s)
        ON CONFLICT (workspace_id, email_folded) DO UPDATE SET
          given_name = coalesce(p.given_name, excluded.given_name),
          given_name_folded = coalesce(p.given_name_folded, excluded.given_name_folded),
          family_name = coalesce(p.family_name, excluded.family_name),
          family_name_folded = coalesce(p.family_name_folded, excluded.family_name_folded),
          phone = coalesce(p.phone, excluded.phone),
          updated_at = excluded.updated_at
        RETURNING {_COLUMNS}
        """,
        workspace=workspace_id,
        now=transaction.clock(),
        **_values(contact),
    )
    return contact_of(row)


async def overwrite(transaction: Transaction, workspace_id: UUID, contact: Contact) -> None:
    """Put a contact's members as they are given."""
    await transaction.send(
        """
        UPDATE contacts SET email = %(email)s, email_folded = %(email_folded)s,
          given_name = %(given_name)s, given_name_folded = %(given_name_folded)s,
          family_name = %(family_name)s, family_name_folded = %(family_name_folded)s,
          phone = %(phone)s, updated_at = %(now)s
        WHERE workspace_id = %(workspace)s AND workspace_id = ANY(%(scope)s) AND id = %(id)s
        """,
        workspace=workspace_id,
        now=transaction.clock(),
        **_values(contact),
    )


async def by_email(reading: Reading, workspace_id: UUID, email: str) -> Contact | None:
    """The workspace's contact with that e-mail address."""
    row = await reading.first(
        f"""
        SELECT {_COLUMNS} FROM contacts p
        WHERE p.workspace_id = %(workspace)s AND p.workspace_id = ANY(%(scope)s) AND p.email_folded = %(email)s
        """,
        workspace=workspace_id,
        email=fold(email),
    )
    return contact_of(row) if row else None


def contact_of(row: Row) -> Contact:
    """The contact in a row with an id and its details, whatever else the row holds."""
    id = row["id"] if isinstance(row["id"], UUID) else UUID(row["id"])
    return Contact(id, *(row[name] for name in DETAILS))


def _values(contact: Contact) -> dict[str, Any]:
    return {
        "id": contact.id,
        "email": contact.email,
        "email_folded": contact.email and fold(contact.email),
        "given_name": contact.given_name,
        "given_name_folded": contact.given_name and fold(contact.given_name),
        "family_name": contact.family_name,
        "family_name_folded": contact.family_name and fold(contact.family_name),
        "phone": contact.phone,
    }
