"""From the designer's forms to the parts of a template document, and what the forms show of a part."""

import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from decimal import Decimal
from functools import partial
from typing import Any

from dossier.case_templates.model import CASES, called
from dossier.case_templates.pages import step_forms
from dossier.conditions.rows import (
    FilterAttribute,
    FilterRow,
    Match,
    ShownRows,
    last_value,
    parse_rows,
    shown_rows,
    to_rows,
    typed_condition,
)
from dossier.fields import FIELD_TYPES, OPTIONS, How, Option, Sent
from dossier.foundation import exact, json
from dossier.foundation.errors import AppError, Invalid, InvalidValue
from dossier.foundation.sizes import shown_size, typed_size

Item = dict[str, Any]

STEP_TYPES = ("task", "note", "email", "sms", "form", "http")
BLANK_COLUMNS = 2
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
    for option in FIELD_TYPES[kind].designed:
        item[option.name] = _READ[option.how](sent, option.name)
    item["default"] = _default(sent, kind)
    return _without_empty(item)


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
    return _without_empty(item)


class Part(dict[str, Any]):
    """A part of a document as pages show it: a member that was not given is None."""

    def __missing__(self, name: str) -> None:
        return None


def lenient(value: Any) -> Any:
    """A document of such parts."""
    if isinstance(value, dict):
        return Part({name: lenient(part) for name, part in value.items()})
    return [lenient(each) for each in value] if isinstance(value, list) else value


class ConditionForm:
    """A condition as its form shows it: rows, or JSON where rows cannot say it."""

    def __init__(self, rows: ShownRows, text: str) -> None:
        self.rows, self.text = rows, text

    @classmethod
    def of(cls, raw: Any, choices: Sequence[FilterAttribute]) -> "ConditionForm":
        found: tuple[Match, list[FilterRow]] | None = ("all", []) if raw is None else to_rows(raw)
        return cls(shown_rows(choices, *(found or ("all", []))), "" if found else json.pretty(raw))

    @classmethod
    def sent(cls, sent: Sent, prefix: str, choices: Sequence[FilterAttribute]) -> "ConditionForm":
        """As it was typed, where that could not be saved."""
        match: Match = "any" if last_value(sent, prefix + "match") == "any" else "all"
        return cls(shown_rows(choices, match, list(parse_rows(sent, prefix))), last_value(sent, prefix + "json"))


def key_of(sent: Sent, joint: str, named_by: str = "name") -> str:
    """The key that was typed, or one made of the name: `Número de placa` is `numero_de_placa`."""
    plain = unicodedata.normalize("NFKD", last_value(sent, "key") or last_value(sent, named_by))
    words = re.findall(
        r"[a-z0-9_]+" if joint == "_" else r"[a-z0-9_-]+", plain.encode("ascii", "ignore").decode().lower()
    )
    return joint.join(words)[:60]


def _whole(sent: Sent, name: str) -> int | None:
    text = last_value(sent, name)
    if not text:
        return None
    if not re.fullmatch(r"-?[0-9]{1,18}", text):
        raise Invalid.because("“{field}” must be a whole number.", pointer=f"/{name}", field=called(name))
    return int(text)


def _read(read: Callable[[str], Any], sent: Sent, name: str) -> Any:
    """What was typed, read; None of nothing, 400 of what is none."""
    text = last_value(sent, name)
    if not text:
        return None
    try:
        return read(text)
    except InvalidValue as bad:
        raise Invalid((bad.of(called(name), f"/{name}"),)) from None


def _options(sent: Sent, name: str) -> list[Item]:
    """A line each: `value: label`, or only a label, of which the value is made."""
    options = []
    for line in filter(None, map(str.strip, last_value(sent, name).split("\n"))):
        value, colon, label = line.partition(":")
        made = key_of([("name", line)], "_") or line
        options.append({"value": value.strip(), "label": label.strip()} if colon else {"value": made, "label": line})
    return options


def _columns(sent: Sent, _name: str) -> list[Item]:
    return [_column(**row) for row in columns_sent(sent) if row["name"].strip()]


