"""Versions of a form template: published, never changed again. Its presets are what the newest one says."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from dossier import records
from dossier.drafting import raise_if_published
from dossier.drafting.model import DocumentChange
from dossier.form_templates import store
from dossier.form_templates.actions.drafting import DRAFTING, same_slug
from dossier.form_templates.events import FormTemplatePublished
from dossier.form_templates.model import FormTemplate, FormTemplateVersion, PresetRow, normalized, parse
from dossier.form_templates.model.lists import with_lists
from dossier.form_templates.model.record import DOCUMENT, FORM_TEMPLATE_RECORD
from dossier.form_templates.model.slugs import slug_of
from dossier.foundation import events
from dossier.foundation.database import ReadSession, Transaction
from dossier.foundation.errors import Conflict, Invalid
from dossier.foundation.identifiers import new_id
from dossier.records.model import Change, Entry, IfMatch

Document = Mapping[str, Any]


async def create(
    transaction: Transaction, workspace_id: UUID, document: Document, id: UUID | None = None
) -> FormTemplateVersion:
    """A new template with its first version; 400 for everything that is wrong with the document, 409 for a slug that is taken.

    `id`: of a template that has only a draft.
    """
    transaction.actor.require("templates.design")
    document, template = await checked(transaction, workspace_id, document)
    made = id or new_id()
    if id is None:
        document = {**document, "slug": await reserve(transaction, workspace_id, made, document)}
    return await _publish(
        transaction, await DRAFTING.begin_change(transaction, workspace_id, made, document), 1, document, template
    )


async def revise(
    transaction: Transaction, template_id: UUID, document: Document, if_match: IfMatch = None, *, of_draft: bool = False
) -> FormTemplateVersion:
    """A new version; the same document again changes nothing. Forms stay on the version they were made with. 404, 409, 412.

    Of a template that has only a draft it is the first one, in the place of the draft. `of_draft`: what differs is in the history already.
    """
    transaction.actor.require("templates.design")
    await store.SHELF.lock(transaction, template_id)
    if await store.get(transaction, template_id) is None:
        return await _first(transaction, template_id, document)
    current = await get_or_404(transaction, template_id)
    document, template = await checked(transaction, current.workspace_id, document)
    raise_if_archived(current)
    raise_if_published(current, if_match)
    document = {**document, "slug": same_slug(document, current.slug)}
    if document == current.document:
        return current
    change = await DRAFTING.begin_change(transaction, current.workspace_id, template_id, current.document)
    if not of_draft:
        change = change.put("revised", DOCUMENT.changed(current.document, document))
    return await _publish(transaction, change, current.version + 1, document, template)


async def _first(transaction: Transaction, template_id: UUID, document: Document) -> FormTemplateVersion:
    draft = await store.SHELF.draft(transaction, template_id)
    if draft is None:
        raise FORM_TEMPLATE_RECORD.no_such(template_id)
    document = {**document, "slug": same_slug(document, draft.document["slug"])}
    made = await create(transaction, draft.workspace_id, document, template_id)
    await store.SHELF.discard_draft(transaction, template_id)
    return made


async def archive(
    transaction: Transaction, template_id: UUID, archived: bool, if_match: IfMatch = None
) -> FormTemplateVersion:
    """Archive a template, or bring it back; its forms go on. 404, 412."""
    transaction.actor.require("templates.design")
    current = await get_for_update(transaction, template_id)
    raise_if_published(current, if_match)
    if archived == (current.archived_at is not None):
        return current
    await store.SHELF.archive(transaction, template_id, archived)
    await _note(transaction, current, Entry("archived" if archived else "unarchived", {}))
    return await get_or_404(transaction, template_id)


async def enable(
    transaction: Transaction, presets: Sequence[PresetRow], enabled: bool, if_match: IfMatch = None
) -> FormTemplateVersion:
    """Let forms be made with these presets of one template, or no longer; those that there are go on. 404, 412."""
    transaction.actor.require("templates.design")
    current = await get_for_update(transaction, presets[0].template_id)
    raise_if_published(current, if_match)
    changes: dict[str, Change] = {
        f"enabled.{each.key}": {"old": each.enabled, "new": enabled} for each in presets if each.enabled != enabled
    }
    if changes:
        await store.enable(transaction, [each.id for each in presets], enabled)
        await _note(transaction, current, Entry("enabled", changes))
    return await get_or_404(transaction, current.id)


# ---- parts of these ----


async def checked(
    transaction: ReadSession, workspace_id: UUID, document: Document, *, draft: bool = False
) -> tuple[dict[str, Any], FormTemplate]:
    """A document as it is kept, with the options of lists filled in, and the template that it is; 400. `draft`: it may ask nothing yet."""
    lists = await store.option_lists(transaction, workspace_id)
    whole, problems = with_lists(normalized(document), {each.slug: each for each in lists})
    try:
        template = parse(whole, draft=draft)
    except Invalid as refusal:
        raise Invalid((*problems, *refusal.problems)) from None
    Invalid.if_any(problems)
    return dict(whole), template


async def reserve(transaction: Transaction, workspace_id: UUID, id: UUID, document: Document) -> str:
    """The slug of a new template, from now on its own; 409 where it is another's. Without one it is made of the title."""
    if slug := document.get("slug"):
        if not await store.insert(transaction, workspace_id, id, slug):
            sentence = "There is a form template “{slug}” already."
            raise Conflict.because(sentence, "slug_taken", pointer="/slug", slug=slug)
        return str(slug)
    plain = slug_of(document["title"])
    for number in range(2, 1000):
        slug = plain if number == 2 else f"{plain}-{number - 1}"
        if await store.insert(transaction, workspace_id, id, slug):
            return slug
    raise Conflict.because("Name it otherwise: there are too many of that name.", "slug_taken", pointer="/title")


def raise_if_archived(current: FormTemplateVersion) -> None:
    if current.archived_at:
        raise Conflict.because("The template is archived; unarchive it first.", "archived")


async def get_or_404(reading: ReadSession, template_id: UUID) -> FormTemplateVersion:
    """The current version; 404."""
    found = await store.get(reading, template_id)
    if found is None:
        raise FORM_TEMPLATE_RECORD.no_such(template_id)
    return found


async def get_for_update(transaction: Transaction, template_id: UUID) -> FormTemplateVersion:
    """The current version, locked; 404."""
    await store.SHELF.lock(transaction, template_id)
    return await get_or_404(transaction, template_id)


async def _publish(
    transaction: Transaction, change: DocumentChange, version: int, document: Document, template: FormTemplate
) -> FormTemplateVersion:
    kept = change.after
    await store.publish(transaction, kept.workspace_id, kept.id, version, document, template.locale)
    await store.keep_presets(transaction, kept.workspace_id, kept.id, template.presets)
    entry = Entry("published", {"published": {"old": version - 1 or None, "new": version}})
    await records.history.write(transaction, change.note(entry))
    await events.publish(transaction, FormTemplatePublished(kept.workspace_id, kept.id, document, template))
    return await get_or_404(transaction, kept.id)


async def _note(transaction: Transaction, current: FormTemplateVersion, entry: Entry) -> None:
    await DRAFTING.note(transaction, current.workspace_id, current.id, current.document, entry)
