"""Histories as programs see them, of whatever kind of thing."""

from typing import Any, Literal

from pydantic import BaseModel

from dossier.foundation.clock import wire_time
from dossier.foundation.http.openapi import PageMeta, Timestamp, Uuid
from dossier.records.model import HistoryEntry as Entry


class Change(BaseModel):
    """A value before and after."""

    old: Any
    new: Any


class HistoryActor(BaseModel):
    """Who did it."""

    type: Literal["token", "member", "contact", "system"]
    id: Uuid | None
    name: str


class HistoryEntry(BaseModel):
    """One thing that happened."""

    id: Uuid
    at: Timestamp
    version: int
    kind: str
    actor: HistoryActor
    via: str
    changes: dict[str, Change]
    reason: str | None


class HistoryPage(BaseModel):
    """A page of the history, newest first."""

    meta: PageMeta
    data: list[HistoryEntry]


def history_entry(entry: Entry) -> dict[str, Any]:
    """An entry; the path of a field's value is the field's key."""
    return {
        "id": entry.id,
        "at": wire_time(entry.at),
        "version": entry.version,
        "kind": entry.kind,
        "actor": entry.actor,
        "via": entry.via,
        "changes": {path.removeprefix("data."): change for path, change in entry.changes.items()},
        "reason": entry.reason,
    }
