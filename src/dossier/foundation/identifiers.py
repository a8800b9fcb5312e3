"""Identifiers: UUIDv7, so that rows arrive in index order. A UUID is never a secret."""

import re
from uuid import UUID

import uuid_utils

_CANONICAL = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")


def new_id() -> UUID:
    """A fresh UUIDv7 (RFC 9562)."""
    return UUID(bytes=uuid_utils.uuid7().bytes)


def parse_id(text: object) -> UUID | None:
    """The UUID that a hyphenated text spells, else None; braces, urn: and bare hex do not count."""
    return UUID(text) if isinstance(text, str) and _CANONICAL.fullmatch(text) else None
