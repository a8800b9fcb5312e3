"""Lists of forms: pages, by both grammars of `filter`, and how many there are, by group."""

import re
from collections.abc import Sequence
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from dossier import form_templates
from dossier.conditions import all_of, attribute
from dossier.conditions.condition import AnyOf, Comparison
from dossier.forms import schemas
from dossier.forms.actions.showing import all_whole
from dossier.forms.model import STATUSES, VOCABULARY, Form, wire
from dossier.forms.model.filter import Flat, Leaf, is_flat, parse_flat
from dossier.forms.model.shown import WholeForm
from dossier.forms.model.vocabulary import resolved
from dossier.forms.routes.shown import places
from dossier.forms.store import lists as store
from dossier.foundation.database import ReadSession
from dossier.foundation.errors import Invalid, Unprocessable
from dossier.foundation.http import openapi, query
from dossier.foundation.http.reads import read
from dossier.foundation.http.responses import ApiResponse
from dossier.foundation.http.router import Router
from dossier.foundation.http.services import services_of
from dossier.foundation.lists import Page
from dossier.listing.collection import Matching, Selection
from dossier.listing.filtering import EMAIL, UUID_TEXT, Direct, Filters, lane, named_workspaces
from dossier.members.model import email_problems

router = Router()

_YES_OR_NO = {"type": "string", "enum": ["true", "false"]}
_SLUGS = ("flow[slug]", "flow[slug][]")
_FLAGS = ("active", "completed", "processed")
_GROUP = re.compile(r"data\.[a-z0-9_]{1,120}")
_FLOW_SLUG = {
    **openapi.query("flow[slug]", {"type": "array", "items": {"type": "string"}}, "one or several, also with commas"),
    "style": "form",
    "explode": True,
}
_FILTERS = Filters(
    VOCABULARY,
    {
        "workspace[slug]": Direct("workspace.slug"),
        "workspace[id]": Direct("workspace.id", UUID_TEXT),
        "flow[customization]": Direct("flow.customization", UUID_TEXT),
        "owner[email]": Direct("owner.email", EMAIL, email_problems),
        "owner[id]": Direct("owner.id", UUID_TEXT),
        "user[given_name]": Direct("user.given_name"),
        "user[family_name]": Direct("user.family_name"),
        "user[email]": Direct("user.email", EMAIL, email_problems),
        "user[phone]": Direct("user.phone"),
        "user[internal_ref]": Direct("user.internal_ref"),
        "status": Direct("status", {"type": "string", "enum": list(STATUSES)}),
        "reference": Direct("reference"),
        "case[id]": Direct("case.id", UUID_TEXT),
    },
)
_OWN = (_FLOW_SLUG, *(openapi.query(name, _YES_OR_NO, "whether it is so") for name in _FLAGS))
_GROUP_BY = openapi.query("group-by", {"type": "string"}, "`status`, `user.<member>`, `data.<key>`, `flow.slug` …")
PARAMETERS = (*_FILTERS.documented, *_OWN)


class Meant:
    """Which forms a request means, and which page of them."""

    def __init__(self, page: Page, selection: Selection, leaves: Sequence[Leaf], sent: dict[str, str]) -> None:
        self.page, self.selection, self.leaves, self.sent = page, selection, leaves, sent

    async def rows(self, session: ReadSession) -> Matching:
        """The same as SQL."""
        return await store.meant(session, self.selection, self.leaves)


def meant(request: Request, more: Sequence[str] = ()) -> Meant:
    """What the parameters ask for; 400, and 403 for a workspace that the token does not cover."""
    known = (*query.PAGING, *_FILTERS.direct, *_FLAGS, "archived", "filter", *more)
    sent = query.parameters(request, known, _SLUGS)
    page, cover, flat = query.page(sent), request.state.caller.raise_if_uncovered, Flat(all_of([]), ())
    raw = query.json_parameter(sent, "filter")
    if "filter" in sent and is_flat(raw):
        flat = parse_flat(raw)
        cover(*named_workspaces(flat.condition))
        selection = Selection("any", flat.condition)
    elif "filter" in sent:
        selection = _FILTERS.selection(sent, cover)
    else:
        selection = _direct(request, sent)
    condition = resolved(selection.condition, services_of(request).clock()) if selection.condition else None
    return Meant(page, Selection(selection.archived, condition), flat.leaves, sent)


