"""The SQL of members and of their places in workspaces."""

from uuid import UUID

from dossier.foundation.database import ReadSession, Row, Transaction
from dossier.foundation.text import email_identity, fold
from dossier.listing.collection import Visible
from dossier.listing.sql import Column, of_relation
from dossier.members.model import Colleague, Member
from dossier.permissions import Role

_COLUMNS = "m.id, m.email, m.given_name, m.family_name, m.created_at"


def columns_of_owner(alias: str) -> dict[str, Column]:
    """Where conditions on the owner of a row look, by the row's `owner_id`."""
    return of_relation(
        "owner",
        alias + ".owner_id IN (SELECT m.id FROM members m WHERE {})",
        "EXISTS (SELECT FROM members m WHERE {})",
        id="m.id",
        email="m.email_folded",
        given_name="m.given_name_folded",
        family_name="m.family_name_folded",
    )


def seen_by_owner(alias: str) -> Visible:
    """Who sees rows that have an owner: a limited member sees their own."""
    return Visible(alias, f"{alias}.owner_id = %(only_owner)s")


def owner_of(alias: str) -> str:
    """SQL of a row's owner, as JSON: id, e-mail address and names; null where nobody owns it."""
    return f"""
    (SELECT jsonb_build_object('id', m.id, 'email', m.email, 'given_name', m.given_name, 'family_name', m.family_name)
     FROM members m WHERE m.id = {alias}.owner_id)
    """


async def insert(transaction: Transaction, member: Member) -> None:
    await transaction.send(
        """
        INSERT INTO members (id, email, email_folded, email_identity, given_name, given_name_folded,
                             family_name, family_name_folded, created_at)
        VALUES (%(id)s, %(email)s, %(email_folded)s, %(email_identity)s, %(given_name)s, %(given_name_folded)s,
                %(family_name)s, %(family_name_folded)s, %(now)s)
        """,
        id=member.id,
        email=member.email,
        email_folded=fold(member.email),
        email_identity=email_identity(member.email),
        given_name=member.given_name,
        given_name_folded=member.given_name and fold(member.given_name),
        family_name=member.family_name,
        family_name_folded=member.family_name and fold(member.family_name),
        now=member.created_at,
    )


async def join(transaction: Transaction, member_id: UUID, workspace_id: UUID, role: Role) -> None:
    """Give a member a place in a workspace, which needs no acceptance, or another role in it."""
    await transaction.send(
        """
        INSERT INTO memberships AS s (workspace_id, member_id, role, created_at, accepted_at)
        VALUES (%(workspace)s, %(member)s, %(role)s, %(now)s, %(now)s)
        ON CONFLICT (workspace_id, member_id)
        DO UPDATE SET role = excluded.role, accepted_at = coalesce(s.accepted_at, excluded.accepted_at)
        """,
        workspace=workspace_id,
        member=member_id,
        role=role,
        now=transaction.clock(),
    )


async def propose(
    transaction: Transaction, member_id: UUID, workspace_id: UUID, role: Role, given_name: str, family_name: str
) -> None:
    """Propose a place in a workspace; the names are what the workspace calls them until they accept."""
    await transaction.send(
        """
        INSERT INTO memberships (workspace_id, member_id, role, created_at, given_name, family_name)
        VALUES (%(workspace)s, %(member)s, %(role)s, %(now)s, %(given)s, %(family)s)
        """,
        workspace=workspace_id,
        member=member_id,
        role=role,
        given=given_name or None,
        family=family_name or None,
        now=transaction.clock(),
    )


async def change_role(transaction: Transaction, member_id: UUID, workspace_id: UUID, role: Role) -> None:
    """Another role in a workspace, whether or not the place is accepted."""
    await transaction.send(
        """
        UPDATE memberships SET role = %(role)s WHERE workspace_id = %(workspace)s AND workspace_id = ANY(%(scope)s)
          AND member_id = %(member)s
        """,
        workspace=workspace_id,
        member=member_id,
        role=role,
    )


async def folded_alike(reading: ReadSession, email: str) -> bool:
    """Whether another member has an address that people cannot tell from this one."""
    row = await reading.one(
        "SELECT EXISTS (SELECT FROM members WHERE email_folded = %(folded)s) AS yes", folded=fold(email)
    )
    return bool(row["yes"])


async def by_email(reading: ReadSession, email: str) -> Member | None:
    """The member with that address, whatever workspaces they are in."""
    row = await reading.first(
        f"SELECT {_COLUMNS} FROM members m WHERE m.email_identity = %(email)s", email=email_identity(email)
    )
    return _member(row) if row else None


async def find_in_workspace(reading: ReadSession, workspace_id: UUID, email: str) -> Member | None:
    """The member of a workspace in scope with that address."""
    row = await reading.first(
        f"""
        SELECT {_COLUMNS} FROM members m JOIN memberships s ON s.member_id = m.id
        WHERE m.email_identity = %(email)s AND s.workspace_id = %(workspace)s AND s.workspace_id = ANY(%(scope)s)
          AND s.accepted_at IS NOT NULL
        """,
        email=email_identity(email),
        workspace=workspace_id,
    )
    return _member(row) if row else None


def _member(row: Row) -> Member:
    return Member(**row)


async def list_members(reading: ReadSession, workspace_id: UUID) -> list[Colleague]:
    """Who works in a workspace in scope, by name."""
    return [each for each in await everybody(reading, workspace_id) if each.accepted_at]


