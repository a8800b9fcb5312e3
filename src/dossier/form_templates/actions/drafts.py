"""A form template in the making: changed a part at a time, checked all the while, published as the next version."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from dossier import records
from dossier.form_templates import store
from dossier.form_templates.actions.history import begin_change
from dossier.form_templates.actions.publishing import create, get_or_404, reserve, revise, same_slug
from dossier.form_templates.model import FormTemplateVersion, parse
from dossier.form_templates.model.drafting import shaped
from dossier.form_templates.model.record import FORM_TEMPLATE_RECORD, KeptFormTemplate, changed_parts
from dossier.foundation import json
from dossier.foundation.database import ReadSession, Transaction
from dossier.foundation.errors import Conflict, Invalid, NotFound, Problem, pointer
from dossier.foundation.identifiers import new_id
from dossier.records.model import Entry, IfMatch, VersionConflict, matches

Document = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Draft:
    """A document that is worked on. `revision` is 0 while it is what was published; `based_on` is that version, or 0."""

    workspace_id: UUID
    template_id: UUID
    based_on: int
    revision: int
    document: Document
    archived: bool = False

    @property
    def slug(self) -> str:
        """The short name, which addresses have."""
        return str(self.document["slug"])

    @property
    def kept(self) -> KeptFormTemplate:
        """The template as its history is asked for."""
        return KeptFormTemplate(self.workspace_id, self.template_id, 0, datetime.min.replace(tzinfo=UTC), self.document)

    @property
    def problems(self) -> Sequence[Problem]:
        """What must be put right before it can be published."""
        try:
            parse(self.document)
        except Invalid as refusal:
            return refusal.problems
        return ()


async def get_draft(reading: ReadSession, template_id: UUID) -> Draft:
    """The draft of a template, or what was published last; 404."""
    current = await store.get(reading, template_id)
    row = await store.draft(reading, template_id)
    if row:
        archived = bool(current and current.archived_at)
        return Draft(row.workspace_id, template_id, row.based_on, row.revision, row.document, archived)
    if current is None:
        raise NotFound.because("There is no such template.")
    document, archived = dict(current.document), current.archived_at is not None
    return Draft(current.workspace_id, template_id, current.version, 0, document, archived)


async def begin(transaction: Transaction, workspace_id: UUID, document: Document) -> UUID:
    """A draft of a new template; its id, which the template will have. 409 where the document's slug is taken."""
    transaction.actor.require("templates.design")
    id, document = new_id(), shaped(document)
    document = {**document, "slug": await reserve(transaction, workspace_id, id, document)}
    await store.keep_draft(transaction, workspace_id, id, 0, 1, document)
    made = await begin_change(transaction, workspace_id, id, document)
    await records.history.write(transaction, made.note(Entry("created", {})))
    return id


async def put(transaction: Transaction, template_id: UUID, document: Document, if_match: IfMatch = None) -> Draft:
    """The draft is this document from now on. 412 when somebody else has changed it meanwhile."""
    transaction.actor.require("templates.design")
    draft = await held(transaction, template_id)
    raise_if_changed(draft, if_match)
    return await _kept(transaction, draft, document, "draft")


async def change(transaction: Transaction, template_id: UUID, if_match: IfMatch, values: Mapping[str, Any]) -> Draft:
    """Set members of the document; None takes one out. 412 when somebody else has changed the draft meanwhile."""
    transaction.actor.require("templates.design")
    draft = await held(transaction, template_id)
    raise_if_changed(draft, if_match)
    return await keep(transaction, draft, values)


async def change_details(
    transaction: Transaction, template_id: UUID, seen: Mapping[str, Any], values: Mapping[str, Any]
) -> Draft:
    """Set those members that somebody changed from what they had `seen`; 412 where somebody else changed the same one."""
    transaction.actor.require("templates.design")
    draft = await held(transaction, template_id)
    mine = {name: value for name, value in values.items() if (value or None) != (seen.get(name) or None)}
    for name, value in mine.items():
        if (draft.document.get(name) or None) not in (seen.get(name) or None, value or None):
            raise VersionConflict.because(
                "Somebody else changed the same thing meanwhile; look at both, and save again.", pointer=pointer(name)
            )
    return await keep(transaction, draft, mine)


def mark(item: Mapping[str, Any]) -> str:
    """Tells one state of a part from another."""
    return hashlib.sha256(json.encode(item)).hexdigest()[:32]


