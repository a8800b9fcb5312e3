"""Who once stood in a thing and does not now: an erasure reads the histories of these things, and no other."""

from uuid import UUID

from dossier.contacts.store.links import Links
from dossier.foundation.database import Transaction

BATCH_SIZE = 5000  # things whose histories are read in one statement


async def have_shown(transaction: Transaction, links: Links, workspace_id: UUID, contact_id: UUID) -> list[UUID] | None:
    """The things that once showed a contact and do not now; None while that is not known of all."""
    row = await transaction.one(
        f"""
        SELECT EXISTS (SELECT FROM {links.read}
                       WHERE workspace_id = %(workspace)s AND workspace_id = ANY(%(scope)s)) AS is_known,
               ARRAY(SELECT {links.key} FROM {links.past} WHERE workspace_id = %(workspace)s
                       AND workspace_id = ANY(%(scope)s) AND contact_id = %(contact)s) AS things
        """,
        workspace=workspace_id,
        contact=contact_id,
    )
    return row["things"] if row["is_known"] else None


async def unread(transaction: Transaction, links: Links) -> list[UUID]:
    """The workspaces whose histories were not read yet for who stood in a thing."""
    rows = await transaction.all(
        f"SELECT id FROM workspaces w WHERE NOT EXISTS (SELECT FROM {links.read} r WHERE r.workspace_id = w.id)"
    )
    return [row["id"] for row in rows]


async def read_next(transaction: Transaction, links: Links, workspace_id: UUID, after: UUID) -> UUID | None:
    """Note who stood in the next things, by id, as their histories have it; the last of them, None after the last of all.

    Who is taken out meanwhile is noted by the trigger.
    """
    values = {"workspace": workspace_id, "after": after}
    last = await transaction.one(
        f"""
        SELECT (SELECT id FROM (
          SELECT id FROM {links.things} WHERE workspace_id = %(workspace)s AND workspace_id = ANY(%(scope)s) AND id > %(after)s
          ORDER BY id LIMIT %(most)s) AS next ORDER BY id DESC LIMIT 1) AS id
        """,
        most=BATCH_SIZE,
        **values,
    )
    if last["id"] is None:
        await transaction.send(
            f"""
            INSERT INTO {links.read} (workspace_id, at)
            SELECT id, %(now)s FROM workspaces WHERE id = %(workspace)s AND id = ANY(%(scope)s) ON CONFLICT DO NOTHING
            """,
            now=transaction.clock(),
            **values,
        )
        return None
    await transaction.send(_reading(links), last=last["id"], **values)
    return UUID(str(last["id"]))


def _reading(links: Links) -> str:
    key = links.key
    return f"""
    INSERT INTO {links.past} (workspace_id, contact_id, {key})
    SELECT DISTINCT e.workspace_id, (side.value ->> 'id')::uuid, e.{key}
    FROM {links.record.history} e CROSS JOIN jsonb_each(e.changes) AS change CROSS JOIN jsonb_each(change.value) AS side
    WHERE e.workspace_id = %(workspace)s AND e.workspace_id = ANY(%(scope)s)
      AND e.{key} > %(after)s AND e.{key} <= %(last)s AND starts_with(change.key, 'contacts.')
      AND jsonb_typeof(change.value) = 'object' AND jsonb_typeof(side.value) = 'object' AND side.value ? 'id'
      AND NOT EXISTS (SELECT FROM {links.shown} l WHERE l.workspace_id = e.workspace_id AND l.{key} = e.{key}
                        AND l.contact_id = (side.value ->> 'id')::uuid)
    ON CONFLICT DO NOTHING
    """
