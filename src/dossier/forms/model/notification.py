"""What is written about a form: planned, sent, failed or called off; and when the reminders of a template come."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from dossier.form_templates.model import Messages, Reminder
from dossier.forms.model.form import Form
from dossier.foundation.durations import Duration
from dossier.foundation.messages import Message as Sentence
from dossier.messages.model import Channel

Kind = Literal["invitation", "reminder", "otp", "confirmation", "request_completed", "expiry", "raw"]
State = Literal["pending", "sent", "failed", "skipped"]
SYSTEM: frozenset[str] = frozenset({"otp", "request_completed"})
"""Kinds that no template plans."""
PLANNED: frozenset[str] = frozenset({"invitation", "reminder"})
"""Kinds that are called off when the form is answered, declined, ended or put away."""


@dataclass(frozen=True, slots=True)
class Notification:
    """A message of a form. `place`: which of the template's reminders; `message_id`: the message, once it was put; `header_id`:
    what mail servers know it by. `recipient`, `sender`: addresses; `variables`: names and values that were put into the text.
    """

    workspace_id: UUID
    id: UUID
    form_id: UUID
    kind: Kind
    channel: Channel
    at: datetime
    status: State = "pending"
    place: int | None = None
    recipient: str | None = None
    sender: str | None = None
    system: bool = False
    locale: str | None = None
    variables: Mapping[str, Any] | None = None
    error: Sentence | None = None
    message_id: UUID | None = None
    header_id: str | None = None

    @property
    def active(self) -> bool:
        """Whether it was not called off."""
        return self.status != "skipped"


@dataclass(frozen=True, slots=True)
class Planned:
    """That something is to be written at a time."""

    kind: Kind
    channel: Channel
    at: datetime
    place: int | None = None


def plan(form: Form, messages: Messages, now: datetime, *, invite: bool = True) -> list[Planned]:
    """What is written to who is asked from now on: an invitation by each channel that reaches them, and reminders until it ends."""
    begin = form.active_from or now
    addresses: Mapping[Channel, str | None] = {"email": form.user.email, "sms": form.user.phone}
    reached = [channel for channel, address in addresses.items() if address]
    invited = [Planned("invitation", channel, max(begin, now)) for channel in reached] if invite else []
    reminded = [
        Planned("reminder", each.channel, at, place)
        for place, each in enumerate(messages.reminders)
        if each.channel in reached
        for at in turns(form, each, begin)
        if at > now
    ]
    return [*invited, *reminded]


def turns(form: Form, reminder: Reminder, begin: datetime) -> Iterator[datetime]:
    """When a reminder comes, within the hours in which the workspace writes, and only while the form is open."""
    at = _after(form, begin, reminder.after, reminder)
    for _ in range(reminder.times):
        opening = form.working.opening(at)
        if form.active_until is not None and opening >= form.active_until:
            return
        yield opening
        if reminder.every is None:
            return
        at = _after(form, at, reminder.every, reminder)


def _after(form: Form, moment: datetime, duration: Duration, reminder: Reminder) -> datetime:
    return form.working.after(moment, duration) if reminder.working else duration.after(moment, form.time_zone)
