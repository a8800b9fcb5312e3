"""A template in the making: changed a part at a time, checked all the while, published as the next version."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from dossier import records
from dossier.case_templates import store
from dossier.case_templates.actions.history import begin_change
from dossier.case_templates.actions.publishing import create, get_or_404, revise
from dossier.case_templates.model import TEMPLATE_RECORD, KeptTemplate, TemplateVersion, called, changed_parts, parse
from dossier.case_templates.model.difference import PARTS
from dossier.foundation import json
from dossier.foundation.database import ReadSession, Transaction
from dossier.foundation.errors import Conflict, Invalid, NotFound, Problem, pointer
from dossier.foundation.identifiers import new_id
from dossier.foundation.reachable import Allowed
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

    def items(self, part: str) -> list[Document]:
        return list(self.document.get(part) or ())

    def item(self, part: str, key: str) -> Document:
        """One part by its key; 404."""
        for each in self.items(part):
            if each["key"] == key:
                return each
        raise NotFound.because("The template has no such part; somebody may have removed it.")

    @property
    def kept(self) -> KeptTemplate:
        """The template as its history is asked for."""
        return KeptTemplate(self.workspace_id, self.template_id, 0, datetime.min.replace(tzinfo=UTC), self.document)

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
    """A draft of a new template; its id, which the template will have."""
    transaction.actor.require("templates.design")
    id = new_id()
    await store.keep_draft(transaction, workspace_id, id, 0, 1, _shaped(document))
    made = await begin_change(transaction, workspace_id, id, document)
    await records.history.write(transaction, made.note(Entry("created", {})))
    return id


async def change(transaction: Transaction, template_id: UUID, if_match: IfMatch, values: Mapping[str, Any]) -> Draft:
    """Set members of the document; None takes one out. 412 when somebody else has changed the draft meanwhile."""
    transaction.actor.require("templates.design")
    draft = await _held(transaction, template_id)
    _check_if_match(draft, if_match)
    return await _change(transaction, draft, values)


async def change_details(
    transaction: Transaction, template_id: UUID, seen: Mapping[str, str], values: Mapping[str, str]
) -> Draft:
    """Set those members that somebody changed from what they had `seen`; 412 where somebody else changed the same one."""
    transaction.actor.require("templates.design")
    draft = await _held(transaction, template_id)
    mine = {name: value for name, value in values.items() if value != seen.get(name, "")}
    for name, value in mine.items():
        if str(draft.document.get(name) or "") not in (seen.get(name, ""), value):
            raise VersionConflict.because(
                "Somebody else changed the same thing meanwhile; look at both, and save again.", pointer=f"/{name}"
            )
    return await _change(transaction, draft, mine)


async def keep_item(
    transaction: Transaction, template_id: UUID, seen: str, part: str, key: str | None, item: Document
) -> Draft:
    """Put one part in the place of another (`key`), or at the end, whatever else of the draft changed meanwhile.

    400 for what is wrong with it; 412 unless `seen` is the `mark` of the part that it replaces.
    """
    transaction.actor.require("templates.design")
    draft = await _held(transaction, template_id)
    items = draft.items(part)
    if key is None:
        items.append(item)
        place = len(items) - 1
    else:
        old = draft.item(part, key)
        if seen != mark(old):
            raise VersionConflict.because(
                "Somebody else changed the same part meanwhile. What you typed is below; save again to put it in the place of theirs.",
                pointer=pointer(part, key),
            )
        place = items.index(old)
        items[place] = item
    changed = await _change(transaction, draft, {part: items})
    Invalid.if_any(each for each in changed.problems if f"{each.pointer}/".startswith(f"/{part}/{place}/"))
    return changed


def mark(item: Document) -> str:
    """Tells one state of a part from another."""
    return hashlib.sha256(json.encode(item)).hexdigest()[:32]


async def _held(transaction: Transaction, template_id: UUID) -> Draft:
    """The draft, locked, ready to be changed."""
    await store.draft(transaction, template_id, lock=True)
    draft = await get_draft(transaction, template_id)
    if draft.archived:
        raise Conflict.because("The template is archived; bring it back first.", "archived")
    return draft


def _check_if_match(draft: Draft, if_match: IfMatch) -> None:
    if not matches(if_match, draft.revision):
        raise VersionConflict.because("Somebody else changed this draft meanwhile; reload the page and do it again.")


async def _change(transaction: Transaction, draft: Draft, values: Mapping[str, Any], kind: str = "draft") -> Draft:
    document = {name: value for name, value in {**draft.document, **values}.items() if value not in (None, [], "")}
    revision, id = draft.revision + 1, draft.template_id
    await store.keep_draft(transaction, draft.workspace_id, id, draft.based_on, revision, _shaped(document))
    await _remember(transaction, draft, kind, document)
    return Draft(draft.workspace_id, id, draft.based_on, revision, document)


async def _remember(transaction: Transaction, draft: Draft, kind: str, document: Mapping[str, Any]) -> None:
    """Note what differs between the draft and what it becomes."""
    change = await begin_change(transaction, draft.workspace_id, draft.template_id, draft.document)
    await records.history.write(transaction, change.put(kind, changed_parts(draft.document, document)))


async def undo(transaction: Transaction, template_id: UUID, entry_id: UUID) -> Draft:
    """Take one entry of the history back in the draft; 409 where a later change stands in the way, 400 for none."""
    transaction.actor.require("templates.design")
    draft = await _held(transaction, template_id)
    change = await begin_change(transaction, draft.workspace_id, template_id, draft.document)
    entry = await records.history.get(transaction, TEMPLATE_RECORD, change.after, entry_id)
    if entry is None:
        raise Invalid.because("The template's history has no such entry.", "unknown_entry")
    values = await records.values_before(transaction, TEMPLATE_RECORD, change.after, entry)
    return await _change(transaction, draft, change.put("undone", values).after.document, "undone")


async def remove_item(transaction: Transaction, template_id: UUID, if_match: IfMatch, part: str, key: str) -> Draft:
    """Take a part out; fields of a section that goes stay, under no heading."""
    transaction.actor.require("templates.design")
    draft = await _held(transaction, template_id)
    _check_if_match(draft, if_match)
    draft.item(part, key)
    values: dict[str, Any] = {part: [each for each in draft.items(part) if each["key"] != key]}
    if part == "sections":
        values["schema"] = [
            {name: value for name, value in field.items() if (name, value) != ("section", key)}
            for field in draft.items("schema")
        ]
    return await _change(transaction, draft, values)


async def move_item(transaction: Transaction, template_id: UUID, part: str, key: str, by: int) -> Draft:
    """Put a part one place up (-1) or down (1), wherever it stands by now; at the end it stays where it is."""
    transaction.actor.require("templates.design")
    draft = await _held(transaction, template_id)
    items = draft.items(part)
    item = draft.item(part, key)
    beside = [each for each in items if each.get("section") == item.get("section")]  # what stands in one list
    wanted = beside.index(item) + by
    if 0 <= wanted < len(beside):
        place, other = items.index(item), items.index(beside[wanted])
        items.insert(other, items.pop(place))
    return await _change(transaction, draft, {part: items})


async def switch_rule(transaction: Transaction, template_id: UUID, if_match: IfMatch, key: str) -> Draft:
    """Switch a rule off that is on, or the other way round; 404, 412."""
    transaction.actor.require("templates.design")
    draft = await _held(transaction, template_id)
    _check_if_match(draft, if_match)
    rule = draft.item("automations", key)
    switched = {name: value for name, value in rule.items() if name != "enabled"}
    if rule.get("enabled", True):
        switched["enabled"] = False
    rules = [switched if each is rule else each for each in draft.items("automations")]
    return await _change(transaction, draft, {"automations": rules})


async def publish(transaction: Transaction, template_id: UUID, if_match: IfMatch, allowed: Allowed) -> TemplateVersion:
    """Make the draft the next version; 400 with everything that is still wrong, 412 for one that is behind.

    `allowed`: what calls may reach inside.
    """
    transaction.actor.require("templates.design")
    await get_draft(transaction, template_id)
    row = await store.draft(transaction, template_id, lock=True)
    if row is None:
        raise Conflict.because("There is nothing to publish: nothing was changed.", "no_draft")
    if not matches(if_match, row.revision):
        raise VersionConflict.because("Somebody else changed this draft meanwhile; reload the page and look again.")
    if row.based_on == 0:
        made = await create(
            transaction, row.workspace_id, row.document, transaction.actor.id, template_id, allowed=allowed
        )
    else:
        current = await get_or_404(transaction, template_id)
        if current.version != row.based_on:
            raise VersionConflict.because(
                "Version {version} was published meanwhile, by a program or the command line;"
                " export your draft, discard it, and import it into the new version.",
                version=current.version,
            )
        made = await revise(transaction, template_id, row.document, of_draft=True, allowed=allowed)
    await store.discard_draft(transaction, template_id)
    return made


async def discard(transaction: Transaction, template_id: UUID) -> None:
    """Forget what was changed since the last version; 404."""
    transaction.actor.require("templates.design")
    draft = await get_draft(transaction, template_id)
    if not await store.discard_draft(transaction, template_id):
        raise NotFound.because("There is no draft to discard.")
    if published := await store.get(transaction, template_id):
        await _remember(transaction, draft, "discarded", published.document)
    else:
        await records.history.forget(transaction, TEMPLATE_RECORD, draft.workspace_id, template_id)


def _shaped(document: Document) -> Document:
    """A document that the designer can show: every list is one of objects with a key. 400."""
    for part in PARTS:
        items = document.get(part, [])
        if not isinstance(items, list) or not all(isinstance(each, dict) and "key" in each for each in items):
            raise Invalid.because(
                "“{part}” must be a list of objects, each with a “key”.", pointer=f"/{part}", part=called(part)
            )
    if not isinstance(document.get("title"), str) or not document["title"]:
        raise Invalid.because("“{field}” is required.", "missing_member", pointer="/title", field=called("title"))
    return document