async def everybody(reading: ReadSession, workspace_id: UUID) -> list[Colleague]:
    """The same with those who were invited, under the names that the workspace gave them: `accepted_at` is None."""
    rows = await reading.all(
        """
        SELECT m.id, m.email, s.role, s.studio, s.accepted_at,
               CASE WHEN s.accepted_at IS NULL THEN s.given_name ELSE m.given_name END AS given_name,
               CASE WHEN s.accepted_at IS NULL THEN s.family_name ELSE m.family_name END AS family_name
        FROM memberships s JOIN members m ON m.id = s.member_id
        WHERE s.workspace_id = %(workspace)s AND s.workspace_id = ANY(%(scope)s)
        ORDER BY lower(coalesce(CASE WHEN s.accepted_at IS NULL THEN s.given_name ELSE m.given_name END, m.email)), m.id
        """,
        workspace=workspace_id,
    )
    return [Colleague(**row) for row in rows]


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


async def workspaces_of(reading: ReadSession, member_id: UUID) -> list[str]:
    """The slugs of the workspaces in which a member has a place, taken up or only proposed."""
    rows = await reading.whole().all(
        "SELECT w.slug FROM memberships p JOIN workspaces w ON w.id = p.workspace_id WHERE p.member_id = %(member)s ORDER BY 1",
        member=member_id,
    )
    return [row["slug"] for row in rows]


async def make_nameless(transaction: Transaction, member_id: UUID) -> None:
    """Nothing is left of a member but the id; the address stands for nobody, and can be given to somebody else."""
    await transaction.send(
        """
        UPDATE members SET email = id || '@erased.invalid', email_folded = id || '@erased.invalid',
          email_identity = id || '@erased.invalid', given_name = NULL, given_name_folded = NULL,
          family_name = NULL, family_name_folded = NULL, language = NULL
        WHERE id = %(member)s
        """,
        member=member_id,
    )


async def name_of(reading: ReadSession, member_id: UUID) -> str:
    """What a member is called: by name, else by address."""
    row = await reading.one(
        "SELECT coalesce(nullif(concat_ws(' ', given_name, family_name), ''), email) AS name FROM members"
        " WHERE id = %(member)s",
        member=member_id,
    )
    name: str = row["name"]
    return name


async def name_if_nameless(
    transaction: Transaction, member_id: UUID, given_name: str | None, family_name: str | None
) -> None:
    await transaction.send(
        """
        UPDATE members SET given_name = %(given)s, given_name_folded = %(given_folded)s,
          family_name = %(family)s, family_name_folded = %(family_folded)s
        WHERE id = %(member)s AND given_name IS NULL AND family_name IS NULL
        """,
        member=member_id,
        given=given_name,
        given_folded=given_name and fold(given_name),
        family=family_name,
        family_folded=family_name and fold(family_name),
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
    """Member → role of a workspace in scope, locked, so that two administrators cannot remove each other.

    Who was invited as an administrator and has not accepted does not administer yet.
    """
    rows = await transaction.all(
        "SELECT member_id, CASE WHEN accepted_at IS NULL THEN 'invited' ELSE role END AS role FROM memberships WHERE workspace_id = %(workspace)s AND workspace_id = ANY(%(scope)s)"
        " ORDER BY member_id FOR UPDATE",
        workspace=workspace_id,
    )
    return {row["member_id"]: row["role"] for row in rows}


async def leave(transaction: Transaction, member_id: UUID, workspace_id: UUID) -> None:
    """End a member's place in a workspace, with everything that opens it: sessions, links, and tokens they made."""
    values = {"member": member_id, "workspace": workspace_id}
    await end_tokens(transaction, member_id, workspace_id)
    await transaction.send(
        "DELETE FROM sign_in_links WHERE member_id = %(member)s AND workspace_id = %(workspace)s", **values
    )
    await transaction.send(
        "DELETE FROM sessions WHERE member_id = %(member)s AND workspace_id = %(workspace)s", **values
    )
    await transaction.send(
        "DELETE FROM memberships WHERE member_id = %(member)s AND workspace_id = %(workspace)s"
        " AND workspace_id = ANY(%(scope)s)",
        **values,
    )


async def end_tokens(transaction: Transaction, member_id: UUID, workspace_id: UUID) -> None:
    """The tokens that a member made reach the workspace no more; those that reach nothing else are revoked.

    Tokens are a domain beside this one; that nobody keeps a way in after leaving is a rule of this one.
    """
    values = {"member": member_id, "workspace": workspace_id, "now": transaction.clock()}
    await transaction.send(
        """
        UPDATE tokens t SET revoked_at = coalesce(revoked_at, %(now)s)
        WHERE created_by = %(member)s
          AND EXISTS (SELECT FROM token_workspaces w WHERE w.token_id = t.id AND w.workspace_id = %(workspace)s)
          AND NOT EXISTS (SELECT FROM token_workspaces w WHERE w.token_id = t.id AND w.workspace_id <> %(workspace)s)
        """,
        **values,
    )
    await transaction.send(
        """
        DELETE FROM token_workspaces w USING tokens t
        WHERE t.id = w.token_id AND t.created_by = %(member)s AND t.revoked_at IS NULL AND w.workspace_id = %(workspace)s
        """,
        **values,
    )


async def tokens_of(reading: ReadSession, workspace_id: UUID) -> dict[UUID, list[str]]:
    """Member → the names of the tokens they made that reach the workspace."""
    rows = await reading.all(
        """
        SELECT t.created_by, array_agg(t.name ORDER BY t.name) AS names FROM tokens t
        JOIN token_workspaces w ON w.token_id = t.id
        WHERE w.workspace_id = %(workspace)s AND w.workspace_id = ANY(%(scope)s) AND t.revoked_at IS NULL
          AND t.created_by IS NOT NULL GROUP BY t.created_by
        """,
        workspace=workspace_id,
    )
    return {row["created_by"]: row["names"] for row in rows}
