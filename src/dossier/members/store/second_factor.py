"""The SQL of second factors: the encrypted secret, the last code that was used, and recovery codes."""

from datetime import datetime
from uuid import UUID

from dossier.foundation.database import ReadSession, Transaction
from dossier.members.model import Factor, HalfSession


async def get(reading: ReadSession, member_id: UUID) -> Factor | None:
    """The factor of a member, confirmed or begun."""
    row = await reading.first(
        """
        SELECT secret, confirmed_at, begun_at, last_step,
               (SELECT count(*) FROM member_recovery_codes c WHERE c.member_id = f.member_id) AS recovery_codes
        FROM member_second_factors f WHERE member_id = %(member)s
        """,
        member=member_id,
    )
    return Factor(**row) if row else None


async def secrets(transaction: Transaction) -> dict[UUID, bytes]:
    """The encrypted secrets of all factors, held until the end: member → secret."""
    rows = await transaction.all("SELECT member_id, secret FROM member_second_factors ORDER BY member_id FOR UPDATE")
    return {row["member_id"]: bytes(row["secret"]) for row in rows}


async def replace_secret(transaction: Transaction, member_id: UUID, secret: bytes) -> None:
    """The same secret, encrypted anew."""
    await transaction.send(
        "UPDATE member_second_factors SET secret = %(secret)s WHERE member_id = %(member)s",
        secret=secret,
        member=member_id,
    )


async def begin(transaction: Transaction, member_id: UUID, secret: bytes) -> None:
    """A secret that counts once a code of it was seen; one that counts already stays."""
    await transaction.send(
        """
        INSERT INTO member_second_factors AS f (member_id, secret, begun_at) VALUES (%(member)s, %(secret)s, %(now)s)
        ON CONFLICT (member_id) DO UPDATE SET secret = excluded.secret, begun_at = excluded.begun_at
        WHERE f.confirmed_at IS NULL
        """,
        now=transaction.clock(),
        member=member_id,
        secret=secret,
    )


async def take_step(transaction: Transaction, member_id: UUID, step: int) -> bool:
    """Use up the code of a step; False when it, or a later one, was used before."""
    row = await transaction.first(
        """
        UPDATE member_second_factors SET last_step = %(step)s, confirmed_at = coalesce(confirmed_at, %(now)s)
        WHERE member_id = %(member)s AND last_step < %(step)s RETURNING member_id
        """,
        member=member_id,
        step=step,
        now=transaction.clock(),
    )
    return row is not None


async def keep_recovery_codes(transaction: Transaction, member_id: UUID, hashes: list[bytes]) -> None:
    """These, and no earlier ones."""
    await transaction.send("DELETE FROM member_recovery_codes WHERE member_id = %(member)s", member=member_id)
    await transaction.send(
        "INSERT INTO member_recovery_codes (hash, member_id) SELECT unnest(%(hashes)s::bytea[]), %(member)s",
        hashes=hashes,
        member=member_id,
    )


async def take_recovery_code(transaction: Transaction, member_id: UUID, hash: bytes) -> bool:
    row = await transaction.first(
        "DELETE FROM member_recovery_codes WHERE member_id = %(member)s AND hash = %(hash)s RETURNING hash",
        member=member_id,
        hash=hash,
    )
    return row is not None


async def remove(transaction: Transaction, member_id: UUID) -> None:
    await transaction.send("DELETE FROM member_second_factors WHERE member_id = %(member)s", member=member_id)
    await transaction.send("DELETE FROM member_recovery_codes WHERE member_id = %(member)s", member=member_id)


async def promote_session(transaction: Transaction, half: bytes, whole: bytes, ends: datetime) -> bool:
    """Make a half session a whole one, under a new secret."""
    row = await transaction.first(
        "UPDATE sessions SET half = false, hash = %(whole)s, expires_at = %(ends)s"
        " WHERE hash = %(half)s AND half RETURNING member_id",
        half=half,
        whole=whole,
        ends=ends,
    )
    return row is not None


async def half_session(reading: ReadSession, hash: bytes) -> HalfSession | None:
    """A session that lacks its second factor."""
    row = await reading.first("SELECT member_id, expires_at FROM sessions WHERE hash = %(hash)s AND half", hash=hash)
    return HalfSession(**row) if row else None
