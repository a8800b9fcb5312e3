"""The versions of a form template with what each changed, its timeline, and taking a change of the draft back."""

from collections.abc import Mapping
from functools import partial
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from dossier.conditions.rows import told_condition
from dossier.form_templates import store
from dossier.form_templates.actions import drafts
from dossier.form_templates.model import member_labels
from dossier.form_templates.model.difference import differences, told
from dossier.form_templates.model.record import FORM_TEMPLATE_RECORD
from dossier.form_templates.pages import typed
from dossier.form_templates.pages.library import LIST
from dossier.form_templates.pages.studio import drawn, id_of
from dossier.foundation.http import query
from dossier.foundation.pages.reader import language_of
from dossier.records.pages import timeline
from dossier.records.pages.timeline import MAX_SHOWN
from dossier.web import PageRoute, current_user, database_of, form, see_other

Document = Mapping[str, Any]


async def versions(request: Request) -> Response:
    """Every version with what it changed, the newest first; a draft before all."""
    async with database_of(request).reading(current_user(request).actor.scope) as reading:
        draft = await drafts.get_draft(reading, id_of(request))
        published = await store.SHELF.versions(reading, draft.template_id)
        history = await timeline(reading, FORM_TEMPLATE_RECORD, draft.kept, MAX_SHOWN)
    documents: list[Any] = [each.document for each in published]
    changes = [list(differences(old, new)) for new, old in zip(documents, [*documents[1:], {}], strict=False)]
    of_draft = list(differences(documents[0] if documents else {}, draft.document)) if draft.revision else None
    return drawn(
        request,
        "form_templates/versions.html",
        draft,
        of_draft=of_draft,
        published=list(zip(published, changes, strict=True)),
        history=history,
        differences_of=told,
        names=typed.NAMES,
        option_labels=member_labels(),
        told_condition=partial(told_condition, typed.choices(draft.document, language_of(request))),
    )


async def undo(request: Request) -> Response:
    """Take an entry of the history back in the draft, and show what one looked at."""
    entry, back = query.identifier(form(request).get("entry", ""), "entry"), form(request).get("back", "")
    await database_of(request).write(current_user(request).actor, lambda tx: drafts.undo(tx, id_of(request), entry))
    return see_other(LIST / id_of(request) / "versions" if back == "versions" else LIST / id_of(request))


PAGES = (
    PageRoute("GET", LIST + "/{id}/versions", versions, "templates.design"),
    PageRoute("POST", LIST + "/{id}/undo", undo, "templates.design"),
)
