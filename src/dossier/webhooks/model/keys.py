"""The server's own keys: which one signs, and which ones receivers are shown, follow from when each was made."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from joserfc.jwk import RSAKey

from dossier.foundation import json

BITS = 3072
SHOWN_BEFORE = timedelta(hours=24)  # that a new key is published and does not sign yet
SHOWN_AFTER = timedelta(days=7)  # that one is published which signs no more
LIFE = timedelta(days=90)  # after which a new one is made
MAX_AGE = 3600  # seconds that receivers may keep what is published


@dataclass(frozen=True, slots=True)
class SigningKey:
    """A key as it is kept: its thumbprint (RFC 7638), its private part encrypted, its public part, and when it was made."""

    kid: str
    private: bytes = field(repr=False)
    public: Mapping[str, Any]
    created_at: datetime


def new_key() -> tuple[str, str, Mapping[str, Any]]:
    """A new key: its thumbprint, its private part as JSON, its public part (`kty n e kid alg use`). It takes a second of a processor."""
    key = RSAKey.generate_key(BITS)
    kid = key.thumbprint()
    private = json.encode(key.as_dict(private=True)).decode()
    return kid, private, {**key.as_dict(private=False), "kid": kid, "alg": "RS256", "use": "sig"}


def opened(private: str) -> RSAKey:
    """The key that a private part says."""
    return RSAKey.import_key(json.decode_stored(private.encode()))


def signing(keys: Sequence[SigningKey], now: datetime) -> SigningKey:
    """The key that signs: the newest that receivers have had a day to see; the first one at once."""
    ordered = sorted(keys, key=lambda each: each.created_at)
    return next((each for each in reversed(ordered) if each.created_at <= now - SHOWN_BEFORE), ordered[0])


def published(keys: Sequence[SigningKey], now: datetime) -> list[SigningKey]:
    """The keys that receivers are shown, the newest first: without those whose successor has signed for seven days."""
    ordered = sorted(keys, key=lambda each: each.created_at, reverse=True)
    successors = [None, *ordered]
    ended = now - SHOWN_BEFORE - SHOWN_AFTER
    return [each for each, next in zip(ordered, successors, strict=False) if next is None or next.created_at > ended]


def wants_another(keys: Sequence[SigningKey], now: datetime) -> bool:
    """Whether the newest key has had its time."""
    return all(each.created_at <= now - LIFE for each in keys)
