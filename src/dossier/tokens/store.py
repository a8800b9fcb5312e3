"""The SQL of tokens."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from dossier.foundation.database import ReadSession, Result, Row, Transaction
from dossier.tokens.model import LAST_USED_EVERY, CoveredWorkspace, Token

_SELECT = """
SELECT t.hash, t.id, t.name, t.description, t.created_by, t.created_at, t.expires_at, t.last_used_at, t.revoked_at,
       coalesce(array_agg(w.id ORDER BY w.id) FILTER (WHERE w.id IS NOT NULL), '{}') AS workspace_ids,
       coalesce(array_agg(w.slug ORDER BY w.id) FILTER (WHERE w.id IS NOT NULL), '{}') AS workspace_slugs
FROM tokens t LEFT JOIN token_workspaces c ON c.token_id = t.id LEFT JOIN workspaces w ON w.id = c.workspace_id
"""
_OF_ROW_ONLY = ("hash", "workspace_ids", "workspace_slugs")
_BY_HASH = _SELECT + "WHERE t.hash = ANY(%(hashes)s::bytea[]) GROUP BY t.id"


async def insert(transaction: Transaction, token: Token, hash: bytes) -> None:
    await transaction.send(
        """
        INSERT INTO tokens (id, hash, name, description, created_by, created_at, expires_at)
        VALUES (%(id)s, %(hash)s, %(name)s, %(description)s, %(created_by)s, %(created_at)s, %(expires_at)s)
        """,
        id=token.id,
        hash=hash,
        name=token.name,
        description=token.description,
        created_by=token.created_by,
        created_at=token.created_at,
        expires_at=token.expires_at,
    )
    await transaction.send(
        "INSERT INTO token_workspaces (token_id, workspace_id) SELECT %(id)s, unnest(%(workspaces)s::uuid[])",
        id=token.id,
        workspaces=[each.id for each in token.workspaces],
    )


async def by_hash(reading: ReadSession, hashes: Collection[bytes]) -> dict[bytes, Token]:
    """The tokens with these SHA-256: how callers without a scope yet are recognised."""
    return await tokens_of(await send_by_hash(reading, hashes))


async def send_by_hash(reading: ReadSession, hashes: Collection[bytes]) -> Result:
    """Ask for them without waiting."""
    array = "{" + ",".join(f'"\\\\x{each.hex()}"' for each in hashes) + "}"  # a bytea[] that need not be dumped
    return await reading.send(_BY_HASH, hashes=array)


async def tokens_of(result: Result) -> dict[bytes, Token]:
    """Those that were asked for, by their SHA-256."""
    return {row["hash"]: _token(row) for row in await result.all()}


async def list_all(reading: ReadSession) -> Sequence[Token]:
    """All tokens of the server, oldest first: for its operator only."""
    rows = await reading.all(_SELECT + "GROUP BY t.id ORDER BY t.created_at, t.id")
    return [_token(row) for row in rows]


@dataclass(frozen=True, slots=True)
class ShownToken:
    """A token as the administrators of a workspace see it: with who made it, and the ids of all workspaces that it covers."""

    id: UUID
    name: str
    description: str | None
    created_at: datetime
    expires_at: datetime | None
    last_used_at: datetime | None
    revoked_at: datetime | None
    made_by: str | None
    covers: Sequence[UUID]


async def list_in_workspace(reading: ReadSession, workspace_id: UUID) -> list[ShownToken]:
    """The tokens that cover a workspace in scope, newest first."""
    rows = await reading.all(
        """
        SELECT t.id, t.name, t.description, t.created_at, t.expires_at, t.last_used_at, t.revoked_at,
               coalesce(nullif(concat_ws(' ', m.given_name, m.family_name), ''), m.email) AS made_by,
               (SELECT array_agg(o.workspace_id) FROM token_workspaces o WHERE o.token_id = t.id) AS covers
        FROM token_workspaces c JOIN tokens t ON t.id = c.token_id LEFT JOIN members m ON m.id = t.created_by
        WHERE c.workspace_id = %(workspace)s AND c.workspace_id = ANY(%(scope)s)
        ORDER BY t.revoked_at IS NOT NULL, t.created_at DESC, t.id DESC
        """,
        workspace=workspace_id,
    )
    return [ShownToken(**row) for row in rows]


async def covered(reading: ReadSession, token_id: UUID) -> list[UUID]:
    """The workspaces that a token covers, also those out of scope; none for one that is not there or was revoked."""
    rows = await reading.all(
        "SELECT c.workspace_id FROM token_workspaces c JOIN tokens t ON t.id = c.token_id"
        " WHERE c.token_id = %(id)s AND t.revoked_at IS NULL",
        id=token_id,
    )
    return [row["workspace_id"] for row in rows]


async def holds(transaction: Transaction, workspace_id: UUID, token_id: UUID | None) -> bool:
    """Whether a token is still good for a workspace: neither revoked nor over."""
    row = await transaction.first(
        """
        SELECT t.id FROM token_workspaces c JOIN tokens t ON t.id = c.token_id
        WHERE c.workspace_id = %(workspace)s AND c.workspace_id = ANY(%(scope)s) AND t.id = %(id)s AND t.revoked_at IS NULL
          AND (t.expires_at IS NULL OR t.expires_at > %(now)s)
        """,
        workspace=workspace_id,
        id=token_id,
        now=transaction.clock(),
    )
    return row is not None


async def update(
    transaction: Transaction, token_id: UUID, name: str, description: str | None, workspaces: list[UUID]
) -> None:
    await transaction.send(
        "UPDATE tokens SET name = %(name)s, description = %(description)s WHERE id = %(id)s",
        id=token_id,
        name=name,
        description=description,
    )
    await transaction.send(
        "DELETE FROM token_workspaces WHERE token_id = %(id)s AND workspace_id <> ALL(%(workspaces)s::uuid[])",
        id=token_id,
        workspaces=workspaces,
    )
    await transaction.send(
        "INSERT INTO token_workspaces (token_id, workspace_id) SELECT %(id)s, unnest(%(workspaces)s::uuid[])"
        " ON CONFLICT DO NOTHING",
        id=token_id,
        workspaces=workspaces,
    )


async def touch(transaction: Transaction, token_id: UUID) -> None:
    """Note that the token was used; a no-op while another request is just noting it."""
    await transaction.send(
        """
        UPDATE tokens SET last_used_at = %(now)s WHERE id =
          (SELECT id FROM tokens WHERE id = %(id)s AND (last_used_at IS NULL OR last_used_at <= %(before)s)
           FOR NO KEY UPDATE SKIP LOCKED)
        """,
        id=token_id,
        now=transaction.clock(),
        before=transaction.clock() - LAST_USED_EVERY,
    )


async def revoke(transaction: Transaction, token_id: UUID) -> bool:
    """Revoke a token from the next request on; False when there is none that could be."""
    row = await transaction.first(
        "UPDATE tokens SET revoked_at = %(now)s WHERE id = %(id)s AND revoked_at IS NULL RETURNING id",
        id=token_id,
        now=transaction.clock(),
    )
    return row is not None


def _token(row: Row) -> Token:
    covered = zip(row["workspace_ids"], row["workspace_slugs"], strict=True)
    own = {name: value for name, value in row.items() if name not in _OF_ROW_ONLY}
    return Token(**own, workspaces=tuple(CoveredWorkspace(*each) for each in covered))
