"""Erasing a person: from every thing that shows them, from every history, and from the answers that are kept."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import chain
from typing import Any, Generic
from uuid import UUID

from dossier import audit, members, records, workspaces
from dossier.contacts.actions.slots import ContactSlots, S
from dossier.contacts.events import ContactErased
from dossier.contacts.model import CONTACT_RECORD, DETAILS
from dossier.contacts.store import past
from dossier.contacts.store import people as store
from dossier.contacts.store.mentions import Mentions
from dossier.foundation import events, stored_answers
from dossier.foundation.actor import Scope
from dossier.foundation.database import Transaction
from dossier.foundation.messages import Message
from dossier.listing import kept_exports, search
from dossier.listing.search import SearchIndex
from dossier.listing.views import SavedViews
from dossier.members.events import MemberErased
from dossier.records.model import Changes, IfMatch

_ERASED_SINCE = Message("Somebody was erased since this was asked for. Have it made again.")
_OF_CONTACT = (*DETAILS, "name")
_NAMES = ("email", "given_name", "family_name", "name")


@dataclass(frozen=True, slots=True)
class ShowsPeople(Generic[S]):
    """A kind of thing that shows people: contacts in `slots`, members in `mentions`; what finds them, and views of their lists."""

    slots: ContactSlots[S]
    mentions: Mentions
    index: SearchIndex
    views: SavedViews

    async def showing(self, transaction: Transaction, workspace_id: UUID, contact_id: UUID) -> dict[UUID, S]:
        """The things that show a contact, locked."""
        ids = await self.slots.links.showing(transaction, workspace_id, contact_id, but=contact_id, most=None)
        return await self.slots.keeping.whole.lock_many(transaction, ids)

    async def forget_contact(
        self, transaction: Transaction, workspace_id: UUID, contact_id: UUID, showing: Mapping[UUID, S]
    ) -> list[UUID]:
        """Take a contact out of the things that show them, and out of the histories; the things in which they stood."""
        for thing in showing.values():
            await self.slots.take_out(transaction, thing, contact_id)
        once = await past.have_shown(transaction, self.slots.links, workspace_id, contact_id)
        things = None if once is None else sorted({*showing, *once})
        record = self.slots.keeping.record
        scrubbed = await records.forget_person(transaction, record, workspace_id, contact_id, _OF_CONTACT, things)
        await self.slots.links.forget(transaction, workspace_id, contact_id)
        touched = sorted({*showing, *scrubbed})
        documents = await self.mentions.saying(transaction, workspace_id, touched, str(contact_id))
        for id, document in documents.items():  # steps that they did
            nameless = records.nameless(document, contact_id, _OF_CONTACT)
            await self.mentions.rewrite(transaction, workspace_id, id, nameless)
        await stored_answers.forget_about(transaction, touched)
        return touched

    async def forget_text(
        self, transaction: Transaction, workspace_id: UUID, things: Sequence[UUID], text: str
    ) -> None:
        """Take an address or telephone number out of what steps of these things say, as whom they were sent to, and of their histories."""
        anew = partial(records.without_text, text=text)
        record = self.slots.keeping.record
        await records.rewrite(transaction, record, workspace_id, text, partial(_in_steps, anew=anew), things)
        documents = await self.mentions.saying(transaction, workspace_id, things, text)
        for id, document in documents.items():
            await self.mentions.rewrite(transaction, workspace_id, id, anew(document))

    async def forget_member(self, transaction: Transaction, workspace_id: UUID, member_id: UUID) -> int:
        """Take what a member is called out of the things and their histories; in how many things they stood."""
        record = self.slots.keeping.record
        of_entries = await records.forget_person(transaction, record, workspace_id, member_id, _NAMES)
        documents = await self.mentions.of(transaction, workspace_id, member_id)
        for id, document in documents.items():
            nameless = records.nameless(document, member_id, _NAMES)
            await self.mentions.rewrite(transaction, workspace_id, id, nameless)
        touched = sorted(of_entries | documents.keys())
        await stored_answers.forget_about(transaction, touched)
        if touched:
            await search.retake(transaction, self.index, workspace_id, touched)
        return len(touched)


def _in_steps(changes: Changes, anew: Callable[[Any], Any]) -> Changes:
    """Changes with what they say of steps put anew."""
    return {path: anew(each) if path.startswith("steps.") else each for path, each in changes.items()}


@dataclass(frozen=True, slots=True)
class Erasing:
    """How people are erased from everything: from every kind of thing that shows them."""

    kinds: Sequence[ShowsPeople[Any]]

    async def contact(self, transaction: Transaction, contact_id: UUID, if_match: IfMatch = None) -> int:
        """Erase a contact for good; in how many cases they were. A tombstone without anything about them remains; 404, 412.

        Their slots are empty afterwards, `main` too: the law stands above the rule that it is always filled.
        """
        transaction.actor.require("contacts.erase")
        workspace_id = await store.workspace_of(transaction, contact_id)
        if workspace_id is None:
            raise CONTACT_RECORD.no_such(contact_id)
        person = await store.get(transaction, workspace_id, contact_id)
        showing = [await each.showing(transaction, workspace_id, contact_id) for each in self.kinds]
        if kept := await store.lock(transaction, workspace_id, contact_id):
            await records.check_if_match(transaction, CONTACT_RECORD, kept, if_match)
        touched = [
            await each.forget_contact(transaction, workspace_id, contact_id, things)
            for each, things in zip(self.kinds, showing, strict=True)
        ]
        for text in filter(None, (person.email, person.phone)):
            await self._forget_text(transaction, workspace_id, text, "")
            for each, things in zip(self.kinds, touched, strict=True):
                await each.forget_text(transaction, workspace_id, things, text)
        await kept_exports.forget_all(transaction, workspace_id, _ERASED_SINCE)
        number = sum(map(len, touched))
        await store.erase(transaction, workspace_id, contact_id, number)
        await events.publish(transaction, ContactErased(workspace_id, person, frozenset(chain(*touched))))
        for each, things in zip(self.kinds, touched, strict=True):
            await search.retake(transaction, each.index, workspace_id, things)
        await audit.record(transaction, "contact.erased", contact_id, workspace_id=workspace_id, cases=number)
        return number

    async def unused(self, transaction: Transaction, workspace_id: UUID, contact_ids: Sequence[UUID]) -> list[str]:
        """Erase those of the contacts that nothing shows any more; by what nobody looks for them from now on."""
        transaction.actor.require("cases.erase")
        texts = await store.erase_unused(transaction, workspace_id, contact_ids)
        for text in texts:
            await self._forget_text(transaction, workspace_id, text, "")
        return texts

    async def member(self, transaction: Transaction, email: str) -> int:
        """Erase who works nowhere any more, for good; in how many cases they stood. 404, 409 while they work somewhere.

        Their id stays where it was, so that histories still say that it was one and the same; nothing tells who.
        """
        transaction.actor.require("server.operate")
        member_id, name = await members.erase(transaction, email)
        number = 0
        for workspace in await workspaces.list_all(transaction):
            inside = transaction.within(Scope((workspace.id,)))
            for views in self._views:
                await views.forget_of(inside, workspace.id, member_id)
            await self._forget_text(inside, workspace.id, email, f"{member_id}@erased.invalid")
            await kept_exports.forget_all(inside, workspace.id, _ERASED_SINCE)
            number += sum([await each.forget_member(inside, workspace.id, member_id) for each in self.kinds])
            await events.publish(inside, MemberErased(workspace.id, member_id, email, frozenset((email, name))))
        await audit.forget_name(transaction, member_id)
        await audit.record(transaction, "member.erased", member_id, cases=number)
        return number

    async def _forget_text(self, transaction: Transaction, workspace_id: UUID, text: str, instead: str) -> None:
        """Where else an address or telephone number stands: views that look for it, and changes of many things."""
        for views in self._views:
            await views.forget_text(transaction, workspace_id, text)
        await records.forget_text(transaction, workspace_id, text, instead)

    @property
    def _views(self) -> Iterator[SavedViews]:
        yield from (*(each.views for each in self.kinds), store.VIEWS)
