"""Who comes in to a form, and where they are in it: codes, sessions, states of the portal. Pure, but for what is random."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

from dossier.forms.model.form import Form
from dossier.forms.model.response import Response
from dossier.foundation.errors import Problem

State = Literal[
    "not-yet",
    "code",
    "locked",
    "start",
    "continue",
    "page",
    "check",
    "done",
    "declined",
    "expired",
    "closed",
    "missing",
]
"""Where somebody is who opens the link of a form, as `data-state` names it on every page."""

CODE_LIVES = timedelta(minutes=10)
TRIES = 5  # of a code
CODES_OF_FORM, CODES_OF_ADDRESS = 5, 20  # sent within an hour
AN_HOUR = timedelta(hours=1)
MOST_WRONG = 30  # entries under a number of a form's link; then only a new link opens it
SESSION_LIVES = timedelta(days=30)
MOST_SESSIONS = 50  # of a form: the oldest make room
PROVED_SESSION_LIVES = timedelta(hours=12)  # of who came in by a code or a password


@dataclass(frozen=True, slots=True)
class Inside:
    """A session of a form that holds."""

    hash: bytes
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Entry:
    """What is known of who stands before a form: their session, if they have one; how often something wrong was entered;
    until when the last code that was sent holds, and whether it can still be tried.
    """

    inside: Inside | None = None
    wrong: int = 0
    code_until: datetime | None = None
    code_tries: int = 0

    @property
    def locked(self) -> bool:
        return self.wrong >= MOST_WRONG

    def code_is_open(self, now: datetime) -> bool:
        """Whether a code was sent that can be entered."""
        return self.code_until is not None and self.code_until > now and self.code_tries < TRIES


def where(form: Form, newest: Response | None, entry: Entry, now: datetime) -> State:
    """Where somebody is who opens the link of the form; `newest`: what is, or was, answered to it."""
    if over := _over(form, now):
        return over
    if form.active_from is None or form.active_from > now:
        return "not-yet"
    if form.access != "direct" and not entry.inside:
        return "locked" if entry.locked else "code"
    return "continue" if newest and newest.is_open else "start"


def _over(form: Form, now: datetime) -> State | None:
    """Where everybody is, whoever they are."""
    if closed := _closed(form, now):
        return closed
    ended: dict[str, State] = {"declined": "declined", "completed": "done", "processed": "done"}
    return ended.get(form.status)


def _closed(form: Form, now: datetime) -> State | None:
    if form.archived_at:
        return "closed"
    if form.status == "draft":
        return "not-yet"
    ended = form.expired_at or (form.active_until and form.active_until <= now)
    return "expired" if form.status == "pending" and ended else None


def new_code() -> str:
    """Six digits that nobody can foresee."""
    return f"{secrets.randbelow(10**6):06}"


def sealed(form_id: UUID, link: int, code: str) -> str:
    """What of a code is sealed by the server's keys: the same digits say something else at every form."""
    return f"form code {form_id} {link} {code}"


def written(code: str) -> str:
    """A code as somebody typed it, with digits of any script and whatever stands between them."""
    return "".join(str(int(each)) for each in code[:60] if each.isdecimal())


def wrong_entry(entry: Entry, now: datetime) -> Problem:
    """What somebody is told who entered something wrong: the same, whatever was wrong about it."""
    if entry.locked:
        return locked()
    if entry.code_until and not entry.code_is_open(now):
        return Problem("This code does not hold any more. Have a new one sent.", "code_spent")
    return Problem("That is not right. Look again, and type it once more.", "wrong_code")


def locked() -> Problem:
    return Problem(
        "Something wrong was entered too often. Ask whoever sent you the link for a new one.",
        "locked",
    )
