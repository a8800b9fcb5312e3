"""From the designer's forms to the parts of a template document, and what the forms show of a part."""

from collections.abc import Mapping, Sequence
from typing import Any

from dossier.case_templates.model import CASES
from dossier.case_templates.pages import step_forms
from dossier.conditions.rows import FilterAttribute, last_value, typed_condition
from dossier.fields import Sent, key_of, options_typed, without_empty

Item = dict[str, Any]

STEP_TYPES = ("task", "note", "email", "sms", "form", "http")
NAMED_BY = {
    "contacts": "name",
    "sections": "name",
    "schema": "name",
    "statuses": "label",
    "steps": "title",
    "automations": "name",
}
VISIBILITIES = ("always", "hide-when-empty", "hidden")
"""That the form offers; another one that stands there stays."""


def field(sent: Sent, kind: str, key: str | None) -> Item:
    """A field of that type; its key, once given, stays."""
    item: Item = {"key": key or key_of(sent, "_"), "type": kind, "name": last_value(sent, "name")}
    for name in ("description", "section", "visibility"):
        item[name] = last_value(sent, name) or None
    item |= {name: True for name in ("required", "indexed") if last_value(sent, name)}
    return without_empty(item | options_typed(sent, kind))


def section(sent: Sent, key: str | None) -> Item:
    return {"key": key or key_of(sent, "-"), "name": last_value(sent, "name")}


def slot(sent: Sent, key: str | None) -> Item:
    required = {"required": True} if last_value(sent, "required") else {}
    return {"key": key or key_of(sent, "-"), "name": last_value(sent, "name"), **required}


def status(sent: Sent, key: str | None, choices: Sequence[FilterAttribute]) -> Item:
    """A status, and when a case moves there by itself."""
    parent = last_value(sent, "parent_status")
    item: Item = {"key": key or key_of(sent, "_", "label"), "label": last_value(sent, "label"), "parent_status": parent}
    if (condition := typed_condition(sent, "", choices, CASES)) is not None:
        watch = watched(last_value(sent, "watch"), choices)
        once = {"once": True} if last_value(sent, "once") else {}
        item["when"] = ({"watch": watch} if watch else {}) | {"condition": condition} | once
    return item


def watched(text: str, choices: Sequence[FilterAttribute]) -> list[str]:
    """What is watched, typed by name or key with commas between."""
    names = {each.label.casefold(): each.name for each in choices if each.label}
    return [names.get(each.strip().casefold(), each.strip()) for each in text.split(",") if each.strip()]


def watch_shown(watch: Sequence[str], choices: Sequence[FilterAttribute]) -> str:
    """The same by name; by key where a name would not lead back to it."""
    labels = {each.name: each.label for each in choices if each.label and watched(each.label, choices) == [each.name]}
    return ", ".join(labels.get(each, each) for each in watch)


def step(sent: Sent, old: Item, choices: Sequence[FilterAttribute]) -> Item:
    """A step, when it is shown, and when it starts by itself; what the form does not ask for stays as it was."""
    item: Item = old | {
        "key": old.get("key") or key_of(sent, "-", "title"),
        "title": last_value(sent, "title"),
        "type": last_value(sent, "type"),
    }
    item["description"] = last_value(sent, "description") or None
    item |= step_forms.members(sent)
    for name in ("visible_when", "start_when"):
        item[name] = typed_condition(sent, f"{name}.", choices, CASES)
    return without_empty(item)


def names_of(parts: Sequence[Mapping[str, Any]]) -> list[tuple[str, str]]:
    """Key and name of each, to choose from."""
    return [(each["key"], each["name"]) for each in parts]
