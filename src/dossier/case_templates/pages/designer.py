"""The designer: templates, the parts of one, and what happens to its draft."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import Any
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response

from dossier.case_templates import actions, store
from dossier.case_templates.actions import drafts
from dossier.case_templates.model import TEMPLATE_RECORD, document_choices, member_labels, parse, told
from dossier.case_templates.model.difference import PARTS, differences
from dossier.case_templates.pages import flow, forms, rule_forms, step_forms
from dossier.conditions.comparing import DAY
from dossier.conditions.row_form import ConditionForm
from dossier.conditions.rows import FilterAttribute, told_condition
from dossier.drafting.model import Draft, mark
from dossier.drafting.pages import exported
from dossier.fields import COLUMN_TYPES, FIELD_TYPES, Part, Sent, designing, lenient
from dossier.foundation import json, yaml
from dossier.foundation.database import Transaction
from dossier.foundation.errors import AppError, Conflict, Invalid, NotFound
from dossier.foundation.http import query
from dossier.foundation.http.services import services_of
from dossier.records.model import VersionConflict
from dossier.records.pages import timeline
from dossier.records.pages.timeline import MAX_SHOWN
from dossier.web import PageRoute, addresses, current_user, database_of, form, render, see_other

LIST = addresses.TEMPLATES
DETAILS = ("title", "description", "locale", "unknown_fields")
_EXAMPLE = {"unknown_fields": "reject", "contacts": [{"key": "main", "name": "Contact", "required": True}]}


async def overview(request: Request) -> Response:
    return await _overview(request)


async def new(request: Request) -> Response:
    """Begin a template: empty but for its title, or from a document."""
    user, sent = current_user(request), form(request)

    text = sent.get("document", "")
    try:
        document = await _document(text) if text.strip() else {"title": sent.get("title", "").strip(), **_EXAMPLE}
        id = await database_of(request).write(user.actor, lambda tx: drafts.begin(tx, user.workspace_id, document))
    except AppError as refusal:
        return await _overview(request, refusal)
    return see_other(LIST / id)


async def one(request: Request) -> Response:
    return await _designer(request)


async def save_details(request: Request) -> Response:
    sent = form(request)
    values, seen = (
        {name: sent.get(kind + name, "").replace("\r\n", "\n").strip() for name in DETAILS} for kind in ("", "seen.")
    )
    return await _changed(request, lambda tx, template: drafts.change_details(tx, template, seen, values))


async def import_document(request: Request) -> Response:
    """Put a whole document in the place of the draft."""

    async def handle(transaction: Transaction, id: UUID) -> Draft:
        values: dict[str, Any] = dict.fromkeys((await drafts.get_draft(transaction, id)).document)
        return await drafts.change(transaction, id, _revision(request), values | document)

    try:
        document = await _document(form(request).get("document", ""))
    except AppError as refusal:
        return await _designer(request, refusal)
    return await _changed(request, handle)


async def edit_item(request: Request) -> Response:
    return await _editor(request)


async def save_item(request: Request) -> Response:
    part, key = _part(request), request.query_params.get("key") or None
    try:
        async with database_of(request).reading(current_user(request).actor.scope) as reading:
            draft = await drafts.get_draft(reading, _id(request))
        item, seen = _item(request, draft, part, key), form(request).get("seen", "")
        handle = lambda tx: drafts.keep_item(tx, draft.template_id, seen, part, key, item)  # noqa: E731
        await database_of(request).write(current_user(request).actor, handle)
    except (Invalid, Conflict, VersionConflict) as refusal:
        return await _editor(request, refusal)
    return see_other(f"{LIST / draft.template_id}#{part}")


async def remove_item(request: Request) -> Response:
    key, part = form(request).get("key", ""), _part(request)
    return await _changed(
        request, lambda tx, template: drafts.remove_item(tx, template, _revision(request), part, key), part
    )


async def move_item(request: Request) -> Response:
    sent, part = form(request), _part(request)
    by = -1 if sent.get("by") == "up" else 1
    return await _changed(
        request,
        lambda tx, template: drafts.move_item(tx, template, part, sent.get("key", ""), by),
        part,
    )


async def switch_rule(request: Request) -> Response:
    """Switch a rule on or off."""
    key = form(request).get("key", "")
    return await _changed(
        request, lambda tx, template: drafts.switch_rule(tx, template, _revision(request), key), "automations"
    )


async def publish(request: Request) -> Response:
    allowed = services_of(request).outbound
    return await _changed(request, lambda tx, template: drafts.publish(tx, template, _revision(request), allowed))


async def discard(request: Request) -> Response:
    """Back to what is published; a template that never was is gone."""
    id = _id(request)

    async def handle(transaction: Transaction) -> bool:
        await drafts.discard(transaction, id)
        return await store.get(transaction, id) is not None

    stays = await database_of(request).write(current_user(request).actor, handle)
    return see_other(LIST / id if stays else LIST)


async def archive(request: Request) -> Response:
    archived = form(request).get("archived") == "true"
    return await _changed(request, lambda tx, template: actions.archive(tx, template, archived))


async def versions(request: Request) -> Response:
    """Every version with what it changed, the newest first; a draft before all."""
    async with database_of(request).reading(current_user(request).actor.scope) as reading:
        draft = await drafts.get_draft(reading, _id(request))
        published = await store.SHELF.versions(reading, draft.template_id)
        history = await timeline(reading, TEMPLATE_RECORD, draft.kept, MAX_SHOWN)
    documents: list[Any] = [each.document for each in published]
    changes = [list(differences(old, new)) for new, old in zip(documents, [*documents[1:], {}], strict=False)]
    of_draft = list(differences(documents[0] if documents else {}, draft.document)) if draft.revision else None
    return render(
        request,
        "case_templates/versions.html",
        types=FIELD_TYPES,
        option_labels=member_labels(),
        told_condition=partial(told_condition, document_choices(draft.document)),
        draft=draft,
        of_draft=of_draft,
        published=list(zip(published, changes, strict=True)),
        history=history,
        differences_of=told,
        action_kinds=rule_forms.KINDS,
        span=rule_forms.span_shown,
    )


async def undo(request: Request) -> Response:
    entry = query.identifier(form(request).get("entry", ""), "entry")
    await database_of(request).write(current_user(request).actor, lambda tx: drafts.undo(tx, _id(request), entry))
    return see_other(LIST / _id(request) / "versions")


async def export(request: Request) -> Response:
    async with database_of(request).reading(current_user(request).actor.scope) as reading:
        draft = await drafts.get_draft(reading, _id(request))
        published = await store.SHELF.versions(reading, draft.template_id)
    return exported(request, draft, published, f"template-{draft.template_id}")


PAGES = (
    PageRoute("GET", LIST, overview, "templates.design"),
    PageRoute("POST", LIST, new, "templates.design"),
    PageRoute("GET", LIST + "/{id}", one, "templates.design"),
    PageRoute("POST", LIST + "/{id}", save_details, "templates.design"),
    PageRoute("POST", LIST + "/{id}/import", import_document, "templates.design"),
    PageRoute("GET", LIST + "/{id}/versions", versions, "templates.design"),
    PageRoute("POST", LIST + "/{id}/undo", undo, "templates.design"),
    PageRoute("GET", LIST + "/{id}/export.{kind}", export, "templates.design"),
    PageRoute("POST", LIST + "/{id}/publish", publish, "templates.design"),
    PageRoute("POST", LIST + "/{id}/discard", discard, "templates.design"),
    PageRoute("POST", LIST + "/{id}/archive", archive, "templates.design"),
    PageRoute("POST", LIST + "/{id}/automations/switch", switch_rule, "templates.design"),
    PageRoute("GET", LIST + "/{id}/edit/{part}", edit_item, "templates.design"),
    PageRoute("POST", LIST + "/{id}/edit/{part}", save_item, "templates.design"),
    PageRoute("POST", LIST + "/{id}/edit/{part}/remove", remove_item, "templates.design"),
    PageRoute("POST", LIST + "/{id}/edit/{part}/move", move_item, "templates.design"),
)


def _id(request: Request) -> UUID:
    return query.identifier(request.path_params["id"], "id")


def _part(request: Request) -> str:
    part: str = request.path_params["part"]
    if part not in PARTS:
        raise NotFound.because("A template has no such part.")
    return part


def _revision(request: Request) -> int:
    """Of the draft that the person saw."""
    text = form(request).get("revision", "")
    if not text.isdecimal() or len(text) > 15:
        raise Invalid.because("Reload the page, and do it again.")
    return int(text)


async def _document(text: str) -> dict[str, Any]:
    """A document of a file, JSON or YAML, right in every part; 400. Read beside the event loop, which a large one would hold."""
    return await asyncio.to_thread(_read_document, text)


def _read_document(text: str) -> dict[str, Any]:
    document = json.decode(text.encode()) if text.lstrip().startswith("{") else yaml.decode(text)
    parse(document)
    assert isinstance(document, dict)
    return document


def _item(request: Request, draft: Draft, part: str, key: str | None) -> dict[str, Any]:
    sent = request.state.form
    if part == "schema":
        kind = draft.item(part, key)["type"] if key else request.query_params.get("type", "")
        if kind not in FIELD_TYPES:
            raise NotFound.because("There is no such type of field.")
        return forms.field(sent, kind, key)
    if part == "statuses":
        return forms.status(sent, key, document_choices(draft.document))
    if part == "steps":
        return forms.step(sent, draft.item(part, key) if key else {}, document_choices(draft.document))
    if part == "automations":
        return rule_forms.rule(sent, key, document_choices(draft.document), draft.document)
    return forms.section(sent, key) if part == "sections" else forms.slot(sent, key)


async def _changed(request: Request, change: Callable[[Transaction, UUID], Awaitable[Any]], part: str = "") -> Response:
    """Do it, and show the template again; what is wrong is said there."""
    try:
        await database_of(request).write(current_user(request).actor, lambda tx: change(tx, _id(request)))
    except Invalid as refusal:
        return await _designer(request, refusal)
    return see_other(f"{LIST}/{_id(request)}{'#' if part else ''}{part}")


async def _overview(request: Request, refusal: AppError | None = None) -> Response:
    async with database_of(request).reading(current_user(request).actor.scope) as reading:
        found = await store.overview(reading)
    status = refusal.status if refusal else 200
    return render(request, "case_templates/list.html", status=status, templates=found, refusal=refusal)


async def _designer(request: Request, refusal: AppError | None = None) -> Response:
    async with database_of(request).reading(current_user(request).actor.scope) as reading:
        draft = await drafts.get_draft(reading, _id(request))
    draft = replace(draft, document=lenient(draft.document))
    sections = [*draft.items("sections"), {"key": None, "name": None}]
    known = {each["key"] for each in draft.items("sections")}
    fields = {
        each["key"]: [field for field in draft.items("schema") if _section(field, known) == each["key"]]
        for each in sections
    }
    return render(
        request,
        "case_templates/designer.html",
        status=refusal.status if refusal else 200,
        draft=draft,
        sections=sections,
        fields=fields,
        types=FIELD_TYPES,
        refusal=refusal,
        flow=flow.drawn(draft.document),
    )


def _section(field: dict[str, Any], known: set[str]) -> str | None:
    section = field.get("section")
    return section if section in known else None


async def _editor(request: Request, refusal: AppError | None = None) -> Response:
    part, key = _part(request), request.query_params.get("key") or None
    async with database_of(request).reading(current_user(request).actor.scope) as reading:
        draft = await drafts.get_draft(reading, _id(request))
    seen = mark(draft.item(part, key)) if key else ""
    draft = replace(draft, document=lenient(draft.document))
    item = draft.item(part, key) if key else Part(type=request.query_params.get("type", "text"))
    if part == "schema" and item["type"] not in FIELD_TYPES:
        raise NotFound.because("There is no such type of field.")
    typed, choices = request.state.form if refusal else None, document_choices(draft.document)
    return render(
        request,
        "case_templates/edit_part.html",
        status=refusal.status if refusal else 200,
        draft=draft,
        part=part,
        key=key,
        item=item,
        named_by=forms.NAMED_BY[part],
        name=item[forms.NAMED_BY[part]] or "",
        seen=seen,
        asked={"key": key} if key else {"type": item["type"]} if part == "schema" else {},
        sent=dict(typed) if typed else None,
        refusal=refusal,
        conditions=_conditions(part, item, typed, choices),
        sections=forms.names_of(draft.items("sections")),
        slots=forms.names_of(draft.items("contacts")),
        own_visibility=item["visibility"] if item["visibility"] not in (None, *forms.VISIBILITIES) else None,
        types=FIELD_TYPES,
        option_labels=member_labels(),
        shown=designing.option_shown,
        columns=designing.columns_sent(typed) if typed else list(designing.columns_shown(item)),
        column_inputs=designing.column_inputs,
        column_types=list(COLUMN_TYPES),
        step_types=forms.STEP_TYPES,
        form=step_forms.shown_step(_typed_step(typed, item)) if part == "steps" else {},
        others=[(each["key"], each["title"]) for each in draft.items("steps") if each["key"] != key],
        days=_days(draft),
        **(_of_rule(item, typed, choices, draft) if part == "automations" else _of_status(item, choices)),
    )


def _typed_step(typed: Sent | None, item: dict[str, Any]) -> dict[str, Any]:
    """A step as it was typed, where that could not be saved."""
    try:
        return step_forms.members(typed) if typed else item
    except Invalid:
        return item


def _days(draft: Draft) -> list[tuple[str, str]]:
    """The fields of the draft that hold a day: key and name."""
    kinds = ((each, FIELD_TYPES.get(each["type"])) for each in draft.items("schema"))
    return [(each["key"], each["name"]) for each, kind in kinds if kind and kind.compared is DAY]


def _of_status(item: dict[str, Any], choices: Sequence[FilterAttribute]) -> dict[str, Any]:
    """What the form of a status shows besides."""
    when = item["when"] or Part()
    return {"when": when, "watched": forms.watch_shown(when["watch"] or [], choices)}


def _of_rule(
    item: dict[str, Any], typed: Sent | None, choices: Sequence[FilterAttribute], draft: Draft
) -> dict[str, Any]:
    """What the form of a rule shows besides."""
    when = item["when"] or Part(created=True)
    return {
        "when": when,
        "kind": next((name for name in rule_forms.WAYS if when[name]), "created"),
        "side": next((name for name in ("after", "before") if when[name]), ""),
        "watched": forms.watch_shown(when["change"] or [], choices),
        "span": rule_forms.span_shown,
        "rows": rule_forms.sent_rows(typed) if typed else rule_forms.action_rows(item["then"] or [], draft.document),
        "action_kinds": rule_forms.KINDS,
        "fields": draft.items("schema"),
        "steps": [(each["key"], each["title"]) for each in draft.items("steps")],
        "statuses": flow.statuses_of(draft.document),
    }


def _conditions(
    part: str, item: dict[str, Any], sent: Sent | None, choices: Sequence[FilterAttribute]
) -> dict[str, ConditionForm]:
    """The conditions of a part, by the prefix of their inputs."""
    if part == "automations":
        raw = {"if.": item.get("if")}
    elif part == "statuses":
        raw = {"": (item.get("when") or {}).get("condition")}
    else:
        raw = {f"{name}.": item.get(name) for name in ("visible_when", "start_when")}
    if sent:
        return {prefix: ConditionForm.sent(sent, prefix, choices) for prefix in raw}
    return {prefix: ConditionForm.of(each, choices) for prefix, each in raw.items()}
