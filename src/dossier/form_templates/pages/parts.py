"""The parts of a form in the studio: typed, put in order, doubled, taken out."""

from dataclasses import dataclass
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from dossier.conditions.row_form import ConditionForm
from dossier.conditions.rows import FilterAttribute
from dossier.drafting.model import Draft, mark
from dossier.fields import COLUMN_TYPES, FIELD_TYPES, Part, Sent, designing, lenient
from dossier.form_templates import store
from dossier.form_templates.actions import drafts, editing
from dossier.form_templates.model import member_labels
from dossier.form_templates.model.editing import PARTS, elements, find, place_of
from dossier.form_templates.model.elements import CONTACT
from dossier.form_templates.pages import typed
from dossier.form_templates.pages.library import LIST
from dossier.form_templates.pages.studio import changed, drawn, id_of
from dossier.foundation.errors import Conflict, Invalid, NotFound
from dossier.foundation.pages.reader import language_of
from dossier.records.model import VersionConflict
from dossier.web import PageRoute, current_user, database_of, form, see_other

_REFUSED = (Invalid, Conflict, VersionConflict)


@dataclass(frozen=True, slots=True)
class Asked:
    """Which part is looked at: of what kind, its key if it is there, its type if it has one, and where a new one goes."""

    part: str
    key: str | None
    kind: str
    page: str
    group: str


async def edit(request: Request) -> Response:
    return await _editor(request)


async def save(request: Request) -> Response:
    try:
        draft = await _draft(request)
        asked = _asked(request, draft)
        old = find(draft.document, asked.part, asked.key) if asked.key else None
        item = _item(request, asked, draft, old)
        await database_of(request).write(
            current_user(request).actor,
            lambda tx: editing.keep(
                tx,
                draft.template_id,
                form(request).get("seen", ""),
                asked.part,
                asked.key,
                item,
                (asked.page, asked.group),
            ),
        )
    except _REFUSED as refusal:
        return await _editor(request, refusal)
    return see_other(f"{LIST / draft.template_id}#{asked.part}-{item['key']}")


async def remove(request: Request) -> Response:
    part, key = _part(request), form(request).get("key", "")
    return await changed(request, lambda tx, template: editing.remove(tx, template, part, key), "outline")


async def duplicate(request: Request) -> Response:
    part, key = _part(request), form(request).get("key", "")
    return await changed(request, lambda tx, template: editing.duplicate(tx, template, part, key), f"{part}-{key}")


async def move(request: Request) -> Response:
    """One place up or down; or, of an element that was dragged, to where it was let go."""
    part, sent = _part(request), form(request)
    key, by = sent.get("key", ""), -1 if sent.get("by") == "up" else 1
    if part == "elements" and "page" in sent:
        to = (sent["page"], sent.get("group", ""), sent.get("before", ""))
        return await changed(request, lambda tx, template: editing.move_to(tx, template, key, *to), f"{part}-{key}")
    return await changed(request, lambda tx, template: editing.move(tx, template, part, key, by), f"{part}-{key}")


PAGES = (
    PageRoute("GET", LIST + "/{id}/edit/{part}", edit, "templates.design"),
    PageRoute("POST", LIST + "/{id}/edit/{part}", save, "templates.design"),
    PageRoute("POST", LIST + "/{id}/edit/{part}/remove", remove, "templates.design"),
    PageRoute("POST", LIST + "/{id}/edit/{part}/duplicate", duplicate, "templates.design"),
    PageRoute("POST", LIST + "/{id}/edit/{part}/move", move, "templates.design"),
)


async def _draft(request: Request) -> Draft:
    async with database_of(request).reading(current_user(request).actor.scope) as reading:
        return await drafts.get_draft(reading, id_of(request))


def _part(request: Request) -> str:
    part: str = request.path_params["part"]
    if part not in PARTS:
        raise NotFound.because("A template has no such part.")
    return part


def _asked(request: Request, draft: Draft) -> Asked:
    part, sent = _part(request), request.query_params
    key = sent.get("key") or None
    kind = (find(draft.document, part, key).get("type") if key else sent.get("type")) or "text"
    known = typed.NAMES if part == "elements" else typed.OPTION_TYPES
    if part in ("elements", "options") and kind not in known:
        raise NotFound.because("There is no such type of field.")
    if part == "elements" and key:
        page, group, _ = place_of(draft.document, key)
        return Asked(part, key, kind, page, group)
    return Asked(part, key, kind, sent.get("page", ""), sent.get("group", ""))


