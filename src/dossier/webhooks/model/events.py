"""Events: what other systems are told of a version of a case. Made from its history, whenever somebody asks: nothing more is stored."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid5

from dossier.foundation import json
from dossier.foundation.clock import wire_time
from dossier.foundation.errors import Problem
from dossier.foundation.text import did_you_mean

TYPES = (
    "case.created",
    "case.data_changed",
    "case.status_changed",
    "case.waiting_for_changed",
    "case.owner_changed",
    "case.contacts_changed",
    "case.details_changed",
    "case.archived",
    "case.unarchived",
    "case.erased",
    "step.changed",
    "message.changed",
    "file.added",
    "file.removed",
    "file.checked",
)
"""In the order in which the events of a version come."""
EVERY = "*"
PATTERNS = (EVERY, *dict.fromkeys(name.partition(".")[0] + ".*" for name in TYPES))
MOST_BYTES = 256_000  # of the changes of an event as JSON; larger ones are left out
CREATED, ERASED = "created", "erased"

_BY_PATH = {
    "data": "case.data_changed",
    "status": "case.status_changed",
    "parent_status": "case.status_changed",
    "waiting_for": "case.waiting_for_changed",
    "owner": "case.owner_changed",
    "contacts": "case.contacts_changed",
    "steps": "step.changed",
    "messages": "message.changed",
    "checks": "file.checked",
}
_COMES_AND_GOES = {"archived_at": ("case.archived", "case.unarchived"), "files": ("file.added", "file.removed")}

Changes = Mapping[str, Mapping[str, Any] | None]
"""Path → the value before and after; None where they are too large to be told."""


@dataclass(frozen=True, slots=True)
class Version:
    """A version of a case as its history has it, or its erasure (`kind` says which, `version` is 0 then).

    `case` and `workspace` as events show them, `actor` as `{type, id, name}`; `position`: of its transaction, 0 for the oldest.
    """

    position: int
    workspace: Mapping[str, Any]
    case: Mapping[str, Any]
    case_id: UUID
    version: int
    id: UUID
    at: datetime
    kind: str
    actor: Mapping[str, Any]
    changes: Changes


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened, as it is told. `id` is always the same for a version and a type. `size`: bytes of its changes."""

    id: UUID
    type: str
    timestamp: datetime
    workspace: Mapping[str, Any]
    case: Mapping[str, Any]
    actor: Mapping[str, Any]
    changes: Changes
    truncated: bool = False
    size: int = 0


def events_of(version: Version) -> list[Event]:
    """The events of a version, one a type, in the order of the types; none where nothing changed."""
    if version.kind == ERASED:
        return [_event(version, "case.erased", {})]
    if version.kind == CREATED:
        return [_event(version, "case.created", version.changes)]
    by_type: dict[str, dict[str, Any]] = {}
    for path, change in version.changes.items():
        by_type.setdefault(_type_of(path, change), {})[path] = change
    return [_event(version, name, by_type[name]) for name in TYPES if name in by_type]


def _type_of(path: str, change: Mapping[str, Any] | None) -> str:
    member = path.partition(".")[0]
    if member in _COMES_AND_GOES:
        comes, goes = _COMES_AND_GOES[member]
        return comes if change is None or change["new"] is not None else goes
    return _BY_PATH.get(member, "case.details_changed")


def _event(version: Version, type: str, changes: Changes) -> Event:
    size = len(json.encode(changes))
    truncated = size > MOST_BYTES or None in changes.values()
    return Event(
        id=uuid5(version.id, type),
        type=type,
        timestamp=version.at,
        workspace=version.workspace,
        case=version.case,
        actor=version.actor,
        changes={} if truncated else changes,
        truncated=truncated,
        size=0 if truncated else size,
    )


def document(event: Event) -> dict[str, Any]:
    """The event as other systems get it."""
    names = ("case", "workspace", "actor", "changes", "truncated")
    data = {name: getattr(event, name) for name in names}
    return {"id": str(event.id), "type": event.type, "timestamp": wire_time(event.timestamp), "data": data}


def is_wanted(type: str, patterns: Collection[str]) -> bool:
    """Whether one of the patterns names a type: itself, `case.*`, or `*`; no pattern at all names every one."""
    return not patterns or type in patterns or EVERY in patterns or f"{type.partition('.')[0]}.*" in patterns


def unknown_types(
    patterns: Sequence[str], *, parameter: str | None = None, pointer: str | None = None
) -> Iterator[Problem]:
    """What is wrong with a list of types and patterns, which stands there: those that name no type."""
    for place, each in enumerate(patterns):
        if each not in TYPES and each not in PATTERNS:
            hint = did_you_mean(each, (*TYPES, *PATTERNS))
            detail = "There is no event type “{type}”.{hint}"
            where = None if pointer is None else f"{pointer}/{place}"
            yield Problem(detail, "unknown_event", where, parameter, type=each, hint=hint)
