"""A document in the making: changed a part at a time, by several people, checked all the while, published as the next version."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, Protocol, TypeVar
from uuid import UUID

from dossier import records
from dossier.drafting.model import Document, DocumentChange, Draft, DraftRow, Kept, Parts
from dossier.drafting.store import Shelf
from dossier.foundation.database import ReadSession, Transaction
from dossier.foundation.errors import Conflict, Invalid, NotFound, Problem, pointer
from dossier.records.model import ChangeSet, Entry, IfMatch, Record, VersionConflict, matches


class Published(Protocol):
    """The newest version of a template."""

    @property
    def workspace_id(self) -> UUID: ...
    @property
    def version(self) -> int: ...
    @property
    def document(self) -> Document: ...
    @property
    def archived_at(self) -> datetime | None: ...


V = TypeVar("V", bound=Published)


@dataclass(frozen=True, slots=True)
class Drafting(Generic[V]):
    """Documents of a kind and their drafts. `current`: the newest version in scope; `parse` refuses what cannot be published.

    `shaped` gives a document as a draft is kept, of the draft that it follows, or refuses what cannot be worked on.
    """

    record: Record[Kept]
    parts: Parts
    shelf: Shelf
    current: Callable[[ReadSession, UUID], Awaitable[V | None]]
    parse: Callable[[Document], object]
    shaped: Callable[[Document, Draft | None], dict[str, Any]]

    async def get(self, reading: ReadSession, id: UUID) -> Draft:
        """The draft of a template, or what was published last; 404."""
        current, row = await self.current(reading, id), await self.shelf.draft(reading, id)
        archived = bool(current and current.archived_at)
        if row:
            return Draft(row.workspace_id, id, row.based_on, row.revision, row.document, self.parse, archived)
        if current is None:
            raise NotFound.because("There is no such template.")
        return Draft(current.workspace_id, id, current.version, 0, dict(current.document), self.parse, archived)

    async def held(self, transaction: Transaction, id: UUID) -> Draft:
        """The draft, locked, ready to be changed by who may; 404, 409."""
        transaction.actor.require("templates.design")
        await self.shelf.lock(transaction, id)
        draft = await self.get(transaction, id)
        if draft.archived:
            raise Conflict.because("The template is archived; bring it back first.", "archived")
        return draft

    async def begin(self, transaction: Transaction, workspace_id: UUID, id: UUID, document: dict[str, Any]) -> None:
        """The first draft of a new template, by who may."""
        transaction.actor.require("templates.design")
        await self.shelf.keep_draft(transaction, workspace_id, id, 0, 1, document)
        await self.note(transaction, workspace_id, id, document, Entry("created", {}))

    async def change(self, transaction: Transaction, id: UUID, if_match: IfMatch, values: Mapping[str, Any]) -> Draft:
        """Set members of the document; None takes one out. 412 when somebody else has changed the draft meanwhile."""
        draft = await self.held(transaction, id)
        raise_if_changed(draft, if_match)
        return await self.keep(transaction, draft, values)

    async def change_details(
        self, transaction: Transaction, id: UUID, seen: Mapping[str, Any], values: Mapping[str, Any]
    ) -> Draft:
        """Set those members that somebody changed from what they had `seen`; 412 where somebody else changed the same one."""
        draft = await self.held(transaction, id)
        mine = {name: value for name, value in values.items() if (value or None) != (seen.get(name) or None)}
        for name, value in mine.items():
            if (draft.document.get(name) or None) not in (seen.get(name) or None, value or None):
                sentence = "Somebody else changed the same thing meanwhile; look at both, and save again."
                raise VersionConflict.because(sentence, pointer=pointer(name))
        return await self.keep(transaction, draft, mine)

    async def keep(
        self, transaction: Transaction, draft: Draft, values: Mapping[str, Any], kind: str = "draft"
    ) -> Draft:
        """Keep a draft that is held with other members, and remember what differs."""
        return await self.put(transaction, draft, self.parts.without_nothing({**draft.document, **values}), kind)

    async def put(self, transaction: Transaction, draft: Draft, document: Document, kind: str = "draft") -> Draft:
        """Keep a draft that is held as this document from now on."""
        shaped, revision = self.shaped(document, draft), draft.revision + 1
        await self.shelf.keep_draft(
            transaction, draft.workspace_id, draft.template_id, draft.based_on, revision, shaped
        )
        await self._remember(transaction, draft, kind, shaped)
        return Draft(draft.workspace_id, draft.template_id, draft.based_on, revision, shaped, self.parse)

    async def undo(self, transaction: Transaction, id: UUID, entry_id: UUID) -> Draft:
        """Take one entry of the history back in the draft; 409 where a later change stands in the way, 400 for none."""
        draft = await self.held(transaction, id)
        change = await self.begin_change(transaction, draft.workspace_id, id, draft.document)
        entry = await records.history.get(transaction, self.record, change.after, entry_id)
        if entry is None:
            raise Invalid.because("The template's history has no such entry.", "unknown_entry")
        values = await records.values_before(transaction, self.record, change.after, entry)
        return await self.keep(transaction, draft, change.put("undone", values).after.document, "undone")

    async def publish(
        self,
        transaction: Transaction,
        id: UUID,
        if_match: IfMatch,
        create: Callable[[DraftRow], Awaitable[V]],
        revise: Callable[[DraftRow], Awaitable[V]],
    ) -> V:
        """Make the draft the first or the next version; 404, 409 where nothing was changed, 412 for one that is behind."""
        transaction.actor.require("templates.design")
        await self.shelf.lock(transaction, id)
        await self.get(transaction, id)
        row = await self.shelf.draft(transaction, id)
        if row is None:
            raise Conflict.because("There is nothing to publish: nothing was changed.", "no_draft")
        if not matches(if_match, row.revision):
            raise VersionConflict.because("Somebody else changed this draft meanwhile; reload the page and look again.")
        made = await (create if row.based_on == 0 else revise)(row)
        await self.shelf.discard_draft(transaction, id)
        return made

    async def discard(self, transaction: Transaction, id: UUID) -> None:
        """Forget what was changed since the last version; without one, its history too. 404."""
        transaction.actor.require("templates.design")
        await self.shelf.lock(transaction, id)
        draft = await self.get(transaction, id)
        if not await self.shelf.discard_draft(transaction, id):
            raise NotFound.because("There is no draft to discard.")
        published = await self.current(transaction, id)
        if published:
            await self._remember(transaction, draft, "discarded", published.document)
        else:
            await records.history.forget(transaction, self.record, draft.workspace_id, id)

    async def begin_change(
        self, transaction: Transaction, workspace_id: UUID, id: UUID, document: Document
    ) -> DocumentChange:
        """A change of a locked template, or of one that is being made, that has not changed anything yet."""
        version = await records.history.newest(transaction, self.record, workspace_id, id)
        kept = Kept(workspace_id, id, version, transaction.clock(), document)
        return ChangeSet(self.record, kept, kept)

    async def note(
        self, transaction: Transaction, workspace_id: UUID, id: UUID, document: Document, entry: Entry
    ) -> None:
        """Remember something that changed no part of the document."""
        change = await self.begin_change(transaction, workspace_id, id, document)
        await records.history.write(transaction, change.note(entry))

    async def _remember(self, transaction: Transaction, draft: Draft, kind: str, document: Document) -> None:
        change = await self.begin_change(transaction, draft.workspace_id, draft.template_id, draft.document)
        await records.history.write(transaction, change.put(kind, self.parts.changed(draft.document, document)))


def raise_if_changed(draft: Draft, if_match: IfMatch) -> None:
    """412 unless the client has seen the draft as it is."""
    if not matches(if_match, draft.revision):
        raise VersionConflict.because("Somebody else changed this draft meanwhile; reload the page and do it again.")


def raise_if_behind(current: Published, based_on: int) -> None:
    """412 where something newer was published than what a draft follows."""
    if current.version != based_on:
        raise VersionConflict.because(
            "Version {version} was published meanwhile, by a program or the command line;"
            " export your draft, discard it, and import it into the new version.",
            version=current.version,
        )


def raise_if_published(current: Published, if_match: IfMatch) -> None:
    """412 unless the client has seen the newest version."""
    if not matches(if_match, current.version):
        detail, meta = "The template is at version {version} by now.", {"version": current.version}
        raise VersionConflict((Problem(detail, "changed_since", meta=meta, version=current.version),))
