"""What becomes of the stored answers of idempotent requests (`http/writes.py` keeps them): forgotten after a day, or with what they show."""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from dossier.foundation.database import Transaction

KEPT = timedelta(hours=24)


async def purge_expired(transaction: Transaction) -> None:
    """Forget those of every workspace that are older than a day."""
    before = transaction.clock() - KEPT
    await transaction.send("DELETE FROM idempotency_keys WHERE created_at < %(before)s", before=before)
    await transaction.send("DELETE FROM idempotency_leases WHERE until < %(before)s", before=before)


async def forget_about(transaction: Transaction, ids: Sequence[UUID]) -> None:
    """Empty those that show these things: a repeat of the request learns that it was erased (410)."""
    await transaction.send(
        "UPDATE idempotency_keys SET status = 410, headers = '{}', body = '', sealed = NULL WHERE about = ANY(%(ids)s)",
        ids=list(ids),
    )
