"""Whose turn it is to get a thing, or a step of one: one count for each rule, taken with the change and given back when that is not kept.

The row is locked until then: those who come together are served one after the other, and nobody is left out.
"""

from uuid import UUID

from dossier.foundation.database import ReadSession, Transaction


async def take(transaction: Transaction, workspace_id: UUID, template_id: UUID, rule: str) -> int:
    """The number of the turn, from 0; the next caller gets the next one."""
    row = await transaction.one(
        """
        INSERT INTO automation_turns AS t (workspace_id, template_id, rule, taken)
        VALUES (%(workspace)s, %(template)s, %(rule)s, 1)
        ON CONFLICT (workspace_id, template_id, rule) DO UPDATE SET taken = t.taken + 1
        RETURNING taken - 1 AS turn
        """,
        workspace=workspace_id,
        template=template_id,
        rule=rule,
    )
    return int(row["turn"])


async def next_turn(reading: ReadSession, workspace_id: UUID, template_id: UUID, rule: str) -> int:
    """The number of the turn that comes, without taking it."""
    row = await reading.first(
        """
        SELECT taken FROM automation_turns
        WHERE workspace_id = %(workspace)s AND workspace_id = ANY(%(scope)s) AND template_id = %(template)s AND rule = %(rule)s
        """,
        workspace=workspace_id,
        template=template_id,
        rule=rule,
    )
    return int(row["taken"]) if row else 0
