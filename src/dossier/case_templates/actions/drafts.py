"""A template in the making: changed a part at a time, checked all the while, published as the next version."""

from typing import Any
from uuid import UUID

from dossier.case_templates.actions.drafting import DRAFTING, shaped
from dossier.case_templates.actions.publishing import create, get_or_404, revise
from dossier.case_templates.model import TemplateVersion
from dossier.drafting import raise_if_behind, raise_if_changed
from dossier.drafting.model import Draft, DraftRow, mark
from dossier.foundation.database import Transaction
from dossier.foundation.errors import Invalid, pointer
from dossier.foundation.identifiers import new_id
from dossier.foundation.reachable import Allowed
from dossier.records.model import IfMatch, VersionConflict

Document = dict[str, Any]

get_draft = DRAFTING.get
change = DRAFTING.change
change_details = DRAFTING.change_details
undo = DRAFTING.undo


async def begin(transaction: Transaction, workspace_id: UUID, document: Document) -> UUID:
    """A draft of a new template; its id, which the template will have."""
    transaction.actor.require("templates.design")
    id = new_id()
    await DRAFTING.begin(transaction, workspace_id, id, shaped(document, None))
    return id


async def keep_item(
    transaction: Transaction, template_id: UUID, seen: str, part: str, key: str | None, item: Document
) -> Draft:
    """Put one part in the place of another (`key`), or at the end, whatever else of the draft changed meanwhile.

    400 for what is wrong with it; 412 unless `seen` is the `mark` of the part that it replaces.
    """
    draft = await DRAFTING.held(transaction, template_id)
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
    changed = await DRAFTING.keep(transaction, draft, {part: items})
    Invalid.if_any(each for each in changed.problems if f"{each.pointer}/".startswith(f"/{part}/{place}/"))
    return changed


async def remove_item(transaction: Transaction, template_id: UUID, if_match: IfMatch, part: str, key: str) -> Draft:
    """Take a part out; fields of a section that goes stay, under no heading."""
    draft = await DRAFTING.held(transaction, template_id)
    raise_if_changed(draft, if_match)
    draft.item(part, key)
    values: dict[str, Any] = {part: [each for each in draft.items(part) if each["key"] != key]}
    if part == "sections":
        values["schema"] = [
            {name: value for name, value in field.items() if (name, value) != ("section", key)}
            for field in draft.items("schema")
        ]
    return await DRAFTING.keep(transaction, draft, values)


async def move_item(transaction: Transaction, template_id: UUID, part: str, key: str, by: int) -> Draft:
    """Put a part one place up (-1) or down (1), wherever it stands by now; at the end it stays where it is."""
    draft = await DRAFTING.held(transaction, template_id)
    items = draft.items(part)
    item = draft.item(part, key)
    beside = [each for each in items if each.get("section") == item.get("section")]  # what stands in one list
    wanted = beside.index(item) + by
    if 0 <= wanted < len(beside):
        place, other = items.index(item), items.index(beside[wanted])
        items.insert(other, items.pop(place))
    return await DRAFTING.keep(transaction, draft, {part: items})


async def switch_rule(transaction: Transaction, template_id: UUID, if_match: IfMatch, key: str) -> Draft:
    """Switch a rule off that is on, or the other way round; 404, 412."""
    draft = await DRAFTING.held(transaction, template_id)
    raise_if_changed(draft, if_match)
    rule = draft.item("automations", key)
    switched = {name: value for name, value in rule.items() if name != "enabled"}
    if rule.get("enabled", True):
        switched["enabled"] = False
    rules = [switched if each is rule else each for each in draft.items("automations")]
    return await DRAFTING.keep(transaction, draft, {"automations": rules})


async def publish(transaction: Transaction, template_id: UUID, if_match: IfMatch, allowed: Allowed) -> TemplateVersion:
    """Make the draft the next version; 400 with everything that is still wrong, 412 for one that is behind.

    `allowed`: what calls may reach inside.
    """

    async def first(row: DraftRow) -> TemplateVersion:
        made_by = transaction.actor.id
        return await create(transaction, row.workspace_id, row.document, made_by, template_id, allowed=allowed)

    async def next_one(row: DraftRow) -> TemplateVersion:
        raise_if_behind(await get_or_404(transaction, template_id), row.based_on)
        return await revise(transaction, template_id, row.document, of_draft=True, allowed=allowed)

    return await DRAFTING.publish(transaction, template_id, if_match, first, next_one)


async def discard(transaction: Transaction, template_id: UUID) -> None:
    """Forget what was changed since the last version; 404."""
    await DRAFTING.discard(transaction, template_id)
