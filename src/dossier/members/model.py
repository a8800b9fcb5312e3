"""What a member is, and in which roles one works in a workspace."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from email_validator import EmailNotValidError, validate_email

from dossier.conditions.vocabulary import Kind
from dossier.foundation.errors import Problem
from dossier.permissions import Role

PERSON: Mapping[str, Kind] = {"id": "uuid", "email": "folded", "given_name": "folded", "family_name": "folded"}
"""What a condition can ask of a person."""


@dataclass(frozen=True, slots=True)
class Member:
    """A person who works in one or more workspaces."""

    id: UUID
    email: str
    given_name: str | None
    family_name: str | None
    created_at: datetime

    def document(self) -> dict[str, Any]:
        """As what they own carries them, as JSON has it: what `owner_of` reads."""
        names = {"email": self.email, "given_name": self.given_name, "family_name": self.family_name}
        return {"id": str(self.id)} | names


@dataclass(frozen=True, slots=True)
class Colleague:
    """Somebody with a place in a workspace; who was invited and has not accepted is called as the workspace calls them."""

    id: UUID
    email: str
    role: Role
    studio: bool
    accepted_at: datetime | None
    given_name: str | None
    family_name: str | None

    @property
    def name(self) -> str:
        """What to call them: given and family name, else the e-mail address."""
        return " ".join(filter(None, (self.given_name, self.family_name))) or self.email


@dataclass(frozen=True, slots=True)
class KnownPassword:
    """Whose address it is, and the hash of their password; None where none was set yet."""

    id: UUID
    hash: str | None


@dataclass(frozen=True, slots=True)
class Factor:
    """A second factor: its encrypted secret, since when it counts or was begun, and how many recovery codes are left."""

    secret: bytes
    confirmed_at: datetime | None
    begun_at: datetime | None
    last_step: int
    recovery_codes: int


@dataclass(frozen=True, slots=True)
class HalfSession:
    """A session that lacks its second factor."""

    member_id: UUID
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class LinkFor:
    """What a link is for: a member, and perhaps a workspace; whether somebody vouched for the account, and they accepted."""

    member_id: UUID
    workspace_id: UUID | None
    proved: bool
    accepted: bool


@dataclass(frozen=True, slots=True)
class ProposedNames:
    """What a workspace called somebody whom it invited."""

    given_name: str | None
    family_name: str | None


@dataclass(frozen=True, slots=True)
class OpenSession:
    """One of the places where a member is signed in."""

    id: str
    client: str | None
    created_at: datetime
    seen_at: datetime | None
    by_link: bool


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Who is behind a session, and where they are; `workspaces`: `{id, name, slug, administered}` of each of theirs."""

    id: UUID
    email: str
    given_name: str | None
    family_name: str | None
    workspace_id: UUID
    seen_at: datetime | None
    workspace: str
    slug: str
    time_zone: str
    accent: str
    logo: str | None  # hash of the workspace's, under which it is served
    language: str | None
    role: Role
    studio: bool
    asks_password: bool
    by_link: bool
    session_confirmed_at: datetime
    proof: Literal["password", "code"] | None
    workspaces: Sequence[Mapping[str, Any]]

    @property
    def name(self) -> str:
        """What to call them."""
        return " ".join(filter(None, (self.given_name, self.family_name))) or self.email


def email_problems(email: str, at: str) -> Iterator[Problem]:
    """What is wrong with an e-mail address (RFC 5321, RFC 6531; no DNS); `at` points to it."""
    try:
        validate_email(email, check_deliverability=False)
    except EmailNotValidError as error:
        yield Problem(
            "“{value}” is no e-mail address: {reason}.",
            "invalid_email",
            at,
            people="“{value}” is no e-mail address such as name@example.org.",
            value=email,
            reason=str(error).rstrip("."),
        )
