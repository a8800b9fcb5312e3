"""Versions of a template: published, never changed again."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from dossier import form_templates, members, records, workspaces
from dossier.case_templates import store
from dossier.case_templates.actions.drafting import DRAFTING
from dossier.case_templates.events import TemplatePublished
from dossier.case_templates.model import (
    DOCUMENT,
    TEMPLATE_RECORD,
    Template,
    TemplateVersion,
    address_problems,
    assignees_named,
    members_named,
    parse,
    problems_of_questions,
)
from dossier.drafting import raise_if_published
from dossier.drafting.model import DocumentChange
from dossier.foundation import events
from dossier.foundation.database import ReadSession, Transaction
from dossier.foundation.errors import Conflict, Invalid, Problem
from dossier.foundation.identifiers import new_id
from dossier.foundation.reachable import Allowed
from dossier.records.model import Entry, IfMatch


async def create(
    transaction: Transaction,
    workspace_id: UUID,
    document: Mapping[str, Any],
    owner_id: UUID | None = None,
    id: UUID | None = None,
    *,
    allowed: Allowed | None = None,
) -> TemplateVersion:
    """A new template with its first version; 400 for everything that is wrong with the document.

    `allowed`: what calls may reach inside; None: that is not looked at.
    """
    transaction.actor.require("templates.design")
    template = parse(document)
    await _raise_if_forbidden(transaction, workspace_id, template, allowed)
    await _check_members(transaction, workspace_id, document)
    await _check_forms(transaction, workspace_id, template)
    id = id or new_id()
    await store.insert(transaction, workspace_id, id, owner_id)
    return await _publish(
        transaction, await DRAFTING.begin_change(transaction, workspace_id, id, document), 1, document
    )


async def revise(
    transaction: Transaction,
    template_id: UUID,
    document: Mapping[str, Any],
    if_match: IfMatch = None,
    *,
    of_draft: bool = False,
    allowed: Allowed | None = None,
) -> TemplateVersion:
    """A new version; the same document again changes nothing. Cases stay on the version they were made with. 404, 409, 412.

    `of_draft`: what differs is in the history already; `allowed` as for `create`.
    """
    transaction.actor.require("templates.design")
    template = parse(document)
    current = await get_for_update(transaction, template_id)
    await _raise_if_forbidden(transaction, current.workspace_id, template, allowed)
    if current.archived_at:
        raise Conflict.because("The template is archived; unarchive it first.", "archived")
    raise_if_published(current, if_match)
    if document == current.document:
        return current
    await _check_members(transaction, current.workspace_id, document)
    await _check_forms(transaction, current.workspace_id, template)
    change = await DRAFTING.begin_change(transaction, current.workspace_id, template_id, current.document)
    if not of_draft:
        change = change.put("revised", DOCUMENT.changed(current.document, document))
    return await _publish(transaction, change, current.version + 1, document)


async def archive(
    transaction: Transaction, template_id: UUID, archived: bool, if_match: IfMatch = None
) -> TemplateVersion:
    """Archive a template, or bring it back; its cases go on. 404, 412."""
    transaction.actor.require("templates.design")
    current = await get_for_update(transaction, template_id)
    raise_if_published(current, if_match)
    if archived == (current.archived_at is not None):
        return current
    await store.SHELF.archive(transaction, template_id, archived)
    entry = Entry("archived" if archived else "unarchived", {})
    await DRAFTING.note(transaction, current.workspace_id, template_id, current.document, entry)
    return await get_or_404(transaction, template_id)


async def _raise_if_forbidden(
    reading: ReadSession, workspace_id: UUID, template: Template, allowed: Allowed | None
) -> None:
    if allowed is not None:
        reachable = await workspaces.allowed(reading, allowed, workspace_id)
        Invalid.if_any([*address_problems(template, reachable)])


async def _check_members(transaction: Transaction, workspace_id: UUID, document: Mapping[str, Any]) -> None:
    """400 for members whom the steps and rules of a document name and that there are not."""
    known: dict[str, bool] = {}
    problems: list[Problem] = []
    of_rules, of_steps = document.get("automations") or (), document.get("steps") or ()
    for email, at in (*assignees_named(of_steps), *members_named(of_rules)):
        if email not in known:
            known[email] = await members.is_member(transaction, workspace_id, email)
        if not known[email]:
            sentence = "“{email}” is no member of the workspace."
            problems.append(Problem(sentence, "unknown_owner", at, email=email))
    Invalid.if_any(problems)


async def _check_forms(transaction: Transaction, workspace_id: UUID, template: Template) -> None:
    """400 for forms that steps send and that there are not, or whose answers do not fit the fields that they go with."""
    problems: list[Problem] = []
    for index, step in enumerate(template.steps):
        if asks := step.questions:
            presets = await form_templates.presets(transaction, asks.slug, [workspace_id])
            presets = [each for each in presets if each.slug == asks.slug]  # not by its id: documents move
            first = presets[0] if presets else None
            form = (
                None
                if first is None
                else await form_templates.version(transaction, workspace_id, first.template_id, first.version)
            )
            problems += problems_of_questions(index, asks, template, form, presets)
    Invalid.if_any(problems)


async def get_or_404(transaction: Transaction, template_id: UUID) -> TemplateVersion:
    """The current version; 404."""
    return _or_404(await store.get(transaction, template_id), template_id)


async def get_for_update(transaction: Transaction, template_id: UUID) -> TemplateVersion:
    """The current version, locked; 404."""
    return _or_404(await store.lock(transaction, template_id), template_id)


async def _publish(
    transaction: Transaction, change: DocumentChange, version: int, document: Mapping[str, Any]
) -> TemplateVersion:
    kept = change.after
    await store.publish(transaction, kept.workspace_id, kept.id, version, document)
    entry = Entry("published", {"published": {"old": version - 1 or None, "new": version}})
    await records.history.write(transaction, change.note(entry))
    published = await get_or_404(transaction, kept.id)
    await events.publish(transaction, TemplatePublished(published))
    return published


def _or_404(template: TemplateVersion | None, id: UUID) -> TemplateVersion:
    if template is None:
        raise TEMPLATE_RECORD.no_such(id)
    return template
