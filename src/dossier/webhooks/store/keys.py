"""The SQL of the keys that this server signs with."""

from collections.abc import Collection, Mapping
from typing import Any

from dossier.foundation.database import Jsonb, ReadSession, Transaction
from dossier.webhooks.model.keys import SigningKey

_ONE_AT_A_TIME = "SELECT pg_advisory_xact_lock(hashtextextended('webhooks.signing_keys', 0))"


async def keys(reading: ReadSession) -> list[SigningKey]:
    """All keys, the oldest first."""
    rows = await reading.all("SELECT kid, private, public, created_at FROM signing_keys ORDER BY created_at, kid")
    return [SigningKey(**row | {"private": bytes(row["private"])}) for row in rows]


async def lock(transaction: Transaction) -> None:
    """Nobody else makes or changes a key until the end."""
    await transaction.send(_ONE_AT_A_TIME)


async def insert(transaction: Transaction, kid: str, private: bytes, public: Mapping[str, Any]) -> None:
    await transaction.send(
        "INSERT INTO signing_keys (kid, private, public, created_at) VALUES (%(kid)s, %(private)s, %(public)s, %(now)s)",
        kid=kid,
        private=private,
        public=Jsonb(public),
        now=transaction.clock(),
    )


async def replace_private(transaction: Transaction, kid: str, private: bytes) -> None:
    """The same private part, encrypted anew."""
    await transaction.send(
        "UPDATE signing_keys SET private = %(private)s WHERE kid = %(kid)s", kid=kid, private=private
    )


async def remove(transaction: Transaction, kids: Collection[str]) -> None:
    await transaction.send("DELETE FROM signing_keys WHERE kid = ANY(%(kids)s)", kids=list(kids))
