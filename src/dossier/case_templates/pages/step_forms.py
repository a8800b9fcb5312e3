"""From the designer's form of a step to the step in a template document, and what the form shows of one."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from dossier.case_templates.model import called
from dossier.conditions.rows import last_value
from dossier.fields import Sent
from dossier.foundation.errors import Invalid

Item = dict[str, Any]

UNITS: Mapping[str, tuple[str, str]] = {
    "months": ("P", "M"),
    "weeks": ("P", "W"),
    "days": ("P", "D"),
    "hours": ("PT", "H"),
    "minutes": ("PT", "M"),
}
"""Unit → how ISO 8601 writes so many of them: before the number and after it."""
_SIMPLE = {unit: re.compile(rf"{before}(\d+){after}") for unit, (before, after) in UNITS.items()}
REMINDER = ("after", "after.unit", "every", "every.unit", "times", "working", "channel", "to", "subject", "body")
TEXT = ("language", "subject", "body")
_LISTS = ("to", "cc", "bcc", "attachments")
_PLAIN = ("recipient", "from_name", "reply_to", "subject", "body", "form", "preset", "url", "method")


def members(sent: Sent) -> Item:
    """What the form says of a step beside its name, type and conditions; what was left empty is None."""
    item: Item = {name: last_value(sent, name) or None for name in _PLAIN}
    item |= {name: _list(last_value(sent, name)) for name in _LISTS}
    item["after"] = [value for name, value in sent if name == "after"]
    item["delay"] = _wait(sent, "delay")
    item["due"] = _due(sent)
    names = _list(last_value(sent, "assignee")) or []
    item["assignee"] = (names[0] if len(names) == 1 else {"in_turn": names}) if names else None
    item["repeatable"] = True if last_value(sent, "repeatable") else None
    item["internal"] = True if last_value(sent, "internal") else None
    item["reminders"] = list(_reminders(sent))
    item["texts"] = {
        row["language"]: _given(row, "subject", "body") for row in _rows(sent, "text", TEXT) if row["language"]
    }
    item["texts"] = item["texts"] or None
    item["headers"], item["save"], item["prefill"] = (
        _pairs(sent, name) or None for name in ("headers", "save", "prefill")
    )
    item["timeout"] = _whole(last_value(sent, "timeout"), "timeout")
    return item


def _list(text: str) -> list[str] | None:
    return [each.strip() for each in text.split(",") if each.strip()] or None


def _duration(count: str, unit: str) -> str | None:
    """`P3D` for 3 and days; another one, as it stood, where only its unit says it."""
    if unit.startswith("P"):
        return unit
    if not count:
        return None
    before, after = UNITS.get(unit, UNITS["days"])
    return f"{before}{count.strip()}{after}"


def _wait(sent: Sent, name: str) -> Any:
    duration = _duration(last_value(sent, name), last_value(sent, f"{name}.unit"))
    if duration and last_value(sent, f"{name}.working"):
        return {"in": duration, "working": True}
    return duration


def _due(sent: Sent) -> Item | None:
    duration = _duration(last_value(sent, "due"), last_value(sent, "due.unit"))
    if duration is None:
        return None
    working = {"working": True} if last_value(sent, "due.working") else {}
    way, _, field = last_value(sent, "due.of").partition(":")
    return ({"of": f"data.{field}", way: duration} if field else {"in": duration}) | working


def _reminders(sent: Sent) -> Iterator[Item]:
    for row in _rows(sent, "reminder", REMINDER):
        after = _duration(row["after"], row["after.unit"])
        if after:
            every = _duration(row["every"], row["every.unit"])
            times = _whole(row["times"], "times")
            item = {
                "after": after,
                "every": every,
                "times": times,
                "working": True if row["working"] == "yes" else None,
            }
            yield {name: value for name, value in item.items() if value is not None} | _given(
                row, "channel", "to", "subject", "body"
            )


def _rows(sent: Sent, prefix: str, names: Sequence[str]) -> list[dict[str, str]]:
    """Rows of inputs that stand in the form again and again: `reminder.after` and so on."""
    columns = [[value for name, value in sent if name == f"{prefix}.{each}"] for each in names]
    return [dict(zip(names, row, strict=True)) for row in zip(*columns, strict=False)]


def _given(row: Mapping[str, str], *names: str) -> dict[str, str]:
    return {name: text.replace("\r\n", "\n") for name in names if (text := row[name].strip())}


def _pairs(sent: Sent, name: str) -> dict[str, str]:
    """A line each: `name: value`."""
    lines = (each.partition(":") for each in last_value(sent, name).split("\n") if each.strip())
    return {key.strip(): value.strip() for key, _, value in lines}


def _whole(text: str, name: str) -> int | None:
    if text and not re.fullmatch(r"[0-9]{1,6}", text):
        raise Invalid.because("“{field}” must be a whole number.", pointer=f"/{name}", field=called(name))
    return int(text) if text else None


# ---- what the form shows ----


def shown_step(item: Mapping[str, Any]) -> dict[str, Any]:
    """Input → what it holds, of a step as its document has it."""
    due = item.get("due") or {}
    way = next((each for each in ("before", "after") if due.get(each)), "")
    turn = item.get("assignee") or []
    names = turn.get("in_turn") or [] if isinstance(turn, Mapping) else [turn] if isinstance(turn, str) else []
    delay = item.get("delay") or {}
    delay = {"in": delay} if isinstance(delay, str) else delay
    return {
        **{name: _joined(item.get(name)) for name in _LISTS},
        "delay": wait_shown(delay.get("in"), bool(delay.get("working"))),
        "due": wait_shown(due.get(way or "in"), bool(due.get("working"))),
        "due.of": f"{way}:{str(due.get('of') or '').removeprefix('data.')}" if way else "",
        "assignee": ", ".join(names),
        "after": item.get("after") or [],
        "repeatable": bool(item.get("repeatable")),
        "headers": _lines(item.get("headers")),
        "save": _lines(item.get("save")),
        "prefill": _lines(item.get("prefill")),
        "internal": bool(item.get("internal")),
        "texts": [*((code, each) for code, each in (item.get("texts") or {}).items()), ("", {})],
        "reminders": [*map(_reminder_shown, item.get("reminders") or ()), _reminder_shown({})],
    }


def wait_shown(duration: str | None, working: bool = False) -> dict[str, Any]:
    """The number and the unit of a duration; one that is not so simple is its unit, as it stands."""
    for unit, pattern in _SIMPLE.items():
        if duration and (found := pattern.fullmatch(duration)):
            return {"count": found[1], "unit": unit, "working": working, "other": ""}
    return {"count": "", "unit": duration or "days", "working": working, "other": duration or ""}


def _reminder_shown(item: Mapping[str, Any]) -> dict[str, Any]:
    waits = {"after": wait_shown(item.get("after")), "every": wait_shown(item.get("every"))}
    return {
        **{name: item.get(name) or "" for name in ("times", "channel", "to", "subject", "body", "working")},
        **waits,
    }


def _joined(value: Any) -> str:
    return value if isinstance(value, str) else ", ".join(value or ())


def _lines(value: Mapping[str, str] | None) -> str:
    return "\n".join(f"{name}: {text}" for name, text in (value or {}).items())
