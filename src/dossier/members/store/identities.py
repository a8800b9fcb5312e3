"""The SQL of who a member is at an identity provider."""

from uuid import UUID

from dossier.foundation.database import Reading, Transaction


async def member(reading: Reading, issuer: str, subject: str) -> UUID | None:
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
