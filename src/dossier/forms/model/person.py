"""The page that gathers what is asked of a person: by which address they are known, what stands on it, what it opens. Pure."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

from dossier.forms.model.access import TRIES
from dossier.forms.model.form import Form
from dossier.forms.model.new import asked_user
from dossier.foundation.errors import Problem
from dossier.foundation.text import fold, gettext_noop
from dossier.messages.model import Channel, identity

OF_ADDRESS, OF_NETWORK = 5, 30  # codes that are asked for within an hour
ENTRIES_OF_NETWORK = 120  # within an hour
WRONG_OF_ADDRESS = 30  # entries within a day
A_DAY = timedelta(days=1)
ANSWERED_SHOWN = timedelta(days=90)
MOST = 200  # requests on a page
LONGEST = 254  # characters of an address

Where = Literal["todo", "begun", "again", "answered"]

SUBJECT = gettext_noop("Your code for {{ workspace.name }}")
BODY = gettext_noop(
    "{{ code }} is your code to see what {{ workspace.name }} asks of you. It holds for ten minutes.\n\n"
    "If you did not ask for it, do nothing: nobody sees anything without it."
)
SMS = gettext_noop("{{ code }} is your code to see what {{ workspace.name }} asks of you. It holds for ten minutes.")


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody outside, as far as an address tells who they are; phone numbers as E.164."""

    workspace_id: UUID
    channel: Channel
    address: str

    @property
    def identity(self) -> str:
        """What all ways to write the address have in common."""
        return identity(self.channel, self.address)

    @property
    def folded(self) -> str:
        """By which forms are looked up; more than one identity may have it."""
        return fold(self.address)

    def is_asked(self, form: Form) -> bool:
        """Whether the form asks them."""
        known = form.user.email if self.channel == "email" else form.user.phone
        return bool(known) and identity(self.channel, known or "") == self.identity

    def opens(self, form: Form) -> bool:
        """Whether who proved the address need prove nothing else: a text message or a password is asked for all the same."""
        return form.access == "direct" or (form.access == "email_code" and self.channel == "email")


def read_address(text: str, country: str | None) -> tuple[Channel, str] | Problem:
    """An e-mail address or a telephone number as somebody typed it, in digits of any script; or what is wrong with it."""
    typed = "".join(str(int(each)) if each.isdecimal() else each for each in text[: LONGEST + 1].strip())
    member = "email" if "@" in typed else "phone"
    user, problems = asked_user({member: typed}, country)
    found = getattr(user, member)
    if problems or not found or len(found) > LONGEST:
        return Problem(
            "Type an e-mail address, or a phone number with its country, such as +32 470 12 34 56.", "address"
        )
    return ("email" if member == "email" else "sms"), found


@dataclass(frozen=True, slots=True)
class AskedCode:
    """A code that a browser asked for: by what it is found, for whom, until when it holds, how often it was tried."""

    hash: bytes
    person: Person
    expires_at: datetime
    tries: int

    def is_open(self, now: datetime) -> bool:
        """Whether it can be entered, if it was sent."""
        return self.expires_at > now and self.tries < TRIES


@dataclass(frozen=True, slots=True)
class PersonSession:
    """Somebody who came in with a code."""

    hash: bytes
    person: Person


@dataclass(frozen=True, slots=True)
class Gathered:
    """A form that asks somebody, and how far they are; `again`: it is asked again."""

    form: Form
    begun: bool
    again: bool

    @property
    def where(self) -> Where:
        if self.form.status != "pending":
            return "answered"
        return "again" if self.again else "begun" if self.begun else "todo"


def hashed(secret: str) -> bytes:
    """What is kept of what a browser holds, which has 256 random bits."""
    return hashlib.sha256(secret.encode()).digest()


def seal_of(person: Person) -> str:
    """What is sealed of an address, the same as forms seal: so codes of forms and of this page count together."""
    return f"form address {person.address.casefold()}"


def sealed_code(workspace_id: UUID, hash: bytes, code: str) -> str:
    """What of a code is sealed: the same digits say something else in every browser."""
    return f"person code {workspace_id} {hash.hex()} {code}"


def address_text(person: Person) -> str:
    """A person's address as it lies encrypted."""
    return f"{person.channel} {person.address}"


def person_of(workspace_id: UUID, text: str) -> Person:
    channel, _, address = text.partition(" ")
    return Person(workspace_id, "email" if channel == "email" else "sms", address)


def values_of(workspace_name: str, code: str) -> Mapping[str, object]:
    """What the message with the code says."""
    return {"workspace": {"name": workspace_name}, "code": code}


def too_many() -> Problem:
    return Problem("Too many codes were sent within an hour. Try again later.", "too_many_codes")


def tried_too_often() -> Problem:
    return Problem("Something wrong was entered too often. Try again tomorrow.", "locked")