def _choices(request: Request, asked: Asked, draft: Draft) -> list[FilterAttribute]:
    return typed.choices(draft.document, language_of(request), asked.key or "", asked.group)


def _item(request: Request, asked: Asked, draft: Draft, old: dict[str, Any] | None) -> dict[str, Any]:
    sent: Sent = request.state.form
    choices = _choices(request, asked, draft)
    match asked.part:
        case "pages":
            page = typed.page(sent, asked.key, draft.document, choices)
            return page | {"elements": (old or {}).get("elements", [])}
        case "elements":
            return typed.element(sent, asked.kind, old, draft.document, choices)
        case "options":
            return typed.option(sent, asked.kind, asked.key, draft.document)
    return typed.preset(sent, asked.key, draft.document)


async def _editor(request: Request, refusal: Any = None) -> Response:
    draft = await _draft(request)
    asked = _asked(request, draft)
    raw = find(draft.document, asked.part, asked.key) if asked.key else {"type": asked.kind}
    item, sent = lenient(raw), request.state.form if refusal else None
    choices = _choices(request, asked, draft)
    openable = await _openable(request) if asked.part == "presets" else []
    lists = await _lists(request) if "options" in _options_of(asked.kind) and asked.part == "elements" else []
    return drawn(
        request,
        "form_templates/edit_part.html",
        draft,
        status=refusal.status if refusal else 200,
        document=lenient(draft.document),
        asked=asked,
        part=asked.part,
        repeat=item["repeat"] or Part(),
        given=item["options"] or {},
        ways=_ways(item, sent),
        item=item,
        name=item["label"] or item["title"] or item["name"] or "",
        seen=mark(raw) if asked.key else "",
        sent=dict(sent) if sent else None,
        ticked=[value for name, value in sent if name == "items"] if sent else _signed(item),
        refusal=refusal,
        conditions=_conditions(item, sent, choices) if asked.part in ("pages", "elements") else {},
        names=typed.NAMES,
        has=typed.has,
        is_field=typed.is_field(asked.kind),
        files=_files(draft),
        lists=lists,
        openable=openable,
        bindings=[f"contact.{name}" for name in CONTACT],
        expires=typed.duration_shown(item["expires_after"]),
        types=FIELD_TYPES,
        option_labels=member_labels(),
        shown=designing.option_shown,
        columns=designing.columns_sent(sent) if sent else list(designing.columns_shown(item)),
        column_inputs=designing.column_inputs,
        column_types=list(COLUMN_TYPES),
    )


def _ways(item: Part, sent: Sent | None) -> dict[str, str]:
    """What a preset does otherwise than its template, as its inputs say it."""
    until = "template" if "expires_after" not in item else "after" if item["expires_after"] else "never"
    switches = {name: {None: "", True: "yes", False: "no"}[item[name]] for name in typed.SWITCHES}
    return switches | {"expires": dict(sent).get("expires", until) if sent else until}


async def _lists(request: Request) -> list[tuple[str, str]]:
    """The lists that options can come from: short name and title."""
    async with database_of(request).reading(current_user(request).actor.scope) as reading:
        found = await store.option_lists(reading, current_user(request).workspace_id)
    own = language_of(request).gettext("None: those above")
    return [("", own), *((each.slug, each.title) for each in found)] if found else []


async def _openable(request: Request) -> list[tuple[str, str]]:
    """The case templates that cases can be opened with: id and title."""
    async with database_of(request).reading(current_user(request).actor.scope) as reading:
        return await store.case_templates(reading, current_user(request).workspace_id)


def _signed(item: Part) -> list[str]:
    return [each["attachment"] for each in item["items"] or ()]


def _files(draft: Draft) -> list[tuple[str, str]]:
    """The elements of files: key and label, which a signature can be about."""
    there = (each for each, _ in elements(draft.document))
    return [(each["key"], each.get("label") or each["key"]) for each in there if "accept" in _options_of(each["type"])]


def _options_of(kind: str) -> set[str]:
    return {each.name for each in FIELD_TYPES[kind].designed} if typed.is_field(kind) and kind in FIELD_TYPES else set()


def _conditions(item: Part, sent: Sent | None, choices: list[FilterAttribute]) -> dict[str, ConditionForm]:
    """The conditions of a part, by the prefix of their inputs."""
    prefixes = ("visible_when.", "required_when.")
    if sent:
        return {prefix: ConditionForm.sent(sent, prefix, choices) for prefix in prefixes}
    return {prefix: ConditionForm.of(item[prefix[:-1]], choices) for prefix in prefixes}
