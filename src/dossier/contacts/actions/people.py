"""What can be done to contacts."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from uuid import UUID

from dossier import records
from dossier.contacts.model import CONTACT_RECORD, DETAILS, NAMES, Contact, ContactChange, Given, KeptContact
from dossier.contacts.store import people as store
from dossier.foundation.database import Transaction
from dossier.foundation.errors import Conflict
from dossier.foundation.identifiers import new_id
from dossier.foundation.text import email_identity
from dossier.records.model import ChangeSet, made


@dataclass(frozen=True, slots=True)
class Placed:
    """A contact as it is now; `before`: as it was, when it was there and has changed. `new`: nobody was meant."""

    contact: Contact
    before: Contact | None = None
    new: bool = False


async def hold(transaction: Transaction, workspace_id: UUID, given: Iterable[Given]) -> None:
    """Nobody else links a contact by one of the given addresses until the transaction ends, or there would be two."""
    emails = {email_identity(email) for each in given if (email := each.get("email"))}
    if emails:
        await store.hold(transaction, workspace_id, sorted(emails))


async def link(transaction: Transaction, workspace_id: UUID, given: Given) -> Placed:
    """The contact with the given address whom nothing given contradicts, its empty members filled; else a new one."""
    known = await _known(transaction, workspace_id, given, (*NAMES, "phone"))
    if known is None:
        return await add(transaction, workspace_id, given)
    return await _change(transaction, known, known.contact.filled(given))


async def place(transaction: Transaction, workspace_id: UUID, current: Contact | None, given: Given) -> Placed:
    """Whom the given members are about, with those members put.

    Another e-mail address than the current contact's names another person; the same, or none, is about the current one.
    """
    kept = await store.lock(transaction, workspace_id, current.id) if current else None
    meant = await _meant(transaction, workspace_id, kept, given)
    if meant is None:
        return await add(transaction, workspace_id, given)
    return await _change(transaction, meant, meant.contact.with_details(given))


async def add(transaction: Transaction, workspace_id: UUID, given: Given) -> Placed:
    """Somebody new, whoever else has the address."""
    return Placed(await _make(transaction, workspace_id, Contact(new_id(), **given)), new=True)


async def restore(transaction: Transaction, workspace_id: UUID, contact: Contact) -> Placed:
    """The contact as it was once, made anew if it is gone; 409 when the person was erased."""
    present = await store.lock(transaction, workspace_id, contact.id)
    if present is None:
        if await store.is_erased(transaction, workspace_id, contact.id):
            raise Conflict.because("The contact was erased; nothing brings them back.", "erased")
        return Placed(await _make(transaction, workspace_id, contact))
    return await _change(transaction, present, contact)


async def _make(transaction: Transaction, workspace_id: UUID, contact: Contact) -> Contact:
    now = transaction.clock()
    await _save(transaction, made(CONTACT_RECORD, KeptContact(workspace_id, contact, 0, now, now), DETAILS))
    return contact


async def _change(transaction: Transaction, kept: KeptContact, contact: Contact) -> Placed:
    """The contact as it is to be, kept with its history; nothing when it is so already."""
    begun = ChangeSet(CONTACT_RECORD, kept, replace(kept, updated_at=transaction.clock()))
    change = begun.put("details", {name: getattr(contact, name) for name in DETAILS})
    if not change.changed:
        return Placed(contact)
    await _save(transaction, change)
    return Placed(contact, kept.contact)


async def _save(transaction: Transaction, change: ContactChange) -> None:
    await store.save(transaction, change)
    records.announce(transaction, CONTACT_RECORD, change.after)


async def _meant(
    transaction: Transaction, workspace_id: UUID, current: KeptContact | None, given: Given
) -> KeptContact | None:
    email, present = given.get("email"), current.contact.email if current else None
    if email is None or (present and email_identity(present) == email_identity(email)):
        return current
    if known := await _known(transaction, workspace_id, given, NAMES):
        return known
    return current if present is None else None


async def _known(
    transaction: Transaction, workspace_id: UUID, given: Given, telling: tuple[str, ...]
) -> KeptContact | None:
    """Whom the workspace knows under the given address, if nothing given of the `telling` members contradicts."""
    if not (email := given.get("email")):
        return None
    found = await store.by_email(transaction, workspace_id, email_identity(email))
    return max(
        (each for each in found if not each.contact.contradicts(given, telling)),
        key=lambda each: sum(bool(given.get(name) and getattr(each.contact, name)) for name in telling),
        default=None,
    )
