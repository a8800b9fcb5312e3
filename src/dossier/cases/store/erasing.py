"""Where cases of a workspace mention somebody, now or in their histories, and what stands there instead once they are erased."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from dossier.foundation.database import Jsonb, Transaction


async def steps_with(transaction: Transaction, workspace_id: UUID, id: UUID) -> dict[UUID, Mapping[str, Any]]:
    """The cases, locked, that somebody with the id owns, or in whose steps they stand: case → its steps."""
    rows = await transaction.all(
        """
        SELECT id, steps FROM cases
        WHERE workspace_id = %(workspace)s AND workspace_id = ANY(%(scope)s)
          AND (owner_id = %(id)s OR strpos(steps::text, %(id)s::text) > 0) ORDER BY id FOR NO KEY UPDATE
        """,
        workspace=workspace_id,
        id=id,
    )
    return {row["id"]: row["steps"] for row in rows}


async def rewrite_steps(transaction: Transaction, workspace_id: UUID, case_id: UUID, steps: Mapping[str, Any]) -> None:
    """Put what the steps say anew, and have the words of the case taken anew: only for erasing."""
    values = {"workspace": workspace_id, "id": case_id}
    await transaction.send(
        """
        UPDATE cases SET steps = %(steps)s
        WHERE workspace_id = %(workspace)s AND workspace_id = ANY(%(scope)s) AND id = %(id)s
        """,
        steps=Jsonb(steps),
        **values,
    )
    await transaction.send("INSERT INTO search_queue (workspace_id, case_id) VALUES (%(workspace)s, %(id)s)", **values)


BATCH_SIZE = 5000  # cases whose histories are read in one statement


async def have_shown(transaction: Transaction, workspace_id: UUID, contact_id: UUID) -> list[UUID] | None:
    """The cases that once showed a contact and do not now; None while that is not known of all."""
    row = await transaction.one(
        """
        SELECT EXISTS (SELECT FROM case_contacts_past_read
                       WHERE workspace_id = %(workspace)s AND workspace_id = ANY(%(scope)s)) AS is_known,
               ARRAY(SELECT case_id FROM case_contacts_past WHERE workspace_id = %(workspace)s
                       AND workspace_id = ANY(%(scope)s) AND contact_id = %(contact)s) AS cases
        """,
        workspace=workspace_id,
        contact=contact_id,
    )
    return row["cases"] if row["is_known"] else None


async def forget_have_shown(transaction: Transaction, workspace_id: UUID, contact_id: UUID) -> None:
    """Forget it of somebody who is erased: their histories were rewritten."""
    await transaction.send(
        """
        DELETE FROM case_contacts_past
        WHERE workspace_id = %(workspace)s AND workspace_id = ANY(%(scope)s) AND contact_id = %(contact)s
        """,
        workspace=workspace_id,
        contact=contact_id,
    )


async def unread(transaction: Transaction) -> list[UUID]:
    """The workspaces whose histories were not read yet for who stood in a case."""
    rows = await transaction.all(
        """
        SELECT id FROM workspaces w WHERE NOT EXISTS (SELECT FROM case_contacts_past_read r WHERE r.workspace_id = w.id)
        """
    )
    return [row["id"] for row in rows]


async def read_next(transaction: Transaction, workspace_id: UUID, after: UUID) -> UUID | None:
    """Note who stood in the next cases, by id, as their histories have it; the last of them, None after the last of all.

    Who is taken out meanwhile is noted by the trigger.
    """
    values = {"workspace": workspace_id, "after": after}
    last = await transaction.one(_LAST, most=BATCH_SIZE, **values)
    if last["id"] is None:
        await transaction.send(_WAS_READ, now=transaction.clock(), **values)
        return None
    await transaction.send(_READ, last=last["id"], **values)
    return UUID(str(last["id"]))


_LAST = """
SELECT (SELECT id FROM (
  SELECT id FROM cases WHERE workspace_id = %(workspace)s AND workspace_id = ANY(%(scope)s) AND id > %(after)s
  ORDER BY id LIMIT %(most)s) AS next ORDER BY id DESC LIMIT 1) AS id
"""
_READ = """
INSERT INTO case_contacts_past (workspace_id, contact_id, case_id)
SELECT DISTINCT e.workspace_id, (side.value ->> 'id')::uuid, e.case_id
FROM case_events e CROSS JOIN jsonb_each(e.changes) AS change CROSS JOIN jsonb_each(change.value) AS side
WHERE e.workspace_id = %(workspace)s AND e.workspace_id = ANY(%(scope)s)
  AND e.case_id > %(after)s AND e.case_id <= %(last)s AND starts_with(change.key, 'contacts.')
  AND jsonb_typeof(change.value) = 'object' AND jsonb_typeof(side.value) = 'object' AND side.value ? 'id'
  AND NOT EXISTS (SELECT FROM case_contacts l WHERE l.workspace_id = e.workspace_id AND l.case_id = e.case_id
                    AND l.contact_id = (side.value ->> 'id')::uuid)
ON CONFLICT DO NOTHING
"""
_WAS_READ = """
INSERT INTO case_contacts_past_read (workspace_id, at)
SELECT id, %(now)s FROM workspaces WHERE id = %(workspace)s AND id = ANY(%(scope)s) ON CONFLICT DO NOTHING
"""
