"""Webhooks and events as programs see them."""

from typing import Any, Literal

from pydantic import BaseModel, Field

from dossier.foundation.http.openapi import Timestamp, Uuid
from dossier.webhooks.model.events import TYPES


class Jwk(BaseModel):
    """A public RSA key (RFC 7517); `kid` is its thumbprint (RFC 7638)."""

    kty: Literal["RSA"]
    n: str
    e: str
    kid: str
    alg: Literal["RS256"]
    use: Literal["sig"]


class Jwks(BaseModel):
    """The keys, the newest first."""

    keys: list[Jwk]


class EventCase(BaseModel):
    """The case as it was at its version; of one that was erased only the id is known."""

    id: Uuid
    reference: str | None
    template: Uuid | None
    status: str | None
    version: int | None


class EventWorkspace(BaseModel):
    """Where it happened."""

    id: Uuid
    slug: str


class EventActor(BaseModel):
    """Who did it."""

    type: Literal["token", "member", "contact", "system"]
    id: Uuid | None
    name: str


class EventChange(BaseModel):
    """A value before and after."""

    old: Any
    new: Any


class EventData(BaseModel):
    """What happened, to what, and who did it."""

    case: EventCase
    workspace: EventWorkspace
    actor: EventActor
    changes: dict[str, EventChange] = Field(
        description="path → its value before and after; a field's path is data.<key>"
    )
    truncated: bool = Field(description="whether the changes were too large, and left out")


class Event(BaseModel):
    """One thing that happened. Its id is always the same."""

    id: Uuid
    type: str = Field(json_schema_extra={"enum": list(TYPES)})
    timestamp: Timestamp
    data: EventData


class EventPage(BaseModel):
    """Events, the oldest first, and the cursor to go on from."""

    data: list[Event]
    next: str
