"""A contact is shared: what changes about one is an entry, and a new version, of every case that shows it."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from uuid import UUID

from dossier.cases.actions.later import TELL_OF_CONTACTS
from dossier.cases.actions.saving import KEEPING
from dossier.cases.model import Case, CaseChange
from dossier.cases.store import reading
from dossier.contacts import Placed, links
from dossier.contacts.model import Contact
from dossier.foundation.database import Transaction
from dossier.foundation.text import email_identity

BATCH_SIZE = 100  # other cases that hear of it in the same transaction; a job tells the rest
REASON = "The contact was changed on another case."


async def hold(transaction: Transaction, case_id: UUID, emails: Iterable[str | None] = ()) -> None:
    """Before anything else that changes a contact: the cases that will hear of it, in one order."""
    await links.hold_cases(transaction, case_id, [email_identity(each) for each in emails if each], BATCH_SIZE + 1)


async def tell_others(transaction: Transaction, case: Case, placed: Sequence[Placed]) -> None:
    """Let all other cases that show the changed contacts have it in their history."""
    for each in placed:
        if each.before:
            await _tell(transaction, case, each.before, each.contact)


async def _tell(transaction: Transaction, case: Case, before: Contact, after: Contact) -> None:
    others = await links.showing(transaction, case.workspace_id, after.id, case.id, BATCH_SIZE + 1)
    told = others[:BATCH_SIZE]
    for other in (await reading.WHOLE.lock_many(transaction, told)).values() if told else ():
        await KEEPING.save(transaction, heard(transaction, other, before, after))
    if len(others) > BATCH_SIZE:
        await links.tell_later(transaction, case.workspace_id, before, after, [case.id, *told])
        await TELL_OF_CONTACTS.defer(transaction, workspace=str(case.workspace_id))


def heard(transaction: Transaction, case: Case, before: Contact, after: Contact) -> CaseChange:
    """The change that a case shows the contact as it is after, no longer as before."""
    slots = {key: each for key, each in case.contacts.items() if each.contact.id == after.id}
    was = {key: replace(each, contact=before) for key, each in slots.items()}
    values = {f"contacts.{key}": replace(each, contact=after).document() for key, each in slots.items()}
    return KEEPING.begin(transaction, replace(case, contacts={**case.contacts, **was})).put("contacts", values, REASON)


async def tell_next(transaction: Transaction, workspace_id: UUID) -> bool:
    """Tell the next case that waits to hear of a contact; whether there was one. It was done by whom the contact was."""
    transaction.actor.require("server.operate")
    news = await links.take_news(transaction, workspace_id)
    if news is None:
        return False
    actor = replace(transaction.actor, type=news.actor_type, id=news.actor_id, name="", via=news.via)
    for case in (await reading.WHOLE.lock_many(transaction, [news.case_id])).values():
        await KEEPING.save(transaction.acting(actor), heard(transaction, case, news.before, news.after))
    return True
