"""The form templates of a workspace, and how a new one begins: empty, from one of ours, or from a document."""

import asyncio
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from dossier.form_templates.actions import drafts
from dossier.form_templates.model import parse
from dossier.form_templates.model.starters import starter, starters_in
from dossier.form_templates.store.overview import overview as overview_of
from dossier.foundation import json, yaml
from dossier.foundation.errors import AppError
from dossier.foundation.pages.reader import language_of
from dossier.web import PageRoute, addresses, current_user, database_of, form, render, see_other

LIST = addresses.FORM_TEMPLATES
BLANK = {"pages": [{"key": "questions", "title": "Questions", "elements": []}]}


async def overview(request: Request) -> Response:
    return await _overview(request)


async def new(request: Request) -> Response:
    """Begin a form: with an empty page, as one of ours, or from a document."""
    user = current_user(request)
    try:
        document = await _begun(form(request))
        id = await database_of(request).write(user.actor, lambda tx: drafts.begin(tx, user.workspace_id, document))
    except AppError as refusal:
        return await _overview(request, refusal)
    return see_other(LIST / id)


async def _begun(sent: dict[str, str]) -> dict[str, Any]:
    title = sent.get("title", "").strip()
    if text := sent.get("document", "").strip():
        document = await read_document(text)
    elif name := sent.get("starter", ""):
        document = starter(name)
    else:
        return {"title": title, **BLANK}
    return {**document, "title": title} if title and title != document.get("title") else document


async def read_document(text: str) -> dict[str, Any]:
    """A document of a file, JSON or YAML, right in every part; 400. Read beside the event loop, which a large one would hold."""
    return await asyncio.to_thread(_read_document, text)


def _read_document(text: str) -> dict[str, Any]:
    document = json.decode(text.encode()) if text.lstrip().startswith("{") else yaml.decode(text)
    parse(document, draft=True)
    assert isinstance(document, dict)
    return document


async def _overview(request: Request, refusal: AppError | None = None) -> Response:
    async with database_of(request).reading(current_user(request).actor.scope) as reading:
        found = await overview_of(reading)
    return render(
        request,
        "form_templates/list.html",
        status=refusal.status if refusal else 200,
        templates=found,
        starters=starters_in(language_of(request).code),
        refusal=refusal,
    )


PAGES = (
    PageRoute("GET", LIST, overview, "templates.design"),
    PageRoute("POST", LIST, new, "templates.design"),
)
