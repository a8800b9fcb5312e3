"""The SQL of who a member is at an identity provider."""

from uuid import UUID

from dossier.foundation.database import ReadSession, Transaction


async def member(reading: ReadSession, issuer: str, subject: str) -> UUID | None:
    """The member with that subject at that issuer."""
    row = await reading.first(
        "SELECT member_id FROM member_identities WHERE issuer = %(issuer)s AND subject = %(subject)s",
        issuer=issuer,
        subject=subject,
    )
    return row["member_id"] if row else None


async def link(transaction: Transaction, issuer: str, subject: str, member_id: UUID) -> None:
    await transaction.send(
        "INSERT INTO member_identities (issuer, subject, member_id) VALUES (%(issuer)s, %(subject)s, %(member)s)",
        issuer=issuer,
        subject=subject,
        member=member_id,
    )


async def opens_otherwise(reading: ReadSession, member_id: UUID) -> bool:
    """Whether the member comes in by a password, or has a second factor, on this server."""
    row = await reading.one(
        """
        SELECT EXISTS (SELECT FROM member_passwords WHERE member_id = %(member)s) OR EXISTS
          (SELECT FROM member_second_factors WHERE member_id = %(member)s AND confirmed_at IS NOT NULL) AS yes
        """,
        member=member_id,
    )
    return bool(row["yes"])


async def is_linked(reading: ReadSession, issuer: str, member_id: UUID) -> bool:
    """Whether the member has a subject at that issuer already."""
    row = await reading.one(
        "SELECT EXISTS (SELECT FROM member_identities WHERE issuer = %(issuer)s AND member_id = %(member)s) AS yes",
        issuer=issuer,
        member=member_id,
    )
    return bool(row["yes"])
