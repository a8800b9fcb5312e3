"""The SQL of what is to be sent now, and of addresses from which messages came back."""

from collections.abc import Collection, Sequence
from datetime import timedelta
from uuid import UUID

from dossier.foundation.database import ReadSession, Transaction
from dossier.messages.model import Channel, Message


async def due(transaction: Transaction, channel: Channel) -> UUID | None:
    """The workspace, whichever it is, whose message has waited for longest."""
    row = await transaction.first(
        """
        SELECT w.id FROM workspaces w CROSS JOIN LATERAL (
          SELECT m.due_at FROM messages m WHERE m.workspace_id = w.id AND m.status = 'pending' AND m.due_at <= %(now)s
            AND m.channel = %(channel)s ORDER BY m.due_at LIMIT 1
        ) AS each ORDER BY each.due_at LIMIT 1
        """,
        now=transaction.clock(),
        channel=channel,
    )
    return row["id"] if row else None


async def take(
    transaction: Transaction, workspace_id: UUID, channel: Channel, lease: timedelta, message_id_at: str
) -> UUID | None:
    """The message that has waited for longest, for nobody else before `lease` is over. From now on it has its identifier, `<id@…>`."""
    row = await transaction.first(
        """
        WITH found AS (
          SELECT m.workspace_id, m.id FROM messages m WHERE m.workspace_id = %(workspace)s AND m.workspace_id = ANY(%(scope)s)
            AND m.status = 'pending' AND m.due_at <= %(now)s AND m.channel = %(channel)s
          ORDER BY m.due_at, m.id LIMIT 1 FOR UPDATE SKIP LOCKED
        )
        UPDATE messages m SET due_at = %(until)s, tries = m.tries + 1,
          message_id = coalesce(m.message_id, '<' || m.id || '@' || %(at)s || '>')
        FROM found WHERE m.workspace_id = found.workspace_id AND m.id = found.id RETURNING m.id
        """,
        workspace=workspace_id,
        channel=channel,
        now=transaction.clock(),
        until=transaction.clock() + lease,
        at=message_id_at,
    )
    return row["id"] if row else None


# ---- where nobody is written to ----


async def block(transaction: Transaction, message: Message, identities: Sequence[str]) -> None:
    """Nobody is written to at these addresses from now on."""
    await transaction.send(
        """
        INSERT INTO message_bounces (workspace_id, identity, message_id, at)
        SELECT %(workspace)s, each, %(message)s, %(now)s FROM unnest(%(identities)s::text[]) AS each
        ON CONFLICT (workspace_id, identity) DO NOTHING
        """,
        workspace=message.workspace_id,
        message=message.id,
        identities=list(identities),
        now=transaction.clock(),
    )


async def unblock(transaction: Transaction, message: Message, identities: Sequence[str]) -> None:
    """They may be written to again."""
    await transaction.send(
        """
        DELETE FROM message_bounces WHERE workspace_id = %(workspace)s AND workspace_id = ANY(%(scope)s)
          AND identity = ANY(%(identities)s)
        """,
        workspace=message.workspace_id,
        identities=list(identities),
    )


async def blocked(reading: ReadSession, workspace_id: UUID, identities: Collection[str]) -> set[str]:
    """Those of the addresses from which a message came back."""
    rows = await reading.all(
        """
        SELECT identity FROM message_bounces WHERE workspace_id = %(workspace)s AND workspace_id = ANY(%(scope)s)
          AND identity = ANY(%(identities)s)
        """,
        workspace=workspace_id,
        identities=list(identities),
    )
    return {row["identity"] for row in rows}


async def forget(transaction: Transaction, workspace_id: UUID, identity: str) -> None:
    """Nothing is known of an address any more."""
    await transaction.send(
        "DELETE FROM message_bounces WHERE workspace_id = %(workspace)s AND workspace_id = ANY(%(scope)s) AND identity = %(identity)s",
        workspace=workspace_id,
        identity=identity,
    )
