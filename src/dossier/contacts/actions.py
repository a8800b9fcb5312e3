"""What can be done to contacts."""

from collections.abc import Mapping
from uuid import UUID

from dossier.contacts import store
from dossier.contacts.model import Contact
from dossier.foundation.database import Transaction
from dossier.foundation.identifiers import new_id
from dossier.foundation.text import fold


async def link(transaction: Transaction, workspace_id: UUID, given: Mapping[str, str | None]) -> Contact:
    """The contact with the given e-mail address, or a new one. A match fills empty members and overwrites nothing."""
    return await store.link(transaction, workspace_id, Contact(new_id(), **given))


async def place(
    transaction: Transaction, workspace_id: UUID, current: Contact | None, given: Mapping[str, str | None]
) -> Contact:
    """Whom the given members are about, with those members put.

    Another e-mail address than the current contact's names another person; the same, or none, is about the current one.
    """
    contact = await _meant(transaction, workspace_id, current, given.get("email")) or await link(
        transaction, workspace_id, given
    )
    changed = contact.with_details(given)
    if changed != contact:
        await store.overwrite(transaction, workspace_id, changed)
    return changed


async def _meant(
    transaction: Transaction, workspace_id: UUID, current: Contact | None, email: str | None
) -> Contact | None:
    if email is None or (current and current.email and fold(current.email) == fold(email)):
        return current
    if known := await store.by_email(transaction, workspace_id, email):
        return known
    return current if current and current.email is None else None
