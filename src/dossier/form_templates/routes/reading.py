"""Reading form templates: presets as rows, the options and the pages of one, and its document."""

from typing import Any, NamedTuple
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response

from dossier import records
from dossier.conditions import all_of
from dossier.conditions.condition import Comparison
from dossier.form_templates import actions, schemas, store
from dossier.form_templates.actions import drafts
from dossier.form_templates.model import FORM_TEMPLATES, FormTemplateVersion, PresetRow
from dossier.form_templates.model.record import FORM_TEMPLATE_RECORD
from dossier.form_templates.routes.naming import NAMED, SLUG, within
from dossier.foundation import yaml
from dossier.foundation.database import ReadSession
from dossier.foundation.errors import Invalid, NotFound
from dossier.foundation.http import openapi, query
from dossier.foundation.http.negotiation import wanted
from dossier.foundation.http.reads import read, unless_known
from dossier.foundation.http.responses import ApiResponse
from dossier.foundation.http.router import Router
from dossier.foundation.lists import Page
from dossier.listing.collection import Selection
from dossier.listing.counting import matching
from dossier.listing.filtering import UUID_TEXT, Direct, Filters, page_answer
from dossier.records.schemas import HistoryPage, history_entry
from dossier.tokens.model import Caller

router = Router()

YAML = ("application/yaml", "application/x-yaml", "text/yaml", "text/x-yaml")
LOCALE = openapi.query(
    "locale", {"type": "string"}, "the language of the texts; the template's own where it has no such one"
)
DRAFT = openapi.query("draft", {"type": "string", "enum": ["true", "false"], "default": "false"}, "of the draft")
_VERSION = openapi.query(
    "version", {"type": "integer", "minimum": 1}, "of which version; without it, of the current one"
)
_ENABLED = openapi.query(
    "enabled",
    {"type": "string", "enum": ["true", "false", "any"], "default": "true"},
    "whether forms can be made with it",
)
FILTERS = Filters(
    FORM_TEMPLATES,
    {
        "slug": Direct("slug"),
        "workspace[id]": Direct("workspace.id", UUID_TEXT),
        "workspace[slug]": Direct("workspace.slug"),
    },
    more=(_ENABLED,),
)


@router.get(
    "/form_templates",
    **openapi.documented(
        "listFormTemplates",
        "A page of form templates, preset by preset",
        parameters=FILTERS.documented,
        gives=schemas.FormTemplatePage,
    ),
)
async def list_form_templates(request: Request) -> Response:
    sent = FILTERS.sent(request)
    page, (selection, offered) = query.page(sent), selected(sent, request.state.caller)
    total, rows = await found(request, selection, page, offered=offered)
    return page_answer(request, page, total, rows, schemas.row)


def selected(sent: dict[str, str], caller: Caller) -> tuple[Selection, bool]:
    """What the parameters ask for, and whether disabled ones are left out among those that are not archived."""
    selection = FILTERS.selection(sent, caller.raise_if_uncovered)
    if "filter" in sent:
        return selection, False
    enabled = query.choice(sent, "enabled", ("true", "false", "any"), "true")
    if "enabled" not in sent or enabled == "any":
        return selection, enabled == "true"
    asked = Comparison(FORM_TEMPLATES.attributes["enabled"], "$eq", enabled == "true")
    parts = [asked, *([selection.condition] if selection.condition else [])]
    return Selection(selection.archived, all_of(parts)), False


async def found(request: Request, selection: Selection, page: Page, *, offered: bool) -> tuple[int, list[PresetRow]]:
    """The presets of a selection."""
    async with read(request, "costly") as reading:
        where, values = await matching(reading, store.COLLECTION, selection)
        if offered:
            where = f"{where} AND (p.enabled OR t.archived_at IS NOT NULL)"
        return await store.page(reading, selection, (where, values), page)


@router.get(
    "/form_templates/{slug}/options",
    **openapi.documented(
        "getFormTemplateOptions",
        "The options of a form template with the values that a new form gets",
        parameters=(SLUG, *NAMED),
        gives=schemas.FormTemplateOptions,
    ),
)
async def get_form_template_options(request: Request) -> Response:
    sent = query.parameters(request, tuple(each["name"] for each in NAMED))
    async with read(request) as reading:
        preset = await actions.find_preset(reading, request.path_params["slug"], within(sent, request.state.caller))
    return ApiResponse(dict(preset.options)).response()


