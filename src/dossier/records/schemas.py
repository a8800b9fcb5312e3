"""Changes and histories as programs see them, of whatever kind of thing."""

from collections.abc import Callable, Mapping
from typing import Any, Literal
from uuid import UUID

from pydantic import BaseModel

from dossier.foundation.clock import wire_time
from dossier.foundation.errors import AppError
from dossier.foundation.http.body import RequestModel, StrictRequestModel
from dossier.foundation.http.openapi import PageMeta, Timestamp, Uuid
from dossier.foundation.http.responses import error_objects
from dossier.records.model import A, ChangeSet
from dossier.records.model import HistoryEntry as Entry


class UpdateData(RequestModel):
    """Field key → value; null clears."""

    data: dict[str, Any]


class OneOfMany(StrictRequestModel):
    """The data for one case."""

    id: Uuid
    data: dict[str, Any]


class Undo(StrictRequestModel):
    """The history entry to take back."""

    entry: Uuid


class Source(BaseModel):
    """Where a value was given: the form, the response, the element of it, and the file where it is one."""

    form: Uuid
    response: Uuid
    element: str
    file: Uuid | None = None


class Change(BaseModel):
    """A value before and after; `source`: where it was given, if a contact did that in a form."""

    old: Any
    new: Any
    source: Source | None = None


class Receipt(BaseModel):
    """What was changed, for `Prefer: return=minimal`."""

    id: Uuid
    updated_at: Timestamp
    version: int
    changed: dict[str, Change]
    status: str | None


class ManyResults(BaseModel):
    """For each case, in the order sent: a receipt with `status` 200, or `errors` with theirs."""

    results: list[dict[str, Any]]


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


def receipt(change: ChangeSet[A], status: str | None) -> dict[str, Any]:
    """What a change did to a thing that is at a status by now, in short."""
    return {
        "id": change.after.id,
        "updated_at": wire_time(change.after.updated_at),
        "version": change.after.version,
        "changed": change.changed_data(),
        "status": status,
    }


def result_of_many(
    id: UUID, result: ChangeSet[A] | AppError, receipt: Callable[[ChangeSet[A]], Mapping[str, Any]]
) -> dict[str, Any]:
    """A thing's part in the answer of an update of many; its own status is 200 or that of the refusal."""
    if isinstance(result, AppError):
        return {"id": str(id), "status": result.status.value, "errors": error_objects(result)}
    return {**receipt(result), "status": 200}


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
        "reason": str(entry.reason) if entry.reason else None,
    }
