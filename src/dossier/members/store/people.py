"""The SQL of members and of their places in workspaces."""

from uuid import UUID

from dossier.foundation.database import Reading, Row, Transaction
from dossier.foundation.text import fold
from dossier.members.model import Member, Role

_COLUMNS = "m.id, m.email, m.given_name, m.family_name, m.created_at"


async def insert(transaction: Transaction, member: Member) -> None:
    await transaction.send(
        """
        INSERT INTO members (id, email, email_folded, given_name, given_name_folded,
                             family_name, family_name_folded, created_at)
        VALUES (%(id)s, %(email)s, %(email_folded)s, %(given_name)s, %(given_name_folded)s,
                %(family_name)s, %(family_name_folded)s, %(now)s)
        """,
        id=member.id,
        email=member.email,
        email_folded=fold(member.email),
        given_name=member.given_name,
        given_name_folded=member.given_name and fold(member.given_name),
        family_name=member.family_name,
        family_name_folded=member.family_name and fold(member.family_name),
        now=member.created_at,
    )


async def join(transaction: Transaction, member_id: UUID, workspace_id: UUID, role: Role) -> None:
    """Give a member a place in a workspace, or another role in it."""
    await transaction.send(
        """
        INSERT INTO memberships (workspace_id, member_id, role, created_at)
        VALUES (%(workspace)s, %(member)s, %(role)s, %(now)s)
        ON CONFLICT (workspace_id, member_id) DO UPDATE SET role = excluded.role
        """,
        workspace=workspace_id,
        member=member_id,
        role=role,
        now=transaction.clock(),
    )


async def by_email(reading: Reading, email: str) -> Member | None:
    """The member with that address, whatever workspaces they are in."""
    row = await reading.first(f"SELECT {_COLUMNS} FROM members m WHERE m.email_folded = %(email)s", email=fold(email))
    return _member(row) if row else None


async def of_workspace(reading: Reading, workspace_id: UUID, email: str) -> Member | None:
    """The member of a workspace in scope with that address."""
    row = await reading.first(
        f"""
        SELECT {_COLUMNS} FROM members m JOIN memberships s ON s.member_id = m.id
        WHERE m.email_folded = %(email)s AND s.workspace_id = %(workspace)s AND s.workspace_id = ANY(%(scope)s)
        """,
        email=fold(email),
        workspace=workspace_id,
    )
    return _member(row) if row else None


def _member(row: Row) -> Member:
    return Member(**row)


async def colleagues(reading: Reading, workspace_id: UUID) -> list[Row]:
    """Everybody of a workspace in scope, by name: `{id, email, given_name, family_name, role, has_password}`."""
    return await reading.all(
        """
        SELECT m.id, m.email, m.given_name, m.family_name, s.role, s.studio, p.member_id IS NOT NULL AS has_password
        FROM memberships s JOIN members m ON m.id = s.member_id LEFT JOIN member_passwords p ON p.member_id = m.id
        WHERE s.workspace_id = %(workspace)s AND s.workspace_id = ANY(%(scope)s)
        ORDER BY lower(coalesce(m.given_name, m.email)), m.id
        """,
        workspace=workspace_id,
    )


async def set_profile(
    transaction: Transaction, member_id: UUID, given_name: str | None, family_name: str | None, language: str | None
) -> None:
    await transaction.send(
        """
        UPDATE members SET given_name = %(given)s, given_name_folded = %(given_folded)s, family_name = %(family)s,
          family_name_folded = %(family_folded)s, language = %(language)s WHERE id = %(member)s
        """,
        member=member_id,
        given=given_name,
        given_folded=given_name and fold(given_name),
        family=family_name,
        family_folded=family_name and fold(family_name),
        language=language,
    )


async def set_studio(transaction: Transaction, workspace_id: UUID, member_id: UUID, studio: bool) -> bool:
    """Whether there is such a member, who has or has not the studio right from now on."""
    row = await transaction.first(
        """
        UPDATE memberships SET studio = %(studio)s
        WHERE workspace_id = %(workspace)s AND workspace_id = ANY(%(scope)s) AND member_id = %(member)s
        RETURNING member_id
        """,
        workspace=workspace_id,
        member=member_id,
        studio=studio,
    )
    return row is not None


async def lock_roles(transaction: Transaction, workspace_id: UUID) -> dict[UUID, Role]:
    """Member → role of a workspace in scope, locked, so that two administrators cannot remove each other."""
    rows = await transaction.all(
        "SELECT member_id, role FROM memberships WHERE workspace_id = %(workspace)s AND workspace_id = ANY(%(scope)s)"
        " ORDER BY member_id FOR UPDATE",
        workspace=workspace_id,
    )
    return {row["member_id"]: row["role"] for row in rows}


async def leave(transaction: Transaction, member_id: UUID, workspace_id: UUID) -> None:
    """End a member's place in a workspace, and what they have open there."""
    values = {"member": member_id, "workspace": workspace_id}
    await transaction.send(
        "DELETE FROM sessions WHERE member_id = %(member)s AND workspace_id = %(workspace)s", **values
    )
    await transaction.send(
        "DELETE FROM memberships WHERE member_id = %(member)s AND workspace_id = %(workspace)s"
        " AND workspace_id = ANY(%(scope)s)",
        **values,
    )
