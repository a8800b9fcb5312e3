"""What a member is, and in which roles one works in a workspace."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from email_validator import EmailNotValidError, validate_email

from dossier.conditions.vocabulary import Kind
from dossier.foundation.errors import Problem

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
            value=email[:60],
            reason=str(error).rstrip("."),
        )