def _column(name: str, key: str, type: str, more: str, options: Mapping[str, str]) -> Item:
    """A column as it was typed: each option of its type has an input; what has none stands in `more`, as JSON."""
    column: Item = {"key": key.strip() or key_of([("name", name)], "_"), "type": type, "name": name.strip()}
    designed = FIELD_TYPES[type].designed if type in FIELD_TYPES else ()
    if OPTIONS in designed and more.strip() and not more.strip().startswith("{"):
        column["options"] = _options([("options", more.replace(";", "\n"))], "options")
    elif more.strip():
        column |= _more(name, more)
    typed = {each.name: _READ[each.how](list(options.items()), each.name) for each in designed}
    return column | _without_empty(typed)


def _more(name: str, text: str) -> Item:
    try:
        extra = json.decode(text.encode())
    except AppError:
        extra = None
    if not isinstance(extra, dict):
        raise Invalid.because('More about the column “{name}” must be JSON such as {"decimals": 2}.', name=name)
    return extra


_READ: Mapping[str, Callable[[Sent, str], Any]] = {
    "text": lambda sent, name: last_value(sent, name) or None,
    "yes": lambda sent, name: True if last_value(sent, name) else None,
    "whole": _whole,
    "size": partial(_read, typed_size),
    "number": partial(_read, exact.typed_number),
    "options": _options,
    "columns": _columns,
    "list": lambda sent, name: [each.strip() for each in last_value(sent, name).split(",") if each.strip()],
}


def _default(sent: Sent, kind: str) -> Any:
    text = last_value(sent, "default")
    try:
        return FIELD_TYPES[kind].read_default(text) if text else None
    except InvalidValue as bad:
        raise Invalid((bad.of(called("default"), "/default"),)) from None


def shown(item: Mapping[str, Any], name: str, how: How = "text") -> str:
    """What an input of a field's option holds."""
    value = item.get(name)
    if value is None or value is False:
        return ""
    if name == "options":
        return "\n".join(f"{each['value']}: {each['label']}" for each in value)
    if isinstance(value, list) and all(isinstance(each, str) for each in value):
        return ", ".join(value)
    if isinstance(value, int | Decimal) and not isinstance(value, bool):
        return shown_size(value) if how == "size" else exact.shown_number(value)
    return value if isinstance(value, str) else json.encode(value).decode()


def columns_sent(sent: Sent) -> list[Item]:
    """The columns as they were typed: `column.name` and so on, again and again, and `column.<place>.<option>`."""
    names = ("name", "key", "type", "more")
    rows = zip(*([value for name, value in sent if name == f"column.{part}"] for part in names), strict=False)
    return [dict(zip(names, row, strict=True)) | {"options": _of_column(sent, place)} for place, row in enumerate(rows)]


def _of_column(sent: Sent, place: int) -> dict[str, str]:
    prefix = f"column.{place}."
    return {name.removeprefix(prefix): value for name, value in sent if name.startswith(prefix)}


def columns_shown(item: Mapping[str, Any]) -> Iterator[Item]:
    """The columns of a table as the form has them, and blank ones."""
    for column in item.get("columns") or ():
        kind = FIELD_TYPES.get(column["type"])
        designed = [each.name for each in kind.designed] if kind else []
        extra = {name: value for name, value in column.items() if name not in ("key", "name", "type", *designed)}
        yield {
            **{name: column[name] for name in ("key", "name", "type")},
            "more": shown({"x": extra or None}, "x"),
            "options": {
                name: text for name in designed if (text := "yes" if column.get(name) is True else shown(column, name))
            },
        }
    yield from [{"key": "", "name": "", "type": "text", "more": "", "options": {}}] * BLANK_COLUMNS


def names_of(parts: Sequence[Mapping[str, Any]]) -> list[tuple[str, str]]:
    """Key and name of each, to choose from."""
    return [(each["key"], each["name"]) for each in parts]


def column_inputs(column: Item, place: int) -> list[tuple[Option, str, str]]:
    """What is asked about a column that is there: the option of its type, the name of its input, and what it holds."""
    kind = FIELD_TYPES.get(column["type"]) if column["name"] else None
    return (
        [(each, f"column.{place}.{each.name}", column["options"].get(each.name, "")) for each in kind.designed]
        if kind
        else []
    )


def _without_empty(item: Item) -> Item:
    return {name: value for name, value in item.items() if value is not None and value != []}
