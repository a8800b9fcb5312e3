"""What a token is, how its text is made, and when it holds (contract section 2)."""

import hashlib
import re
import secrets
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from dossier import permissions
from dossier.foundation.actor import Actor, Scope
from dossier.foundation.errors import Forbidden, Problem, Unauthenticated

PREFIX = "pnbx_"
_RANDOM = 20  # bytes: 160 bits
_TEXT = re.compile(r"pnbx_[0-9a-f]{48}")
LAST_USED_EVERY = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class CoveredWorkspace:
    """A workspace that a token covers."""

    id: UUID
    slug: str


@dataclass(frozen=True, slots=True)
class Token:
    """A token without its text, which nobody has but the program it was made for."""

    id: UUID
    name: str
    description: str | None
    created_by: UUID | None
    created_at: datetime
    expires_at: datetime | None
    last_used_at: datetime | None
    revoked_at: datetime | None
    workspaces: tuple[CoveredWorkspace, ...]

    def is_valid(self, now: datetime) -> bool:
        """Neither revoked nor expired, and covering something."""
        return self.revoked_at is None and (self.expires_at is None or now < self.expires_at) and bool(self.workspaces)

    def was_used_lately(self, now: datetime) -> bool:
        """Whether `last_used_at` is fresh enough not to be written again."""
        return self.last_used_at is not None and now - self.last_used_at < LAST_USED_EVERY


@dataclass(frozen=True, slots=True)
class Caller:
    """Who calls through the API: the acting token, and the workspaces it covers."""

    actor: Actor
    workspaces: tuple[CoveredWorkspace, ...]

    def raise_if_uncovered(self, ids: Iterable[UUID] = (), slugs: Iterable[str] = ()) -> None:
        """403 when a workspace is named that the token does not cover, whether or not it exists."""
        covered = {each.slug for each in self.workspaces}
        if not (set(ids) <= set(self.actor.scope.workspaces) and set(slugs) <= covered):
            raise Forbidden.because("The token does not cover a workspace that is named.", "workspace_not_covered")


def unauthenticated() -> Unauthenticated:
    """401: the same for whatever is wrong with who calls."""
    detail = "Send a valid token as “Authorization: Bearer pnbx_…”."
    return Unauthenticated((Problem(detail, Unauthenticated.code),), {"WWW-Authenticate": "Bearer"})


def caller(token: Token) -> Caller:
    """The caller that a token which holds stands for."""
    scope = Scope(tuple(each.id for each in token.workspaces))
    return Caller(Actor("token", token.id, token.name, "api", scope, permissions.of_token()), token.workspaces)


def new_text() -> str:
    """A fresh token: `pnbx_`, 40 random hex digits, and their CRC-32, so that a scanner knows a leaked one offline."""
    start = PREFIX + secrets.token_hex(_RANDOM)
    return start + checksum(start)


def is_plausible(text: str) -> bool:
    """Whether a text can be a token at all; a forged checksum never reaches the database."""
    return bool(_TEXT.fullmatch(text)) and checksum(text[:-8]) == text[-8:]


def checksum(start: str) -> str:
    """CRC-32 (ISO 3309) of the text, eight hex digits."""
    return f"{zlib.crc32(start.encode()):08x}"


def hashed(text: str) -> bytes:
    """SHA-256 of a token's text: all that is stored. The text has 160 random bits, so no slow hash is needed."""
    return hashlib.sha256(text.encode()).digest()
