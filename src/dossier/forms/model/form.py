"""The form itself: what is asked of whom, its states, which lead where, and its parts by path."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import datetime
from typing import Any, Literal, get_args
from uuid import UUID

from dossier.foundation import exact
from dossier.foundation.clock import wire_time
from dossier.foundation.errors import Conflict
from dossier.foundation.messages import Message
from dossier.foundation.text import gettext_noop
from dossier.foundation.working_time import WorkingTime, working_time
from dossier.records.model import ChangeSet, Parts, Record

Status = Literal["draft", "pending", "completed", "declined", "processed"]
STATUSES: tuple[Status, ...] = get_args(Status)
Access = Literal["direct", "email_code", "sms_code", "password"]
ACCESSES: tuple[Access, ...] = get_args(Access)


@dataclass(frozen=True, slots=True)
class FormUser:
    """Who is asked, as the form has them: what becomes of the contact later does not change it. `phone`: E.164."""

    email: str | None = None
    phone: str | None = None
    given_name: str | None = None
    family_name: str | None = None
    company_name: str | None = None
    internal_ref: str | None = None
    locale: str | None = None

    @property
    def anonymous(self) -> bool:
        """Whether nothing tells who it is."""
        return not any((self.email, self.phone, self.given_name, self.family_name, self.internal_ref))

    @property
    def name(self) -> str:
        """What to call them; "" where nothing is known."""
        return " ".join(filter(None, (self.given_name, self.family_name))) or self.email or self.phone or ""


USER_MEMBERS: tuple[str, ...] = tuple(each.name for each in fields(FormUser))


@dataclass(frozen=True, slots=True)
class Form:
    """A form as it stands at a version.

    `template_id`, `template_version`: what it asks, for good; `preset_id` `slug` `name`: what it was made by. `data`: what
    was given beforehand, as sent; `filled`: what of it fits an element, as that stores it. `link`: the number of its link;
    an older one leads nowhere. `expires_after`: how long it stays open from when it is sent, where nobody says until when. `case_id` `step`: where it belongs; `case`: what conditions may look at of that case, by path, where one form is read whole; `internal`: a member fills it in. `owner`: as JSON has a
    person, of `owner_id`. `working_time`, `country`: the workspace's settings.
    """

    workspace_id: UUID
    workspace_slug: str
    time_zone: str
    working_time: Mapping[str, Any] | None
    id: UUID
    version: int
    created_at: datetime
    updated_at: datetime
    reference: str
    status: Status
    template_id: UUID
    template_version: int
    preset_id: UUID
    slug: str
    name: str
    user: FormUser = FormUser()
    access: Access = "direct"
    decline: bool = False
    archived_at: datetime | None = None
    processed_at: datetime | None = None
    active_from: datetime | None = None
    active_until: datetime | None = None
    expired_at: datetime | None = None
    case_id: UUID | None = None
    case: Mapping[str, Any] = field(default_factory=dict)
    step: str | None = None
    internal: bool = False
    contact_id: UUID | None = None
    owner_id: UUID | None = None
    owner: Mapping[str, Any] | None = None
    data: Mapping[str, Any] = field(default_factory=dict)
    filled: Mapping[str, Any] = field(default_factory=dict)
    external_args: Mapping[str, Any] = field(default_factory=dict)
    options: Mapping[str, Any] = field(default_factory=dict)
    redirect_url: str | None = None
    branding: str | None = None
    webhooks: Mapping[str, Any] = field(default_factory=dict)
    password_hash: str | None = None
    expires_after: str | None = None
    link: int = 1

    def is_active(self, now: datetime) -> bool:
        """Whether it can be filled in now."""
        open_now = self.active_from is not None and self.active_from <= now
        ended = self.active_until is not None and self.active_until <= now
        return self.status == "pending" and self.archived_at is None and open_now and not ended

    @property
    def working(self) -> WorkingTime:
        """When those who sent it are at work."""
        return working_time(self.time_zone, self.working_time)

    def raise_if_archived(self) -> None:
        if self.archived_at:
            raise Conflict.because("The form is archived; unarchive it first.", "archived")


def _moment(name: str) -> Any:
    return lambda value: {name: value and exact.moment(value)}


PARTS = {
    "status": gettext_noop("Status"),
    "archived_at": gettext_noop("Archived"),
    "processed_at": gettext_noop("Processed"),
    "active_from": gettext_noop("Open from"),
    "active_until": gettext_noop("Open until"),
    "expired_at": gettext_noop("Expired"),
    "owner_id": gettext_noop("Owner"),
    "link": gettext_noop("Link"),
}
"""Path → how people know the part of a form, in English. Who was asked and what was answered is in no history."""
_TIMES = ("archived_at", "processed_at", "active_from", "active_until", "expired_at")
_READ: Parts["Form"] = Parts(
    keyed={},
    read={name: _moment(name) for name in _TIMES} | {"owner_id": lambda value: {"owner_id": value and UUID(value)}},
)


def _get(form: Form, path: str) -> Any:
    value = getattr(form, path)
    return str(value) if isinstance(value, UUID) else wire_time(value) if isinstance(value, datetime) else value


FormChange = ChangeSet[Form]

_NOT_TAKEN_BACK = gettext_noop("What happened to a form is not taken back; do the opposite instead.")
FORM_RECORD: Record[Form] = Record(
    name="form",
    missing=gettext_noop("There is no form {id}."),
    history="form_events",
    key="form_id",
    in_order=True,
    get=_get,
    put_all=_READ.put_all,
    called=lambda _form, path: Message(PARTS[path]) if path in PARTS else path,
    no_entry=_NOT_TAKEN_BACK,
    no_version=_NOT_TAKEN_BACK,
)
MADE = ("status", "reference", "slug", "template_version", "active_from", "active_until", "owner_id")
"""The paths that the first entry of a history tells."""
