"""Forms and responses as programs see them (contract, second part, sections 3 and 5), wherever they are told of them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from dossier.files.model import File, NamedFile, attachment, named_at
from dossier.form_templates.model import Element
from dossier.forms.model.form import USER_MEMBERS, Form
from dossier.forms.model.notification import Notification
from dossier.forms.model.response import Response
from dossier.forms.model.shown import WholeForm, files_in
from dossier.foundation.clock import wire_time

_ANSWERER = ("email", "given_name", "family_name", "phone", "locale")


@dataclass(frozen=True, slots=True)
class Places:
    """Where things are: `address` of the API, and the links of a form for who is asked (`fill`) and for members (`app`)."""

    address: str
    fill: Callable[[Form], str]
    app: Callable[[Form], str]


def form(whole: WholeForm, places: Places) -> dict[str, Any]:
    """The form in full."""
    each = whole.form
    times = ("archived_at", "processed_at", "active_from", "active_until", "expired_at")
    user = {name: getattr(each.user, name) for name in USER_MEMBERS}
    return {
        "id": each.id,
        "reference": each.reference,
        "created_at": wire_time(each.created_at),
        "updated_at": wire_time(each.updated_at),
        "status": each.status,
        "archived": each.archived_at is not None,
        **{name: _time(getattr(each, name)) for name in times},
        "links": {"fill": places.fill(each), "app": places.app(each)},
        "user": {"anonymous": each.user.anonymous, **user},
        "owner": each.owner,
        "flow": {
            "slug": each.slug,
            "customization": each.preset_id,
            "name": each.name,
            "version": each.template_version,
        },
        "workspace": {"id": each.workspace_id, "slug": each.workspace_slug},
        "case": {"id": each.case_id} if each.case_id else None,
        "data": dict(each.data),
        "external_args": dict(each.external_args),
        "options": _options(whole, places.address),
        "redirect_url": each.redirect_url,
        "branding": {"slug": each.branding} if each.branding else None,
        "responses": [response(whole, one, places.address) for one in whole.responses],
        "notifications": [notification(one) for one in whole.notifications],
        "webhooks": dict(each.webhooks),
    }


def _time(moment: Any) -> str | None:
    return wire_time(moment) if moment else None


def _options(whole: WholeForm, address: str) -> dict[str, Any]:
    """The options of a form; a file as an attachment."""
    shown = dict(whole.form.options)
    for key, value in shown.items():
        option = whole.template.option_by_key.get(key)
        id = value.get("id") if isinstance(value, Mapping) else None
        if option and option.type == "file" and isinstance(id, str) and id in whole.files:
            shown[key] = attachment(whole.files[id], address)
    return shown


def response(whole: WholeForm, each: Response, address: str) -> dict[str, Any]:
    """A response as its form shows it."""
    named = files_in(whole.template, each)
    files = {key: _attachments(whole, ids, address) for key, ids in named.items()}
    all_of_them = {str(one["id"]): one for several in files.values() for one in several}
    user = {name: getattr(each.user, name) for name in ("email", "phone", "locale", "given_name", "family_name")}
    return {
        "id": each.id,
        "created_at": wire_time(each.created_at),
        "updated_at": wire_time(each.updated_at),
        "completed_at": _time(each.completed_at),
        "declined_at": _time(each.declined_at),
        "rating": each.rating,
        "data": shown_data(whole, each, address),
        "user": {
            "anonymous": each.user.anonymous,
            "ip": each.ip,
            **user,
            "user-agent": each.user_agent,
            "accept-language": each.accept_language,
        },
        "attachments": list(all_of_them.values()),
        "signatures": {},
        "files": files,
    }


def _attachments(whole: WholeForm, ids: list[str], address: str) -> list[dict[str, Any]]:
    return [attachment(whole.files[id], address) for id in ids if id in whole.files]


def shown_data(whole: WholeForm, each: Response, address: str) -> dict[str, Any]:
    """What was answered by element, with the files that answers name."""
    named = {id: _named(file) for id, file in whole.files.items()}
    show = partial(named_at, named, address)
    elements = whole.template.element_by_key
    return {key: _shown(elements[key], value, show) if key in elements else value for key, value in each.data.items()}


def _shown(element: Element, value: Any, show: Any) -> Any:
    if element.field:
        return element.field.with_files(value, show)
    if element.type == "group" and isinstance(value, list):
        inner = element.element_by_key
        return [
            {key: _shown(inner[key], part, show) if key in inner else part for key, part in row.items()}
            if isinstance(row, dict)
            else row
            for row in value
        ]
    return value


def _named(file: File) -> NamedFile:
    return NamedFile(str(file.id), file.name, file.type, file.size, erased=file.erased_at is not None)


def notification(each: Notification) -> dict[str, Any]:
    """A message of a form, as it is known."""
    return {
        "id": each.id,
        "status": each.status,
        "method": each.channel,
        "at": wire_time(each.at),
        "to": each.recipient,
        "from": each.sender,
        "cc": None,
        "bcc": None,
        "system": each.system,
        "locale": each.locale,
        "template": each.kind,
        "variables": each.variables,
        "active": each.active,
        "error": each.error.said(None) if each.error else None,
        "message_id": each.header_id,
    }


def rehearsed(shown: Mapping[str, Any]) -> dict[str, Any]:
    """A form as it would be made."""
    return {**shown, "id": None, "links": {"fill": None, "app": None}}


def document(whole: WholeForm, each: Response, places: Places) -> dict[str, Any]:
    """A response as JSON:API has it."""
    shown = response(whole, each, places.address)
    user = {name: getattr(each.user, name) for name in _ANSWERER}
    linked = [{"id": one["id"], "type": "attachments"} for one in shown["attachments"]]
    members = ("name", "type", "scope", "metadata", "uri")
    files = [
        {"id": one["id"], "type": "attachments", "attributes": {name: one[name] for name in members}}
        for one in shown["attachments"]
    ]
    attributes = {
        "$created_at": shown["created_at"],
        "$updated_at": shown["updated_at"],
        "completed_at": shown["completed_at"],
        "declined_at": shown["declined_at"],
        "user": user,
        "data": shown["data"],
        "rating": shown["rating"],
    }
    return {
        "data": {
            "id": each.id,
            "type": "responses",
            "attributes": attributes,
            "relationships": {
                "request": {"data": {"id": whole.form.id, "type": "requests"}},
                "attachments": {"data": linked},
            },
        },
        "included": [{"type": "requests", **form(whole, places)}, *files],
    }
