"""Putting a form together: its parts, letters and languages, one at a time, whatever else of the draft changes meanwhile."""

from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from dossier.drafting.model import Draft, mark
from dossier.form_templates.actions.drafting import DRAFTING
from dossier.form_templates.model import editing
from dossier.form_templates.model.faults import placed
from dossier.foundation.database import Transaction
from dossier.foundation.errors import Invalid, pointer
from dossier.records.model import VersionConflict

Item = dict[str, Any]
Document = Mapping[str, Any]


async def keep(
    transaction: Transaction, template_id: UUID, seen: str, part: str, key: str | None, item: Item, at: tuple[str, str]
) -> Draft:
    """Put one part in the place of another (`key`), or at the end: an element of the page and the group that `at` names.

    400 for what is wrong with it; 404; 412 unless `seen` is the `mark` of the part that it replaces.
    """

    def put(document: Document) -> Item:
        if key is not None:
            _raise_if_changed(seen, editing.find(document, part, key), pointer(part, key))
        return editing.put(document, part, key, item, *at)

    changed = await _edited(transaction, template_id, put)
    wrong = placed(changed.document, changed.problems).get((part, item["key"]), ())
    Invalid.if_any(
        each for each in wrong if not (each.pointer or "").endswith("/elements")
    )  # a group is filled afterwards
    return changed


async def remove(transaction: Transaction, template_id: UUID, part: str, key: str) -> Draft:
    """Take a part out, with its words in other languages; 404."""
    return await _edited(transaction, template_id, lambda document: editing.remove(document, part, key))


async def duplicate(transaction: Transaction, template_id: UUID, part: str, key: str) -> Draft:
    """The same part once more, under a key of its own; 404."""
    return await _edited(transaction, template_id, lambda document: editing.duplicate(document, part, key))


async def move(transaction: Transaction, template_id: UUID, part: str, key: str, by: int) -> Draft:
    """Put a part one place up (-1) or down (1), wherever it stands by now; 404."""
    return await _edited(transaction, template_id, lambda document: editing.move(document, part, key, by))


async def move_to(transaction: Transaction, template_id: UUID, key: str, page: str, group: str, before: str) -> Draft:
    """Put an element before another one, or at the end of a page or group; 404."""
    return await _edited(transaction, template_id, lambda document: editing.move_to(document, key, page, group, before))


async def keep_letter(transaction: Transaction, template_id: UUID, seen: str, name: str, letter: Any) -> Draft:
    """What is written on one occasion; nothing: in our words. 400; 412 where another person changed it meanwhile."""

    def put(document: Document) -> Item:
        messages = dict(document.get("messages") or {})
        _raise_if_changed(seen, {"": messages.get(name) or type(letter)()}, pointer("messages", name))
        others = {each: said for each, said in messages.items() if each != name}
        return {"messages": others | ({name: letter} if letter else {})}

    changed = await _edited(transaction, template_id, put)
    Invalid.if_any(placed(changed.document, changed.problems).get(("messages", name), ()))
    return changed


async def translate(transaction: Transaction, template_id: UUID, language: str, said: Mapping[str, str]) -> Draft:
    """These texts in a language, the others as they are; 400 for what is wrong with them."""
    changed = await _edited(transaction, template_id, lambda document: editing.translate(document, language, said))
    wrong = placed(changed.document, changed.problems).get(("texts", language), ())
    Invalid.if_any(each for each in wrong if any(each.pointer == pointer("texts", language, path) for path in said))
    return changed


async def forget_language(transaction: Transaction, template_id: UUID, language: str) -> Draft:
    """The form without a language."""
    return await _edited(transaction, template_id, lambda document: editing.forget_language(document, language))


def _raise_if_changed(seen: str, there: Item, at: str) -> None:
    if seen != mark(there):
        sentence = "Somebody else changed the same part meanwhile. What you typed is below; save again to put it in the place of theirs."
        raise VersionConflict.because(sentence, pointer=at)


async def _edited(transaction: Transaction, template_id: UUID, edit: Callable[[Document], Item]) -> Draft:
    draft = await DRAFTING.held(transaction, template_id)
    return await DRAFTING.keep(transaction, draft, edit(draft.document))
