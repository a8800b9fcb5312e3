"""The kinds of notices, the ways in which a member is told of each, and one notice."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, get_args
from uuid import UUID

from dossier.foundation.messages import Message
from dossier.foundation.text import gettext_noop

Kind = Literal["assigned", "due", "answered", "bounced", "failed", "told"]
KINDS: tuple[Kind, ...] = get_args(Kind)

Way = Literal["mail", "digest", "bell", "off"]
"""At once by e-mail, once a day by e-mail, in the app only, not at all. Whatever is not off shows in the app."""
WAYS: tuple[Way, ...] = get_args(Way)

NAMES: Mapping[Kind, str] = {
    "assigned": gettext_noop("I am given a case, a form or something to do"),
    "due": gettext_noop("Something that I have to do is due"),
    "answered": gettext_noop("Somebody outside answers about a case or a form of mine"),
    "bounced": gettext_noop("A message about a case or a form of mine comes back"),
    "failed": gettext_noop("Something of a case of mine cannot be done"),
    "told": gettext_noop("A rule of a template tells me something"),
}
USUAL: Mapping[Kind, Way] = {
    "assigned": "mail",
    "due": "digest",
    "answered": "mail",
    "bounced": "mail",
    "failed": "bell",
    "told": "mail",
}
"""How somebody is told who has chosen nothing."""


@dataclass(frozen=True, slots=True)
class About:
    """What a notice is about. `written`: an e-mail says it at once to who wants that (`actions.wants_mail`)."""

    case_id: UUID | None = None
    form_id: UUID | None = None
    written: bool = False


Mailing = Literal["soon", "daily"]
"""When what still has to be sent by e-mail is sent."""


@dataclass(frozen=True, slots=True)
class Recipient:
    """A member to whom notices of a workspace are sent."""

    workspace_id: UUID
    member_id: UUID
    email: str
    language: str | None
    workspace: str  # as it is called
    time_zone: str


@dataclass(frozen=True, slots=True)
class Notice:
    """What a member was told. `title`: of the case, as long as they may see it."""

    id: UUID
    kind: Kind
    case_id: UUID | None
    form_id: UUID | None
    title: str | None
    what: Message
    by: str  # who did it, as they are called
    at: datetime
    seen_at: datetime | None


@dataclass(frozen=True, slots=True)
class Task:
    """Something that a member has to do on a case: a step under way that was given to them; `due_at`: until when, if that is said."""

    step: str
    title: str
    member_id: UUID
    due_at: datetime | None
