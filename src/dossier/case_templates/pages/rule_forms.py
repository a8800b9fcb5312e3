"""Rules of a template as the designer's form shows and reads them: when, if, and a row for each action."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice, zip_longest
from typing import Any

from dossier.case_templates.model import CASES
from dossier.case_templates.pages import setting_rows
from dossier.case_templates.pages.forms import Item, watched
from dossier.conditions.rows import FilterAttribute, last_value, typed_condition
from dossier.fields import Field, Sent, key_of, parse_fields
from dossier.foundation import json
from dossier.foundation.errors import AppError, Invalid
from dossier.foundation.text import gettext_noop

BLANK_ACTIONS = 2
TEXTS = ("title", "description", "locale")
"""Of the case itself, which a rule can set."""
JSON = "json"
KINDS = {
    "": gettext_noop("Nothing"),
    "status": gettext_noop("Set the status"),
    "set": gettext_noop("Set a field"),
    "owner": gettext_noop("Give it to"),
    "waiting_for": gettext_noop("Wait for"),
    "start": gettext_noop("Start a step"),
    "cancel": gettext_noop("Call a step off"),
    "tell": gettext_noop("Tell somebody"),
    "task": gettext_noop("Make a task"),
    "http": gettext_noop("Call another system"),
    "json": gettext_noop("Something else, as JSON"),
}
"""What a row can do, in English."""


WAYS = ("created", "change", "step", "date", "idle", "message")
"""What sets a rule off, one of these."""


@dataclass(frozen=True, slots=True)
class ActionRow:
    """An action as its row shows it: what it is about, to whom, and with which value or text; of a task its title and in how many
    days it is due (`working`: of working time), of a call how and where it goes, with which headers, whether its body is JSON (`body`),
    for how long an answer is waited for, and what of it is kept, a line for each; of what is set where it is taken from (`source`), and whether
    that happens in one go with what the row above sets (`joined`)."""

    kind: str = ""
    target: str = ""
    to: str = ""
    value: str = ""
    title: str = ""
    span: str = ""
    method: str = ""
    url: str = ""
    headers: str = ""
    save: str = ""
    body: str = ""
    timeout: str = ""
    working: str = ""
    source: str = ""
    joined: str = ""


def rule(sent: Sent, key: str | None, choices: Sequence[FilterAttribute], document: Mapping[str, Any]) -> Item:
    """The rule of a form; 400 where an action cannot be read."""
    item: Item = {"key": key or key_of(sent, "-"), "name": last_value(sent, "name")}
    if not last_value(sent, "enabled"):
        item["enabled"] = False
    item["when"] = _when(sent, choices)
    if (condition := typed_condition(sent, "if.", choices, CASES)) is not None:
        item["if"] = condition
    item["then"] = _actions(sent, document)
    return item


def _when(sent: Sent, choices: Sequence[FilterAttribute]) -> Item:
    typed = {
        name: last_value(sent, f"when.{name}").strip()
        for name in ("step", "is", "date", "span", "at", "idle", "message")
    }
    match last_value(sent, "when"):
        case "change":
            return {"change": watched(last_value(sent, "when.change"), choices)}
        case "step":
            return {"step": typed["step"], "is": typed["is"]}
        case "date":
            side, span = last_value(sent, "when.side"), typed["span"]
            near = {side: _span(span)} | _working(sent) if side in ("before", "after") and span else {}
            return {"date": typed["date"], **near} | ({"at": typed["at"]} if typed["at"] else {})
        case "idle":
            return {"idle": _span(typed["idle"])} | _working(sent)
        case "message":
            return {"message": typed["message"]}
    return {"created": True}


def _working(sent: Sent) -> Item:
    return {"working": True} if last_value(sent, "when.working") else {}


def _span(text: str) -> str:
    """Days where only a number was typed; else ISO 8601, as it is."""
    return f"P{int(text)}D" if text.isascii() and text.isdecimal() and len(text) < 5 else text


def span_shown(text: str | None) -> str:
    """The same the other way round."""
    days = (text or "").removeprefix("P").removesuffix("D")
    return days if days.isdecimal() else text or ""


def _actions(sent: Sent, document: Mapping[str, Any]) -> list[Item]:
    fields, made = _fields(document), list[Item]()
    for place, row in enumerate(sent_rows(sent)):
        if row.kind:
            values = (getattr(row, name).replace("\r\n", "\n").strip() for name in ActionRow.__slots__)
            action = _action(ActionRow(*values), place, fields)
            both = _together(made[-1], action) if row.joined and made else None
            made[-1:] = [both] if both else [*made[-1:], action]
    return made


def _fields(document: Mapping[str, Any]) -> Mapping[str, Field]:
    return {each.key: each for each in parse_fields(document.get("schema") or [], "")[0]}


def _together(one: Item, other: Item) -> Item | None:
    """Both in one go; None where one of them sets nothing, or both set the same."""
    first, second = _sets(one), _sets(other)
    return {"set": first | second} if first and second and first.keys().isdisjoint(second) else None


def _sets(action: Item) -> Item:
    return (
        dict(action["set"]) if "set" in action else {name: action[name] for name in ("waiting_for",) if name in action}
    )


def _action(row: ActionRow, place: int, fields: Mapping[str, Field]) -> Item:
    match row.kind:
        case "status":
            return {"set": {"status": row.target}}
        case "set":
            field = fields.get(row.target.removeprefix("data.")) if row.target.startswith("data.") else None
            return {"set": {row.target: setting_rows.typed(field, row.value, row.source)}}
        case "owner":
            emails = [each.strip() for each in row.to.split(",") if each.strip()]
            return {"owner": emails[0] if len(emails) == 1 else {"in_turn": emails}}
        case "waiting_for" | "start" | "cancel":
            return {row.kind: row.target}
    return _reaching(row, place)


def _reaching(row: ActionRow, place: int) -> Item:
    """What reaches people and other systems, and what rows cannot say."""
    match row.kind:
        case "tell":
            return {"tell": [each.strip() for each in row.to.split(",") if each.strip()], "text": row.value}
        case "task":
            named = {"title": row.title, "body": row.value, "assignee": row.to, "due": row.span and _span(row.span)}
            task: Item = {name: text for name, text in named.items() if text}
            return {"task": task | ({"working": True} if row.working and row.span else {})}
        case "http":
            return {"http": _call(row, place)}
    return _typed(row, place)


def _call(row: ActionRow, place: int) -> Item:
    parts = {"method": row.method, "url": row.url, "body": _body(row, place), "timeout": _seconds(row.timeout)}
    headers, save = (
        _pairs(row.headers, ":", f"/then/{place}/http/headers"),
        _pairs(row.save, "=", f"/then/{place}/http/save"),
    )
    return {name: value for name, value in {**parts, "headers": headers, "save": save}.items() if value}


def _body(row: ActionRow, place: int) -> Any:
    if row.body != JSON or not row.value:
        return row.value
    try:
        return json.decode(row.value.encode())
    except AppError:
        sentence = "Write the body as JSON, with values in quotes, such as {example}."
        example = '{"amount": "{{ data.amount }}"}'
        raise Invalid.because(sentence, pointer=f"/then/{place}/http/body", example=example) from None


def _seconds(text: str) -> int | str:
    """What is no number is refused with the document."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 5 else text


