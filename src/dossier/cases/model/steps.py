"""The states of a step, and what each keeps: who, when, and its data."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from dossier.case_templates.model import Step
from dossier.foundation.actor import Actor
from dossier.foundation.clock import wire_time

_WORKED_BY_PEOPLE = ("task", "note")


def is_available_here(step: Step) -> bool:
    """Whether this server can start a step of its type."""
    return step.type in _WORKED_BY_PEOPLE


def started(actor: Actor, moment: datetime, data: Mapping[str, Any]) -> dict[str, Any]:
    return {"status": "started", "data": dict(data), "started_at": wire_time(moment), "started_by": _who(actor)}


def completed(state: Mapping[str, Any], actor: Actor, moment: datetime, data: Mapping[str, Any]) -> dict[str, Any]:
    return {
        **state,
        "status": "completed",
        "data": {**state["data"], **data},
        "completed_at": wire_time(moment),
        "completed_by": _who(actor),
    }


def _who(actor: Actor) -> dict[str, Any]:
    return {"type": actor.type, "id": str(actor.id) if actor.id else None, "name": actor.name}
