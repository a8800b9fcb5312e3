"""Exact numbers of things by the state that they are in: a trigger appends what changes, a job folds it, and counts what was there before.

The triggers are the kind's own, as `migrations/0055_case_states.sql` has them: every writer keeps the numbers, and what
changes no state pays nothing.
"""

from dataclasses import dataclass, replace
from functools import partial
from uuid import UUID

from dossier.foundation.actor import Scope
from dossier.foundation.database import Transaction
from dossier.foundation.jobs import SYSTEM
from dossier.foundation.services import Services
from dossier.listing.counters import FOLDED_AT_ONCE

# Who folds and who counts take turns: each sees what the other has written. Things change meanwhile.
_TURN = "SELECT pg_advisory_xact_lock(hashtextextended(%(counts)s, 0))"
_FOLD = f"""
WITH folded AS (
  DELETE FROM {{deltas}} WHERE (workspace_id, id) IN
    (SELECT workspace_id, id FROM {{deltas}} ORDER BY workspace_id, id LIMIT {FOLDED_AT_ONCE})
  RETURNING workspace_id, {{state}}, delta
), added AS (
  INSERT INTO {{counts}} AS c (workspace_id, {{state}}, count)
  SELECT workspace_id, {{state}}, sum(delta) FROM folded GROUP BY workspace_id, {{state}}
  ON CONFLICT (workspace_id, {{state}}) DO UPDATE SET count = c.count + excluded.count
)
SELECT count(*) AS count FROM folded
"""
_UNCOUNTED = "SELECT w.id FROM workspaces w WHERE NOT EXISTS (SELECT FROM {counted} s WHERE s.workspace_id = w.id)"
# What is kept becomes what this one statement sees: the things, less what is appended.
_COUNT = """
WITH counted AS (
  INSERT INTO {counted} (workspace_id, at) VALUES (%(workspace)s, %(now)s) ON CONFLICT DO NOTHING RETURNING workspace_id
)
INSERT INTO {counts} AS c (workspace_id, {state}, count)
SELECT workspace_id, {state}, sum(count) FROM (
  SELECT workspace_id, archived_at IS NOT NULL AS archived, {states}, 1 AS count FROM {table} WHERE workspace_id = ANY(%(scope)s)
  UNION ALL SELECT workspace_id, {state}, -delta FROM {deltas} WHERE workspace_id = ANY(%(scope)s)
  UNION ALL SELECT workspace_id, {state}, -count FROM {counts} WHERE workspace_id = ANY(%(scope)s)
) AS present
WHERE workspace_id IN (SELECT workspace_id FROM counted) GROUP BY workspace_id, {state}
ON CONFLICT (workspace_id, {state}) DO UPDATE SET count = c.count + excluded.count
"""
_GROUPS = """
SELECT {states}, sum(count)::bigint AS count,
       (SELECT count(*) FROM {counted} WHERE workspace_id = ANY(%(scope)s)) = cardinality(%(scope)s::uuid[]) AS ready
FROM (SELECT {state}, count FROM {counts} WHERE workspace_id = ANY(%(scope)s)
      UNION ALL SELECT {state}, delta FROM {deltas} WHERE workspace_id = ANY(%(scope)s)) AS kept
WHERE archived = ANY(%(archived)s) GROUP BY {states}
"""


@dataclass(frozen=True, slots=True)
class StateCounters:
    """How many things of a `table` are in each combination of `states`, archived and live.

    `counts`: a table with the numbers; `deltas`: what to add; `counted`: the workspaces in which the numbers are all there.
    """

    table: str
    states: tuple[str, ...]
    counts: str
    deltas: str
    counted: str

    @property
    def groups(self) -> str:
        """A statement that gives the `count` of each combination (`%(archived)s` is a bool[]), and whether they are `ready`."""
        return self._sql(_GROUPS)

    async def fold(self, transaction: Transaction) -> int:
        """Add appended rows, of every workspace, to the numbers; how many rows those were."""
        await transaction.send(_TURN, counts=self.counts)
        return int((await transaction.one(self._sql(_FOLD)))["count"])

    async def count(self, transaction: Transaction, workspace_id: UUID) -> None:
        """Count the workspace's things, once; nobody waits for it."""
        await transaction.send(_TURN, counts=self.counts)
        await transaction.send(self._sql(_COUNT), workspace=workspace_id, now=transaction.clock())

    async def fold_all(self, services: Services) -> None:
        """Fold until few are left, and count where that was not done yet: a job."""
        while await services.database.write(SYSTEM, self.fold) == FOLDED_AT_ONCE:
            pass
        for workspace in await services.database.write(SYSTEM, self._uncounted):
            actor = replace(SYSTEM, scope=Scope((workspace,)))
            await services.database.write(actor, partial(self.count, workspace_id=workspace))

    async def _uncounted(self, transaction: Transaction) -> list[UUID]:
        return [row["id"] for row in await transaction.all(self._sql(_UNCOUNTED))]

    def _sql(self, text: str) -> str:
        states = ", ".join(self.states)
        names = {"table": self.table, "counts": self.counts, "deltas": self.deltas, "counted": self.counted}
        return text.format(**names, states=states, state=f"archived, {states}")
