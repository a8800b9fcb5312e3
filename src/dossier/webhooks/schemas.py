"""Webhooks and events as programs see them."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field, model_validator

from dossier.case_templates.schemas import WorkspaceById
from dossier.foundation.clock import wire_time
from dossier.foundation.http import query
from dossier.foundation.http.body import StrictRequestModel, null_member
from dossier.foundation.http.openapi import PageMeta, Timestamp, Uuid
from dossier.webhooks.model.deliveries import Delivery as DeliveryModel
from dossier.webhooks.model.deliveries import Status as DeliveryStatus
from dossier.webhooks.model.events import TYPES
from dossier.webhooks.model.subscriptions import (
    LONGEST_DESCRIPTION,
    LONGEST_URL,
    MOST_EVENTS,
    MOST_TEMPLATES,
    Content,
    Status,
    Wanted,
)
from dossier.webhooks.model.subscriptions import Webhook as Model

Url = Annotated[
    str, Field(min_length=1, max_length=LONGEST_URL, description="https; http for hosts that the operator named")
]
Events = Annotated[
    list[str], Field(min_length=1, max_length=MOST_EVENTS, description="types, and patterns such as `case.*`")
]
Templates = Annotated[
    list[Uuid], Field(max_length=MOST_TEMPLATES, description="none: cases of any, or of no, template")
]
MomentText = Annotated[str, Field(json_schema_extra={"format": "date-time"})]
Description = Annotated[str, Field(max_length=LONGEST_DESCRIPTION)]


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
    """The workspace."""

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


class CreateWebhook(StrictRequestModel):
    """A subscription: to which address, and of what it is told. `workspace` may be left out when the token covers one."""

    url: Url
    events: Events = ["*"]
    templates: Templates = []
    condition: dict[str, Any] | None = None
    content: Content = "thin"
    description: Description = ""
    enabled: bool = True
    workspace: WorkspaceById | None = None


class PatchWebhook(StrictRequestModel):
    """What to set; what is left out stays. `enabled: true` begins anew after a webhook was switched off."""

    url: Url | None = None
    events: Events | None = None
    templates: Templates | None = None
    condition: dict[str, Any] | None = None
    content: Content | None = None
    description: Description | None = None
    enabled: bool | None = None

    @model_validator(mode="after")
    def _only_the_condition_is_ever_null(self) -> "PatchWebhook":
        for name in self.model_fields_set - {"condition"}:
            if getattr(self, name) is None:
                raise null_member(name)
        return self


class Webhook(BaseModel):
    """A subscription. `status`: failing, while the last call was not taken; `pending`: how many deliveries wait."""

    id: Uuid
    workspace: EventWorkspace
    url: str
    events: list[str]
    templates: list[Uuid]
    condition: dict[str, Any] | None
    content: Content
    description: str
    enabled: bool
    status: Status
    disabled_reason: str | None
    last_success_at: Timestamp | None
    pending: int
    created_at: Timestamp
    updated_at: Timestamp


class WebhookWithSecret(Webhook):
    """A subscription with the secret that signs for it, which is shown this once: not when a request is repeated under its Idempotency-Key."""

    secret: str = Field(default="", pattern=r"^whsec_[A-Za-z0-9+/]{43}=$")


class WebhookPage(BaseModel):
    """A page of subscriptions."""

    meta: PageMeta
    data: list[Webhook]


class DeliveredEvent(BaseModel):
    """What is told. Its id is `webhook-id`, the same at each try and when it is sent again."""

    id: Uuid
    type: str
    timestamp: Timestamp


class DeliveredCase(BaseModel):
    """Of which case."""

    id: Uuid


class Attempt(BaseModel):
    """A try: the status of the answer, or why there was none, milliseconds that it took, and how the answer began."""

    at: Timestamp
    status: int | None
    ms: int
    error: str | None
    body: str | None


class Delivery(BaseModel):
    """What was sent to an address, or will be; `case` is null for a test."""

    id: Uuid
    event: DeliveredEvent
    case: DeliveredCase | None
    status: DeliveryStatus
    next_at: Timestamp | None
    attempts: list[Attempt]
    created_at: Timestamp


class DeliveryPage(BaseModel):
    """A page of deliveries."""

    meta: PageMeta
    data: list[Delivery]


class Replay(StrictRequestModel):
    """Which deliveries are sent again: those that were given out `since`, and before `until`; those given up (`dead`), all that
    ended (`any`), or, left out, whatever was not taken: those given up, and those called off when the webhook was switched off."""

    since: MomentText
    until: MomentText | None = None
    status: Literal["dead", "any"] | None = None


class Replayed(BaseModel):
    """How many are sent again."""

    count: int = Field(ge=0)


def delivery(each: DeliveryModel) -> dict[str, Any]:
    """A delivery with its tries, without its body."""
    return {
        "id": each.id,
        "event": {"id": each.event_id, "type": each.type, "timestamp": wire_time(each.happened_at)},
        "case": {"id": each.case_id} if each.case_id else None,
        "status": each.status,
        "next_at": wire_time(each.next_at) if each.next_at else None,
        "attempts": [attempt.document() for attempt in each.attempts],
        "created_at": wire_time(each.created_at),
    }


def webhook(each: Model) -> dict[str, Any]:
    """A subscription, without its secret."""
    said = each.wanted
    times = ("last_success_at", "created_at", "updated_at")
    return {
        "id": each.id,
        "workspace": {"id": each.workspace_id, "slug": each.workspace_slug},
        **{name: getattr(said, name) for name in ("url", "condition", "content", "description", "enabled")},
        "events": list(said.events),
        "templates": [str(id) for id in said.templates],
        "status": each.status,
        "disabled_reason": each.disabled_reason,
        "pending": each.pending,
        **{name: (moment := getattr(each, name)) and wire_time(moment) for name in times},
    }


def wanted(sent: CreateWebhook) -> Wanted:
    """What a body says, for a new subscription."""
    return Wanted(**members(sent.model_dump(exclude={"workspace"})))


def members(sent: dict[str, Any]) -> dict[str, Any]:
    """The members of a body as they are kept."""
    templates = [query.body_identifier(id, "templates", place) for place, id in enumerate(sent.get("templates", ()))]
    kept = {"events": tuple(sent.get("events", ())), "templates": tuple(templates)}
    return sent | {name: value for name, value in kept.items() if name in sent}
