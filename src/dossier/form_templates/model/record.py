"""How form templates describe themselves to their history: the document that is worked on, part by part."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from dossier.form_templates.model.template import DEFAULT_EXPIRY
from dossier.foundation.messages import Message
from dossier.foundation.text import gettext_noop
from dossier.records.model import ChangeSet, Record

PARTS = ("pages", "options", "presets")
"""The lists of a document; what is in them has a key."""
SINGLE = (
    *("slug", "title", "description", "locale", "access", "decline", "expires_after", "redirect_url"),
    "messages",
)
_ORDER = "order"  # of a part: `order.pages` is the keys of the pages
_TEXTS = "texts"  # `texts.fr` is what is said in French


@dataclass(frozen=True, slots=True)
class KeptFormTemplate:
    """A form template as its history has it. `version` counts what happened to it, not what was published."""

    workspace_id: UUID
    id: UUID
    version: int
    updated_at: datetime
    document: Mapping[str, Any]


FormTemplateChange = ChangeSet[KeptFormTemplate]


def by_key(document: Mapping[str, Any], part: str) -> dict[str, Mapping[str, Any]]:
    """What is in one of the lists of a document, by its key."""
    return {each.get("key", "default"): each for each in document.get(part) or ()}


def _get(kept: KeptFormTemplate, path: str) -> Any:
    prefix, _, key = path.partition(".")
    if prefix in PARTS:
        return by_key(kept.document, prefix).get(key)
    if prefix == _TEXTS:
        return (kept.document.get(_TEXTS) or {}).get(key)
    return list(by_key(kept.document, key)) if prefix == _ORDER else _single(kept.document, path)


def _single(document: Mapping[str, Any], name: str) -> Any:
    """A member by itself; where nothing says when a form ends, what that means: null is never."""
    return document.get(name, DEFAULT_EXPIRY if name == "expires_after" else None)


def _put_all(kept: KeptFormTemplate, values: Mapping[str, Any], version: int) -> KeptFormTemplate:
    document: Mapping[str, Any] = kept.document
    for path, value in values.items():
        document = _put(document, path, value)
    return replace(kept, document=document, version=version)


def _put(document: Mapping[str, Any], path: str, value: Any) -> Mapping[str, Any]:
    prefix, _, key = path.partition(".")
    if prefix in PARTS:
        items = by_key(document, prefix) | {key: value}
        return {**document, prefix: [each for each in items.values() if each is not None]}
    if prefix == _TEXTS:
        texts = {**(document.get(_TEXTS) or {}), key: value}
        return {**document, _TEXTS: {language: each for language, each in texts.items() if each is not None}}
    if prefix == _ORDER:
        places = {each: place for place, each in enumerate(value)}
        items = by_key(document, key)
        return {**document, key: sorted(items.values(), key=lambda each: places.get(each.get("key", ""), len(places)))}
    return {**document, path: value}


def _called(kept: KeptFormTemplate, path: str) -> str | Message:
    prefix, _, key = path.partition(".")
    item = by_key(kept.document, prefix).get(key) if prefix in PARTS else None
    return str(item.get("title") or item.get("label") or item.get("name") or key) if item else key or path


def changed_parts(old: Mapping[str, Any], new: Mapping[str, Any]) -> dict[str, Any]:
    """Path → what stands there now, of every part of a document that there was or is: what a change puts."""
    values = {name: _single(new, name) for name in SINGLE}
    for part in PARTS:
        was, becomes = by_key(old, part), by_key(new, part)
        values |= {f"{part}.{key}": becomes.get(key) for key in {**was, **becomes}}
        if [key for key in was if key in becomes] != [key for key in becomes if key in was]:
            values[f"{_ORDER}.{part}"] = list(becomes)
    said, says = old.get(_TEXTS) or {}, new.get(_TEXTS) or {}
    return values | {f"{_TEXTS}.{language}": says.get(language) for language in {**said, **says}}


_BY_ITSELF = gettext_noop("Archive it, or bring it back, instead.")
_STAY = gettext_noop("Published versions stay; change the draft, and publish the next one.")

FORM_TEMPLATE_RECORD: Record[KeptFormTemplate] = Record(
    name="form template",
    missing=gettext_noop("There is no form template {id}."),
    history="form_template_events",
    key="template_id",
    get=_get,
    put_all=_put_all,
    not_undone={
        "created": gettext_noop("A template cannot be un-made; discard its draft instead."),
        "published": _STAY,
        "revised": _STAY,
        "archived": _BY_ITSELF,
        "unarchived": _BY_ITSELF,
        "enabled": gettext_noop("Switch it on or off instead."),
    },
    called=_called,
)