def _direct(request: Request, sent: dict[str, str]) -> Selection:
    """The direct filters, joined by AND."""
    selection = _FILTERS.selection(sent, request.state.caller.raise_if_uncovered)
    parts = [selection.condition] if selection.condition else []
    if any(name in _SLUGS for name in request.query_params):
        slug = attribute(VOCABULARY, "flow.slug")
        parts.append(AnyOf(tuple(Comparison(slug, "$eq", each) for each in query.several(request, _SLUGS))))
    for name in _FLAGS:
        if name in sent:
            wanted = query.choice(sent, name, ("true", "false"), "true") == "true"
            parts.append(Comparison(VOCABULARY.attributes[name], "$eq", wanted))
    return Selection(selection.archived, all_of(parts) if parts else None)


async def _page(request: Request, asked: Meant) -> tuple[int, list[Form], list[WholeForm]]:
    async with read(request, lane(asked.selection, asked.page)) as session:
        total, forms = await store.page(session, asked.selection, await asked.rows(session), asked.page)
        shown = await all_whole(session, forms[: asked.page.size])
    return total, forms, shown


@router.get(
    "/forms", **openapi.documented("listForms", "A page of forms", parameters=PARAMETERS, gives=schemas.FormPage)
)
async def list_forms(request: Request) -> Response:
    asked = meant(request)
    total, forms, shown = await _page(request, asked)
    content = asked.page.envelope(total, [wire.form(each, places(request)) for each in shown])
    return ApiResponse(content, headers=query.next_link(request, _last(asked.page, forms))).response()


async def list_bare(request: Request) -> Response:
    """A page without its envelope: how many there are, and where others are, is said by headers."""
    asked = meant(request)
    total, forms, shown = await _page(request, asked)
    links = query.page_links(request, asked.page, total) if not asked.page.after else []
    following = query.next_link(request, _last(asked.page, forms)).get("Link")
    line = ", ".join(filter(None, (following, *links)))
    headers = {"X-Total-Count": str(total)} | ({"Link": line} if line else {})
    return ApiResponse([wire.form(each, places(request)) for each in shown], headers=headers).response()


def _last(page: Page, forms: Sequence[Form]) -> Any:
    end = forms[page.size - 1] if len(forms) > page.size else None
    return (getattr(end, page.sort), end.id) if end else None


@router.get(
    "/forms/count",
    **openapi.documented(
        "countForms", "How many forms there are", parameters=(*PARAMETERS, _GROUP_BY), gives=schemas.FormCount
    ),
)
async def count_forms(request: Request) -> Response:
    asked = meant(request, ("group-by",))
    by = asked.sent.get("group-by")
    if by is not None and by not in store.GROUPS and not _GROUP.fullmatch(by):
        sentence = "“group-by” takes {known} or data.<key>, not “{value}”."
        raise Invalid.because(
            sentence, "invalid_parameter", parameter="group-by", known=tuple(sorted(store.GROUPS)), value=by
        )
    async with read(request, "costly" if by else lane(asked.selection)) as session:
        rows = await asked.rows(session)
        content: dict[str, Any] = {"count": await store.total(session, rows)}
        if by is not None:
            content["by"] = {by: await _grouped(session, rows, by)}
    return ApiResponse(content).response()


async def _grouped(session: ReadSession, rows: Matching, by: str) -> dict[str, int]:
    if by.startswith("data."):
        await _raise_if_no_scalar(session, rows, by.removeprefix("data."))
    found = await store.groups(session, rows, by)
    if len(found) > store.MOST_GROUPS:
        sentence = "“{name}” has more than {count} values; narrow the list."
        raise Unprocessable.because(sentence, "too_many_groups", parameter="group-by", name=by, count=store.MOST_GROUPS)
    counts: dict[str, int] = {}
    for value, count in found:
        key = "null" if value is None else value
        counts[key] = counts.get(key, 0) + count
    return counts


async def _raise_if_no_scalar(session: ReadSession, rows: Matching, key: str) -> None:
    """422 for files and objects."""
    for workspace_id, id, version in await store.templates(session, rows):
        template = await form_templates.version(session, workspace_id, id, version)
        element = template.element_by_key.get(key)
        if element and element.type in ("file", "signature", "group"):
            raise _cannot_group(key)
    if await store.has_objects(session, rows, key):
        raise _cannot_group(key)


def _cannot_group(key: str) -> Exception:
    sentence = "“{name}” holds objects or files: forms cannot be grouped by it."
    return Unprocessable.because(sentence, "cannot_group", parameter="group-by", name=f"data.{key}")
