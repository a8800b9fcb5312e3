"""Contacts in the slots of things: who is put where, what other things that show them hear of it, and who comes back.

A contact is shared: what changes about one is an entry, and a new version, of every thing that shows it.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Generic, Literal, Protocol, TypeVar
from uuid import UUID

from dossier import records
from dossier.contacts.actions import people
from dossier.contacts.actions.people import Placed
from dossier.contacts.model import MAIN, Contact, FilledSlot, Given, Slots, sent_slots
from dossier.contacts.store import past
from dossier.contacts.store import people as store
from dossier.contacts.store.links import Links
from dossier.foundation.actor import Scope
from dossier.foundation.database import Transaction
from dossier.foundation.errors import Conflict, Problem
from dossier.foundation.jobs import SYSTEM, Job, Jobs
from dossier.foundation.messages import Message, Named
from dossier.foundation.services import Services
from dossier.foundation.text import email_identity, gettext_noop
from dossier.records import Keeping, check_if_match
from dossier.records.model import Archivable, ChangeSet, IfMatch

BATCH_SIZE = 100  # other things that hear of it in the same transaction; a job tells the rest

Shared = Literal["change", "ask", "new"]
"""A contact that others know too: changed everywhere (`change`), first asked about, or somebody new with that address."""

_KNOWN = gettext_noop("The contact is known already; say whether they are meant, and whether they change everywhere.")


class ShowsContacts(Archivable, Protocol):
    """A thing with slots for contacts; `slot_names`: slot → what it is called, None where any will do."""

    @property
    def contacts(self) -> Mapping[str, FilledSlot]: ...
    @property
    def slot_names(self) -> Mapping[str, str] | None: ...


S = TypeVar("S", bound=ShowsContacts)


class ContactIsKnown(Conflict):
    """409: `known` is shown by other things (so many), or has the address of the `meant` one; who asks decides."""

    code = "contact_is_known"

    def __init__(self, known: Contact, meant: Placed, cases: int) -> None:
        super().__init__((Problem(_KNOWN, self.code),))
        self.known, self.meant, self.cases = known, meant, cases


@dataclass(frozen=True, slots=True, eq=False)
class ContactSlots(Generic[S]):
    """How things of a kind show contacts, under the paths `contacts.<slot>`.

    `tell`: the job that tells those that are left how a contact of theirs changed; `read_past`: the one that notes, once,
    who stood in which thing before that was kept.
    """

    keeping: Keeping[S]
    links: Links
    tell: Job
    read_past: Job

    def jobs(self) -> Jobs:
        """What does each of its jobs."""
        return {self.tell: self.tell_all, self.read_past: self.read_all_past}

    async def update(
        self,
        transaction: Transaction,
        id: UUID,
        sent: Sequence[Mapping[str, Any]],
        if_match: IfMatch = None,
        shared: Shared = "change",
    ) -> ChangeSet[S]:
        """Set the slots that are named, leave the others; here given members overwrite the contact, wherever they are shown."""
        transaction.actor.require("contacts.change")
        await self.hold(transaction, id, (each.get("email") for each in sent))
        change = await self.keeping.lock(transaction, id)
        thing = change.after
        slots = sent_slots(sent, thing.slot_names)
        if MAIN in slots and slots[MAIN] is None:
            slot = Named(MAIN, label_of(thing, MAIN))
            raise Conflict.because(
                "The slot “{slot}” cannot be emptied; set another contact in it.", "main_contact", slot=slot
            )
        await check_if_match(transaction, change.record, thing, if_match, [f"contacts.{key}" for key in slots])
        await people.hold(transaction, thing.workspace_id, filter(None, slots.values()))
        placed = {key: await _place(transaction, thing, key, given, shared) for key, given in slots.items() if given}
        if shared == "ask":
            await self._raise_if_known(transaction, thing, placed.values())
        values: dict[str, Any] = {f"contacts.{key}": None for key, given in slots.items() if given is None}
        for key, each in placed.items():
            values |= _shown(thing, key, each.contact)
        await self._tell_others(transaction, thing, list(placed.values()))
        return await self.keeping.save(transaction, change.put("contacts", values))

    async def link(self, transaction: Transaction, thing: S, slots: Slots) -> dict[str, FilledSlot]:
        """Who is in the slots of a thing that is being made; a contact in several of them, as it is after the last one."""
        given = {key: each for key, each in slots.items() if each is not None}
        await people.hold(transaction, thing.workspace_id, given.values())
        placed = {key: await people.link(transaction, thing.workspace_id, each) for key, each in given.items()}
        await self._tell_others(transaction, thing, list(placed.values()))
        newest = {each.contact.id: each.contact for each in placed.values()}
        return {key: FilledSlot(newest[each.contact.id], label_of(thing, key)) for key, each in placed.items()}

    async def hold(self, transaction: Transaction, id: UUID, emails: Iterable[str | None] = ()) -> None:
        """Before anything else that changes a contact: the things that will hear of it, in one order."""
        await self.links.hold(transaction, id, [email_identity(each) for each in emails if each], BATCH_SIZE + 1)

    async def hear(self, transaction: Transaction, workspace_id: UUID, before: Contact, after: Contact) -> None:
        """All things that show a contact have it in their history that it changed elsewhere."""
        showing = await self.links.showing(transaction, workspace_id, after.id, after.id, BATCH_SIZE + 1)
        told = showing[:BATCH_SIZE]
        for thing in (await self.keeping.whole.lock_many(transaction, told)).values() if told else ():
            await self._hear(transaction, thing, before, after)
        if len(showing) > BATCH_SIZE:
            await self.links.tell_later(transaction, workspace_id, before, after, told)
            await self.tell.defer(transaction, workspace=str(workspace_id))

    async def restore(self, transaction: Transaction, change: ChangeSet[S], values: Mapping[str, Any]) -> None:
        """The contacts in slots that are filled again, as they were; 409 where nobody would be left in `main`."""
        thing = change.after
        if values.get(f"contacts.{MAIN}", ...) is None:
            slot = Named(MAIN, label_of(thing, MAIN))
            raise Conflict.because("The slot “{slot}” cannot be emptied.", "main_contact", slot=slot)
        slots = {path.removeprefix("contacts.") for path in change.changed_paths() if path.startswith("contacts.")}
        restored = [
            await people.restore(transaction, thing.workspace_id, thing.contacts[slot].contact)
            for slot in sorted(slots & thing.contacts.keys())
        ]
        await self._tell_others(transaction, thing, restored)

    async def take_out(self, transaction: Transaction, thing: S, contact_id: UUID) -> None:
        """Empty the slots that show somebody who is erased; the history says only that."""
        slots = {key: each for key, each in thing.contacts.items() if each.contact.id == contact_id}
        blank = {key: replace(each, contact=Contact(contact_id)) for key, each in slots.items()}
        change = self.keeping.begin(transaction, _with(thing, blank))
        emptied = {f"contacts.{key}": None for key in slots}
        await self.keeping.save(transaction, change.put("contacts", emptied, Message("The contact was erased.")))

    async def ever_shown(self, transaction: Transaction, thing: S) -> set[UUID]:
        """Whom a thing shows, now or in its history."""
        now = await self.links.of_thing(transaction, thing.workspace_id, thing.id)
        return now | await records.history.mentioned(transaction, self.keeping.record, thing, "contacts.")

    async def tell_all(self, services: Services, workspace: str) -> None:
        """Tell the things that are left how a contact of theirs changed, one after the other, each once."""
        id = UUID(workspace)
        actor = replace(SYSTEM, scope=Scope((id,)))
        while await services.database.write(actor, lambda tx: self.tell_next(tx, id)):
            pass

    async def tell_next(self, transaction: Transaction, workspace_id: UUID) -> bool:
        """Tell the next thing that waits to hear of a contact; whether there was one. It was done by whom the contact was."""
        transaction.actor.require("server.operate")
        news = await self.links.take_news(transaction, workspace_id)
        if news is None:
            return False
        actor = replace(transaction.actor, type=news.actor_type, id=news.actor_id, name="", via=news.via)
        for thing in (await self.keeping.whole.lock_many(transaction, [news.id])).values():
            await self._hear(transaction.acting(actor), thing, news.before, news.after)
        return True

    async def read_all_past(self, services: Services) -> None:
        """Note once, of every workspace, which things showed whom before that was kept: an erasure then reads no other history."""
        for workspace in await services.database.write(SYSTEM, partial(past.unread, links=self.links)):
            actor, after = replace(SYSTEM, scope=Scope((workspace,))), UUID(int=0)
            while True:
                step = partial(past.read_next, links=self.links, workspace_id=workspace, after=after)
                if (last := await services.database.write(actor, step)) is None:
                    break
                after = last

    async def _raise_if_known(self, transaction: Transaction, thing: S, placed: Iterable[Placed]) -> None:
        for each in placed:
            if each.before:
                number = await self.links.count_showing(transaction, thing.workspace_id, each.contact.id, thing.id)
                if number:
                    raise ContactIsKnown(each.before, each, number)
            elif each.new and each.contact.email:
                same = await store.find(transaction, thing.workspace_id, each.contact.email)
                if others := [one for one in same if one.id != each.contact.id]:
                    raise ContactIsKnown(others[0], each, 0)

    async def _tell_others(self, transaction: Transaction, thing: S, placed: Sequence[Placed]) -> None:
        """Let all other things that show the changed contacts have it in their history."""
        for each in placed:
            if each.before:
                await self._tell(transaction, thing, each.before, each.contact)

    async def _tell(self, transaction: Transaction, thing: S, before: Contact, after: Contact) -> None:
        others = await self.links.showing(transaction, thing.workspace_id, after.id, thing.id, BATCH_SIZE + 1)
        told = others[:BATCH_SIZE]
        for other in (await self.keeping.whole.lock_many(transaction, told)).values() if told else ():
            await self._hear(transaction, other, before, after)
        if len(others) > BATCH_SIZE:
            await self.links.tell_later(transaction, thing.workspace_id, before, after, [thing.id, *told])
            await self.tell.defer(transaction, workspace=str(thing.workspace_id))

    async def _hear(self, transaction: Transaction, thing: S, before: Contact, after: Contact) -> None:
        """The thing shows the contact as it is after, no longer as before."""
        slots = {key: each for key, each in thing.contacts.items() if each.contact.id == after.id}
        was = {key: replace(each, contact=before) for key, each in slots.items()}
        values = {f"contacts.{key}": replace(each, contact=after).document() for key, each in slots.items()}
        reason = Message("The contact was changed on another {kind}.", {"kind": Message(self.keeping.record.name)})
        change = self.keeping.begin(transaction, _with(thing, was)).put("contacts", values, reason)
        await self.keeping.save(transaction, change)


def label_of(thing: ShowsContacts, slot: str) -> str:
    """What a slot is called on a thing."""
    return (thing.slot_names or {}).get(slot, slot)


def _with(thing: S, slots: Mapping[str, FilledSlot]) -> S:
    return replace(thing, contacts={**thing.contacts, **slots})  # type: ignore[type-var]


async def _place(transaction: Transaction, thing: ShowsContacts, key: str, given: Given, shared: Shared) -> Placed:
    if shared == "new":
        return await people.add(transaction, thing.workspace_id, given)
    filled = thing.contacts.get(key)
    return await people.place(transaction, thing.workspace_id, filled.contact if filled else None, given)


def _shown(thing: ShowsContacts, key: str, contact: Contact) -> dict[str, Any]:
    """The paths that change when a slot gets this contact: the slot, and others that show the same one."""
    labels = {slot: each.label for slot, each in thing.contacts.items() if each.contact.id == contact.id}
    filled = thing.contacts.get(key)
    labels[key] = filled.label if filled else label_of(thing, key)
    return {f"contacts.{slot}": FilledSlot(contact, label).document() for slot, label in labels.items()}
