"""The SQL of mail that comes in: whose address it is for, and which message of ours it is about."""

import base64
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from dossier.foundation.database import ReadSession, Transaction


async def address_key(transaction: Transaction, workspace_id: UUID, case_id: UUID) -> str | None:
    """The key of a case's address, made when it is first asked for; None: there is no such case any more."""
    row = await transaction.first(
        """
        INSERT INTO case_addresses AS a (key, workspace_id, case_id)
        SELECT %(key)s, c.workspace_id, c.id FROM cases c
        WHERE c.workspace_id = %(workspace)s AND c.workspace_id = ANY(%(scope)s) AND c.id = %(case)s
        ON CONFLICT (workspace_id, case_id) DO UPDATE SET key = a.key RETURNING a.key
        """,
        key=base64.b32encode(secrets.token_bytes(16)).decode().lower().rstrip("="),
        workspace=workspace_id,
        case=case_id,
    )
    return row["key"] if row else None


async def set_reply_to(transaction: Transaction, workspace_id: UUID, message_id: UUID, address: str) -> None:
    """Answers to a message go there."""
    await transaction.send(
        "UPDATE messages SET reply_to = %(address)s WHERE workspace_id = %(workspace)s AND workspace_id = ANY(%(scope)s) AND id = %(id)s",
        workspace=workspace_id,
        id=message_id,
        address=address,
    )


@dataclass(frozen=True, slots=True)
class Ours:
    """A message of ours that a mail answers, or came back for; its case (None: it is not there any more)."""

    id: UUID
    workspace_id: UUID
    case_id: UUID | None


async def case_of_key(reading: ReadSession, keys: Sequence[str]) -> tuple[UUID, UUID] | None:
    """Workspace and case of the first of these keys that there is, whoever asks."""
    row = await reading.whole().first(
        "SELECT a.workspace_id, a.case_id FROM workspaces w CROSS JOIN unnest(%(keys)s::text[]) AS k (key)"
        " JOIN case_addresses a ON a.workspace_id = w.id AND a.key = k.key LIMIT 1",
        keys=list(keys),
    )
    return (row["workspace_id"], row["case_id"]) if row else None


async def messages_of(reading: ReadSession, ids: Sequence[UUID]) -> list[Ours]:
    """The e-mails of ours that have these ids, in this order, whoever asks."""
    rows = await reading.whole().all(
        """
        SELECT m.workspace_id, c.id AS case_id, m.id FROM workspaces w CROSS JOIN unnest(%(ids)s::uuid[]) AS i (id)
        JOIN messages m ON m.workspace_id = w.id AND m.id = i.id
        LEFT JOIN cases c ON c.workspace_id = m.workspace_id AND c.id = m.case_id
        WHERE m.direction = 'out' AND m.channel = 'email' ORDER BY array_position(%(ids)s::uuid[], m.id)
        """,
        ids=list(ids),
    )
    return [Ours(**row) for row in rows]


async def is_there(reading: ReadSession, workspace_id: UUID, message_id: UUID) -> bool:
    """Whether it came already, erased or not."""
    query = "SELECT FROM messages WHERE workspace_id = %(workspace)s AND workspace_id = ANY(%(scope)s) AND id = %(id)s"
    return await reading.first(query, workspace=workspace_id, id=message_id) is not None