def _pairs(text: str, between: str, at: str) -> dict[str, str]:
    """What stands before and after a sign, in each line; 400 for a line without it."""
    found = {}
    for line in filter(None, map(str.strip, text.split("\n"))):
        name, sign, value = (each.strip() for each in line.partition(between))
        if not (name and sign and value):
            raise Invalid.because("Write each line as {example}.", pointer=at, example=f"name {between} value")
        found[name] = value
    return found


def _typed(row: ActionRow, place: int) -> Item:
    try:
        found = json.decode(row.value.encode())
    except AppError:
        found = None
    if not isinstance(found, dict):
        raise Invalid.because(
            "Write the action as JSON, such as {example}.", pointer=f"/then/{place}", example='{"start": "step"}'
        )
    return found


def action_rows(then: Sequence[Item], document: Mapping[str, Any]) -> list[ActionRow]:
    """The rows of a rule's actions, and blank ones."""
    fields = _fields(document)
    return [*(row for each in then for row in _rows(each, fields)), *[ActionRow()] * BLANK_ACTIONS]


def sent_rows(sent: Sent) -> list[ActionRow]:
    """The rows as they were typed, where that could not be saved."""
    columns = [[value for name, value in sent if name == f"then.{part}"] for part in ActionRow.__slots__]
    return [ActionRow(*row) for row in islice(zip_longest(*columns, fillvalue=""), len(columns[0]))]


def _rows(action: Item, fields: Mapping[str, Field]) -> list[ActionRow]:
    """The rows that say an action: a row for each value that it sets."""
    if action.keys() != {"set"} or not isinstance(action["set"], dict):
        return [_row(action)]
    rows = [_setting(path, value, fields) for path, value in action["set"].items()]
    said = [each for each in rows if each]
    if len(said) < len(rows):
        return [ActionRow("json", value=json.pretty(action))]
    return [replace(each, joined="yes" if place else "") for place, each in enumerate(said)]


def _row(action: Item) -> ActionRow:
    """The row that says an action; one that no row can say is JSON."""
    (kind, value), *more = action.items()
    if more or not isinstance(value, str):
        return _longer_row(action)
    return ActionRow(kind, to=value) if kind == "owner" else ActionRow(kind, value)


def _longer_row(action: Item) -> ActionRow:
    match dict(action):
        case {"owner": {"in_turn": emails}}:
            return ActionRow("owner", to=", ".join(emails))
        case {"tell": list(to), "text": str(text)}:
            return ActionRow("tell", to=", ".join(to), value=text)
        case {"task": dict(task)}:
            return _task(task)
        case {"http": dict(call)}:
            return _calling(call)
    return ActionRow("json", value=json.pretty(action))


def _task(task: Item) -> ActionRow:
    return ActionRow(
        "task",
        to=task.get("assignee") or "",
        value=task.get("body") or "",
        title=task["title"],
        span=span_shown(task.get("due")),
        working="yes" if task.get("working") else "",
    )


def _calling(call: Item) -> ActionRow:
    headers, save = (
        "\n".join(f"{name}{sign} {value}" for name, value in (call.get(member) or {}).items())
        for member, sign in (("headers", ":"), ("save", " ="))
    )
    body = call.get("body")
    return ActionRow(
        "http",
        value=json.pretty(body) if body and not isinstance(body, str) else body or "",
        method=call.get("method") or "POST",
        url=call["url"],
        headers=headers,
        save=save,
        body=JSON if body and not isinstance(body, str) else "",
        timeout=str(call.get("timeout") or ""),
    )


def _setting(path: str, value: Any, fields: Mapping[str, Field]) -> ActionRow | None:
    if path in ("status", "waiting_for") and isinstance(value, str):
        return ActionRow(path, value)
    key = path.removeprefix("data.")
    if path not in TEXTS and (key == path or key not in fields):
        return None
    found = setting_rows.shown(fields[key] if key != path else None, value, fields)
    return ActionRow("set", path, value=found[0], source=found[1]) if found else None
