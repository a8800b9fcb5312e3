"""What a contact is, what it is called, and what may be said about one."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from dossier.foundation.errors import Problem, pointer
from dossier.members.model import email_problems

MAX_TEXT = 500  # code points of a name or phone number
DETAILS = ("email", "given_name", "family_name", "phone")


@dataclass(frozen=True, slots=True)
class Contact:
    """A person outside, known by e-mail within a workspace."""

    id: UUID
    email: str | None = None
    given_name: str | None = None
    family_name: str | None = None
    phone: str | None = None

    def name(self, label: str) -> str:
        """What to call them: given and family name, else the e-mail address, else the slot's label."""
        return " ".join(filter(None, (self.given_name, self.family_name))) or self.email or label

    def with_details(self, given: Mapping[str, str | None]) -> "Contact":
        """The same contact with the given members, `None` included, overwritten."""
        return replace(self, **{name: given[name] for name in DETAILS if name in given})  # type: ignore[arg-type]


def details(sent: Mapping[str, Any], label: str) -> dict[str, str | None]:
    """The members that a body gives, blank ones as None; a whole `name` fills given and family name if those are not given.

    A `name` that only repeats what we answer (the label, or the e-mail address) says nothing.
    """
    given = {name: (sent[name] or "").strip() or None for name in DETAILS if name in sent}
    whole = " ".join((sent.get("name") or "").split())
    if whole and whole not in (label, given.get("email")) and not (given.keys() & {"given_name", "family_name"}):
        first, _, rest = whole.partition(" ")
        given |= {"given_name": first, "family_name": rest or None}
    return given


def problems(given: Mapping[str, str | None], *at: str | int) -> Iterator[Problem]:
    """What is wrong with a contact's members; `at` says where they stand in the body."""
    if given.get("email"):
        yield from email_problems(given["email"] or "", pointer(*at, "email"))
    for name, text in given.items():
        if text and len(text) > MAX_TEXT:
            yield Problem(f"“{name}” is longer than {MAX_TEXT} characters.", pointer=pointer(*at, name))