@router.get(
    "/form_templates/{slug}/steps",
    **openapi.documented(
        "getFormTemplateSteps",
        "The pages of a form template with their elements",
        parameters=(SLUG, *NAMED, LOCALE),
        gives=schemas.FormStepList,
    ),
)
async def get_form_template_steps(request: Request) -> Response:
    sent = query.parameters(request, (*(each["name"] for each in NAMED), "locale"))
    async with read(request) as reading:
        preset = await actions.find_any_preset(reading, request.path_params["slug"], within(sent, request.state.caller))
        template = await store.version(reading, preset.workspace_id, preset.template_id, preset.version)
    return ApiResponse(schemas.steps(template, sent.get("locale"))).response()


_DOCUMENT = openapi.documented(
    "getFormTemplateDocument",
    "The document of a form template's current version, or of its draft",
    parameters=(SLUG, *NAMED, DRAFT, _VERSION),
    gives=schemas.FormTemplateRead,
    description="`Accept: application/yaml` gives the document alone, as YAML.",
)
_DOCUMENT["responses"][200]["content"] |= {YAML[0]: {"schema": {"type": "string"}}}


@router.get("/form_templates/{slug}/document", **_DOCUMENT)
async def get_form_template_document(request: Request) -> Response:
    sent = query.parameters(request, (*(each["name"] for each in NAMED), "draft", "version"))
    of_draft = query.choice(sent, "draft", ("true", "false"), "false") == "true"
    number = query.whole(sent, "version", 1, 1, 2**31 - 1) if "version" in sent else None
    if number and of_draft:
        sentence = "“draft” and “version” exclude each other."
        raise Invalid.because(sentence, "invalid_parameter", parameter="version")
    async with read(request) as reading:
        _, id = await actions.find_template(reading, request.path_params["slug"], within(sent, request.state.caller))
        found = await _read(reading, id, number, of_draft=of_draft)
    if _wants_yaml(request):
        headers = {"ETag": f'"{found.tag}"', "Vary": "Accept"}
        return Response(yaml.encode(found.content["document"]), headers=headers, media_type=YAML[0])
    return unless_known(
        request, lambda: found.content, found.content.get("revision", found.content["version"]), found.tag
    )


class _Found(NamedTuple):
    """A document as it is answered, and its tag."""

    content: dict[str, Any]
    tag: str


async def _read(reading: ReadSession, id: UUID, number: int | None, *, of_draft: bool) -> _Found:
    if of_draft:
        draft = await drafts.get_draft(reading, id)
        content = {"version": draft.based_on, "document": draft.document, "revision": draft.revision}
        return _Found(content, f"{draft.revision}-draft")
    if number is None:
        current = await actions.get_or_404(reading, id)
        return _Found({"version": current.version, "document": dict(current.document)}, tag_of(current))
    document = await store.SHELF.document(reading, id, number)
    if document is None:
        raise NotFound.because("The template has no version {version}.", version=number)
    return _Found({"version": number, "document": dict(document)}, str(number))


@router.get(
    "/form_templates/{slug}/history",
    **openapi.documented(
        "listFormTemplateHistory",
        "What was changed about a form template, newest first",
        parameters=(SLUG, *NAMED, openapi.PAGE_NUMBER, openapi.PAGE_SIZE),
        gives=HistoryPage,
    ),
)
async def list_form_template_history(request: Request) -> Response:
    sent = query.parameters(request, (*(each["name"] for each in NAMED), "page[number]", "page[size]"))
    page = query.page(sent)
    async with read(request) as reading:
        _, id = await actions.find_template(reading, request.path_params["slug"], within(sent, request.state.caller))
        thing = (await drafts.get_draft(reading, id)).kept
        total, entries = await records.history_page(reading, FORM_TEMPLATE_RECORD, thing, page)
    return ApiResponse(page.envelope(total, [history_entry(each) for each in entries])).response()


def _wants_yaml(request: Request) -> bool:
    for each in wanted(request.headers.get("accept", "")):
        if each.major == "*" or each.holds("application/json"):
            return False
        if any(each.holds(name) for name in YAML):
            return True
    return False


def tag_of(version: FormTemplateVersion) -> str:
    """The version; with the moment of what was done to the template since, as archiving it is no version."""
    later = version.updated_at != version.published_at
    return f"{version.version}-{version.updated_at:%Y%m%d%H%M%S%f}" if later else str(version.version)
