"""The studio: one form template, its parts in order with what is wrong with each, and what happens to its draft."""

from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response

from dossier.drafting.model import Draft
from dossier.drafting.pages import exported
from dossier.fields import lenient
from dossier.form_templates import store
from dossier.form_templates.actions import archive as archive_template
from dossier.form_templates.actions import drafts
from dossier.form_templates.model import ACCESSES
from dossier.form_templates.model.editing import called
from dossier.form_templates.model.faults import placed
from dossier.form_templates.model.letters import LETTERS
from dossier.form_templates.model.record import FORM_TEMPLATE_RECORD
from dossier.form_templates.model.saying import said
from dossier.form_templates.pages import typed
from dossier.form_templates.pages.library import LIST, read_document
from dossier.foundation import json
from dossier.foundation.database import Transaction
from dossier.foundation.errors import AppError, Invalid
from dossier.foundation.http import query
from dossier.records.pages import timeline
from dossier.web import PageRoute, addresses, current_user, database_of, form, origin_of, render, see_other

DETAILS = ("title", "description", "locale", "access", *typed.SWITCHES, "opens", "expires_after", "redirect_url")
LANGUAGES = ("en", "fr", "nl", "de", "ar")
"""Those that the portal speaks itself; a form may speak others too."""


async def one(request: Request) -> Response:
    return await studio(request)


async def save_details(request: Request) -> Response:
    """Save what is said of the form as a whole; what another person changed meanwhile stays, where one did not."""
    try:
        values = typed.details(request.state.form)
        seen = json.decode(form(request).get("seen", "{}").encode())
    except AppError as refusal:
        return await studio(request, refusal)
    return await changed(request, lambda tx, template: drafts.change_details(tx, template, seen, values))


async def import_document(request: Request) -> Response:
    """Put a whole document in the place of the draft."""

    async def handle(transaction: Transaction, id: UUID) -> Draft:
        values: dict[str, Any] = dict.fromkeys((await drafts.get_draft(transaction, id)).document)
        return await drafts.change(transaction, id, revision_of(request), values | document)

    try:
        document = await read_document(form(request).get("document", ""))
    except AppError as refusal:
        return await studio(request, refusal)
    return await changed(request, handle)


async def publish(request: Request) -> Response:
    return await changed(request, lambda tx, template: drafts.publish(tx, template, revision_of(request)))


async def discard(request: Request) -> Response:
    """Back to what is published; a template that never was is gone."""
    id = id_of(request)

    async def handle(transaction: Transaction) -> bool:
        await drafts.discard(transaction, id)
        return await store.get(transaction, id) is not None

    stays = await database_of(request).write(current_user(request).actor, handle)
    return see_other(LIST / id if stays else LIST)


async def archive(request: Request) -> Response:
    archived = form(request).get("archived") == "true"
    return await changed(request, lambda tx, template: archive_template(tx, template, archived))


async def export(request: Request) -> Response:
    async with database_of(request).reading(current_user(request).actor.scope) as reading:
        draft = await drafts.get_draft(reading, id_of(request))
        published = await store.SHELF.versions(reading, draft.template_id)
    return exported(request, draft, published, draft.document["slug"])


PAGES = (
    PageRoute("GET", LIST + "/{id}", one, "templates.design"),
    PageRoute("POST", LIST + "/{id}", save_details, "templates.design"),
    PageRoute("POST", LIST + "/{id}/import", import_document, "templates.design"),
    PageRoute("GET", LIST + "/{id}/export.{kind}", export, "templates.design"),
    PageRoute("POST", LIST + "/{id}/publish", publish, "templates.design"),
    PageRoute("POST", LIST + "/{id}/discard", discard, "templates.design"),
    PageRoute("POST", LIST + "/{id}/archive", archive, "templates.design"),
)


def id_of(request: Request) -> UUID:
    return query.identifier(request.path_params["id"], "id")


def revision_of(request: Request) -> int:
    """Of the draft that the person saw."""
    text = form(request).get("revision", "")
    if not text.isdecimal() or len(text) > 15:
        raise Invalid.because("Reload the page, and do it again.")
    return int(text)


async def changed(request: Request, change: Callable[[Transaction, UUID], Awaitable[Any]], place: str = "") -> Response:
    """Do it, and show the form again; what is wrong is said there."""
    try:
        await database_of(request).write(current_user(request).actor, lambda tx: change(tx, id_of(request)))
    except Invalid as refusal:
        return await studio(request, refusal)
    return see_other(f"{LIST / id_of(request)}{'#' if place else ''}{place}")


def drawn(request: Request, template: str, draft: Draft, **values: Any) -> Response:
    """A page about a draft."""
    address = LIST / draft.template_id
    return render(request, template, draft=draft, address=address, editable=not draft.archived, **values)


async def studio(request: Request, refusal: AppError | None = None) -> Response:
    async with database_of(request).reading(current_user(request).actor.scope) as reading:
        draft = await drafts.get_draft(reading, id_of(request))
        newest = (await timeline(reading, FORM_TEMPLATE_RECORD, draft.kept, 1)).entries
        openable = await store.case_templates(reading, current_user(request).workspace_id)
        presets = await store.presets(reading, draft.document["slug"], [current_user(request).workspace_id])
    document, problems = draft.document, draft.problems
    spoken = [document.get("locale") or "en", *(document.get("texts") or {})]
    letters = document.get("messages") or {}
    return drawn(
        request,
        "form_templates/studio.html",
        draft,
        status=refusal.status if refusal else 200,
        document=lenient(document),
        faults=placed(document, problems),
        problems=problems,
        names=typed.NAMES,
        languages=[(each, *said(document, each)) for each in spoken[1:]],
        offered=[each for each in LANGUAGES if each not in spoken],
        letters=[(each, letters.get(each) or ()) for each in (LETTERS[0], "reminders", *LETTERS[1:])],
        called=called,
        accesses=ACCESSES,
        openable=openable,
        public=[
            (each.name, f"{origin_of(request)}{addresses.PUBLIC_FORMS / each.id}")
            for each in presets
            if each.access == "direct"
        ],
        expires=typed.duration_shown(document.get("expires_after", "P60D")),
        seen={name: document.get(name) for name in DETAILS},
        last=newest[0] if draft.revision and newest and newest[0].kind in ("draft", "undone") else None,
        option_types=typed.OPTION_TYPES,
        refusal=refusal,
    )