async def held(transaction: Transaction, template_id: UUID) -> Draft:
    """The draft, locked, ready to be changed; 404, 409."""
    await store.lock(transaction, template_id)
    draft = await get_draft(transaction, template_id)
    if draft.archived:
        raise Conflict.because("The template is archived; bring it back first.", "archived")
    return draft


def raise_if_changed(draft: Draft, if_match: IfMatch) -> None:
    """412 unless the client has seen the draft as it is."""
    if not matches(if_match, draft.revision):
        raise VersionConflict.because("Somebody else changed this draft meanwhile; reload the page and do it again.")


async def keep(transaction: Transaction, draft: Draft, values: Mapping[str, Any], kind: str = "draft") -> Draft:
    """Keep a draft that was locked with other members, and remember what differs. None takes one out, but `expires_after`: never."""
    joined = {**draft.document, **values}
    left = {name: value for name, value in joined.items() if value not in (None, [], "", {}) or _is_never(name, value)}
    return await _kept(transaction, draft, left, kind)


async def _kept(transaction: Transaction, draft: Draft, document: Document, kind: str) -> Draft:
    document = shaped({**document, "slug": same_slug(document, draft.slug)})
    revision, id = draft.revision + 1, draft.template_id
    await store.keep_draft(transaction, draft.workspace_id, id, draft.based_on, revision, document)
    await _remember(transaction, draft, kind, document)
    return Draft(draft.workspace_id, id, draft.based_on, revision, document)


def _is_never(name: str, value: Any) -> bool:
    return name == "expires_after" and value is None


async def _remember(transaction: Transaction, draft: Draft, kind: str, document: Mapping[str, Any]) -> None:
    """Note what differs between the draft and what it becomes."""
    changed = await begin_change(transaction, draft.workspace_id, draft.template_id, draft.document)
    await records.history.write(transaction, changed.put(kind, changed_parts(draft.document, document)))


async def undo(transaction: Transaction, template_id: UUID, entry_id: UUID) -> Draft:
    """Take one entry of the history back in the draft; 409 where a later change stands in the way, 400 for none."""
    transaction.actor.require("templates.design")
    draft = await held(transaction, template_id)
    changed = await begin_change(transaction, draft.workspace_id, template_id, draft.document)
    entry = await records.history.get(transaction, FORM_TEMPLATE_RECORD, changed.after, entry_id)
    if entry is None:
        raise Invalid.because("The template's history has no such entry.", "unknown_entry")
    values = await records.values_before(transaction, FORM_TEMPLATE_RECORD, changed.after, entry)
    return await keep(transaction, draft, changed.put("undone", values).after.document, "undone")


async def publish(transaction: Transaction, template_id: UUID, if_match: IfMatch = None) -> FormTemplateVersion:
    """Make the draft the next version; 400 with everything that is still wrong, 412 for one that is behind."""
    transaction.actor.require("templates.design")
    await store.lock(transaction, template_id)
    await get_draft(transaction, template_id)
    row = await store.draft(transaction, template_id)
    if row is None:
        raise Conflict.because("There is nothing to publish: nothing was changed.", "no_draft")
    if not matches(if_match, row.revision):
        raise VersionConflict.because("Somebody else changed this draft meanwhile; reload the page and look again.")
    if row.based_on == 0:
        made = await create(transaction, row.workspace_id, row.document, template_id)
    else:
        await _raise_if_behind(transaction, template_id, row.based_on)
        made = await revise(transaction, template_id, row.document, of_draft=True)
    await store.discard_draft(transaction, template_id)
    return made


async def _raise_if_behind(transaction: Transaction, template_id: UUID, based_on: int) -> None:
    current = await get_or_404(transaction, template_id)
    if current.version != based_on:
        raise VersionConflict.because(
            "Version {version} was published meanwhile, by a program or the command line;"
            " export your draft, discard it, and import it into the new version.",
            version=current.version,
        )


async def discard(transaction: Transaction, template_id: UUID) -> None:
    """Forget what was changed since the last version, or a template that has none; 404."""
    transaction.actor.require("templates.design")
    await store.lock(transaction, template_id)
    draft = await get_draft(transaction, template_id)
    if not await store.discard_draft(transaction, template_id):
        raise NotFound.because("There is no draft to discard.")
    if published := await store.get(transaction, template_id):
        await _remember(transaction, draft, "discarded", published.document)
        return
    await records.history.forget(transaction, FORM_TEMPLATE_RECORD, draft.workspace_id, template_id)
    await store.forget(transaction, template_id)
