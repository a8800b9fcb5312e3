"""The audit log as programs see it."""

from typing import Any, Literal

from pydantic import BaseModel

from dossier.audit.model import Entry
from dossier.foundation.clock import wire_time
from dossier.foundation.http.openapi import PageMeta, Timestamp, Uuid


class AuditActor(BaseModel):
    """Who it was."""

    type: Literal["token", "member", "contact", "system"]
    id: Uuid | None
    name: str


class AuditEntry(BaseModel):
    """One act."""

    id: Uuid
    at: Timestamp
    actor: AuditActor
    via: str
    client: str
    request: str
    act: str
    subject: str
    result: Literal["done", "failed", "refused"]
    details: dict[str, Any]


class AuditPage(BaseModel):
    """A page of the log, the newest first."""

    meta: PageMeta
    data: list[AuditEntry]


def row(entry: Entry) -> dict[str, Any]:
    """An entry as it is answered."""
    names = ("id", "actor", "via", "client", "request", "act", "subject", "result", "details")
    return {"at": wire_time(entry.at)} | {name: getattr(entry, name) for name in names}
