"""Rules as programs see them: what they did to a case and why, and what they would do."""

from datetime import datetime
from typing import Any

from pydantic import BaseModel, Field

from dossier.automations.actions.trying import Trial
from dossier.automations.model import Reason, Trace
from dossier.foundation.clock import wire_time
from dossier.foundation.http.body import StrictRequestModel
from dossier.foundation.http.openapi import Timestamp, Uuid


class WhyPart(BaseModel):
    """A part of what a rule asks: whether it held, and the value that there was."""

    part: str
    held: bool
    value: Any = None


class AutomationAction(BaseModel):
    """What a rule does after the change: `waiting`, `done` or `failed`, and why."""

    position: int
    state: str
    tries: int
    error: str | None
    at: Timestamp | None


class AutomationTrace(BaseModel):
    """What a rule did to a case last, and why, or why it did not.

    `outcome`: done, waiting, failed, refused; condition_not_met, held_before, not_set_off, switched_off; of a trial also fires, waits.
    `due_at`: when a rule of time looks at the case next.
    """

    key: str
    name: str
    enabled: bool
    last_fired_at: Timestamp | None
    version: int | None
    outcome: str
    why: list[WhyPart]
    actions: list[AutomationAction]
    due_at: Timestamp | None


class AutomationList(BaseModel):
    """The rules of a case's template, in the order of the document."""

    data: list[AutomationTrace]


class TryAutomations(StrictRequestModel):
    """A case to try rules on; `data`: what an update would send; `document`: a template's in the place of the published one."""

    case: Uuid
    data: dict[str, Any] | None = None
    document: dict[str, Any] | None = None


class TriedChange(BaseModel):
    """A part of the case before and after."""

    old: Any = None
    new: Any = None


class AutomationTrial(BaseModel):
    """What would happen; nothing did. `later`: rule → what it would do after the change, as `{"start": "step"}`."""

    data: list[AutomationTrace]
    changes: dict[str, TriedChange] = Field(default={})
    later: dict[str, list[dict[str, Any]]] = Field(default={})


def trace(found: Trace) -> dict[str, Any]:
    last, fired = found.last, found.last and found.last.outcome != "condition_not_met"
    return {
        "key": found.rule.key,
        "name": found.rule.name,
        "enabled": found.rule.enabled,
        "last_fired_at": wire_time(last.at) if last and fired else None,
        "version": found.version,
        "outcome": found.outcome,
        "why": [_plain(each) for each in found.why],
        "actions": [each.document() for each in last.actions] if last else [],
        "due_at": wire_time(found.due_at) if found.due_at else None,
    }


def trial(found: Trial) -> dict[str, Any]:
    later = {key: names for key, names in found.later.items() if names}
    return {"data": [trace(each) for each in found.traces], "changes": dict(found.changes), "later": later}


def _plain(reason: Reason) -> dict[str, Any]:
    value = wire_time(reason.value) if isinstance(reason.value, datetime) else reason.value
    return {"part": reason.part, "held": reason.held, "value": value}
