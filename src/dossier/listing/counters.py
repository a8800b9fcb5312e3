"""Exact numbers of things without a row that everybody waits for: changes are appended, and a job folds them."""

from dataclasses import dataclass
from uuid import UUID

from dossier.foundation.database import Transaction
from dossier.foundation.jobs import SYSTEM
from dossier.foundation.services import Services

FOLDED_AT_ONCE = 10_000  # appended rows

_ADD = "INSERT INTO {deltas} (workspace_id, archived, delta) VALUES (%(workspace)s, %(archived)s, %(delta)s)"
_FOLD = f"""
WITH folded AS (
  DELETE FROM {{deltas}} WHERE (workspace_id, id) IN
    (SELECT workspace_id, id FROM {{deltas}} LIMIT {FOLDED_AT_ONCE} FOR UPDATE SKIP LOCKED)
  RETURNING workspace_id, archived, delta
), added AS (
  INSERT INTO {{counts}} AS c (workspace_id, archived, count)
  SELECT workspace_id, archived, sum(delta) FROM folded GROUP BY workspace_id, archived
  ON CONFLICT (workspace_id, archived) DO UPDATE SET count = c.count + excluded.count
)
SELECT count(*) AS count FROM folded
"""
_TOTAL = """
SELECT (coalesce((SELECT sum(count) FROM {counts}
                  WHERE workspace_id = ANY(%(scope)s) AND archived = ANY(%(archived)s)), 0)
      + coalesce((SELECT sum(delta) FROM {deltas}
                  WHERE workspace_id = ANY(%(scope)s) AND archived = ANY(%(archived)s)), 0))::bigint AS count
"""


@dataclass(frozen=True, slots=True)
class Counters:
    """How many things of a kind each workspace has, archived and live: a table with the numbers, and one with what to add."""

    counts: str
    deltas: str

    @property
    def total(self) -> str:
        """A statement that gives the `count` of all (`%(archived)s` is a bool[])."""
        return self._sql(_TOTAL)

    async def add(self, transaction: Transaction, workspace_id: UUID, *, archived: bool, delta: int) -> None:
        """Append to the counters."""
        await transaction.send(self._sql(_ADD), workspace=workspace_id, archived=archived, delta=delta)

    async def move(self, transaction: Transaction, workspace_id: UUID, *, archived: bool) -> None:
        """One of them was put away, or taken out again."""
        await self.add(transaction, workspace_id, archived=not archived, delta=-1)
        await self.add(transaction, workspace_id, archived=archived, delta=1)

    async def fold(self, transaction: Transaction) -> int:
        """Add appended rows, of every workspace, to the counters; how many rows those were."""
        return int((await transaction.one(self._sql(_FOLD)))["count"])

    async def fold_all(self, services: Services) -> None:
        """Fold until few are left: a job."""
        while await services.database.write(SYSTEM, self.fold) == FOLDED_AT_ONCE:
            pass

    def _sql(self, text: str) -> str:
        return text.format(counts=self.counts, deltas=self.deltas)
