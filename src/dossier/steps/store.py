"""What is to be done with the steps of cases at a time. It follows from the cases: nothing is known here alone."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from dossier.cases.model import Case
from dossier.flow.model.planning import Planned
from dossier.foundation.database import Jsonb, ReadSession, Transaction

OUTSIDE_KINDS = ("message_received", "message_bounced", "form", "forms", "file_checked")
"""What histories have of the server itself that began elsewhere."""
LAST_OUTSIDE = """
SELECT e.version FROM case_events e
WHERE e.workspace_id = %(workspace)s AND e.workspace_id = ANY(%(scope)s) AND e.case_id = %(case)s AND e.version < %(before)s
  AND (e.actor_type <> 'system' OR e.kind = ANY(%(outside)s)) ORDER BY e.version DESC LIMIT 1
"""
"""The last version of a case, before another, that somebody made, or something from outside."""


@dataclass(frozen=True, slots=True)
class Due:
    """A case of which something is due; `tries`: how often that has failed."""

    workspace_id: UUID
    case_id: UUID
    tries: int


async def put(transaction: Transaction, case: Case, planned: Collection[Planned]) -> None:
    """This is to be done with the steps of a case, and nothing else."""
    rows = [{"step": each.step, "what": each.what, "at": each.at} for each in planned]
    await transaction.send(
        """
        WITH planned AS (
          SELECT * FROM jsonb_to_recordset(%(planned)s) AS sent (step text, what text, at timestamptz)
        ), gone AS (
          DELETE FROM case_step_dues d WHERE workspace_id = %(workspace)s AND workspace_id = ANY(%(scope)s)
            AND case_id = %(case)s AND NOT EXISTS (SELECT FROM planned p WHERE p.step = d.step AND p.what = d.what)
        )
        INSERT INTO case_step_dues (workspace_id, case_id, step, what, at)
        SELECT %(workspace)s, %(case)s, step, what, at FROM planned
        ON CONFLICT (workspace_id, case_id, step, what) DO UPDATE SET at = excluded.at, tries = 0
        WHERE case_step_dues.at <> excluded.at
        """,
        workspace=case.workspace_id,
        case=case.id,
        planned=Jsonb(rows),
    )


async def due(reading: ReadSession, now: datetime, most: int) -> list[Due]:
    """The cases of which something is due, the longest waiting first, of all workspaces."""
    rows = await reading.all(
        """
        SELECT w.id AS workspace_id, d.case_id, max(d.tries) AS tries FROM workspaces w CROSS JOIN LATERAL (
          SELECT case_id, at, tries FROM case_step_dues WHERE workspace_id = w.id AND at <= %(now)s ORDER BY at LIMIT %(most)s
        ) d GROUP BY w.id, d.case_id ORDER BY min(d.at) LIMIT %(most)s
        """,
        now=now,
        most=most,
    )
    return [Due(**row) for row in rows]


async def put_off(transaction: Transaction, due: Due, now: datetime, until: datetime) -> None:
    """What was due of a case could not be done; it is tried again at a time."""
    await transaction.send(
        "UPDATE case_step_dues SET at = %(until)s, tries = tries + 1 WHERE workspace_id = %(workspace)s"
        " AND workspace_id = ANY(%(scope)s) AND case_id = %(case)s AND at <= %(now)s",
        workspace=due.workspace_id,
        case=due.case_id,
        now=now,
        until=until,
    )


async def reminders(transaction: Transaction, case: Case, until: datetime, most: int) -> list[UUID]:
    """Other cases of the workspace that remind somebody until a time, the first ones first."""
    rows = await transaction.all(
        """
        SELECT case_id FROM case_step_dues WHERE workspace_id = %(workspace)s AND workspace_id = ANY(%(scope)s)
          AND what = 'remind' AND case_id <> %(case)s AND at <= %(until)s ORDER BY at LIMIT %(most)s
        """,
        workspace=case.workspace_id,
        case=case.id,
        until=until,
        most=most,
    )
    return [row["case_id"] for row in rows]


async def goes_round(reading: ReadSession, case: Case, step: str, most: int) -> bool:
    """Whether a step was started more than so many times while nobody and nothing from outside did anything about the case."""
    row = await reading.one(
        f"""
        SELECT count(*) > %(most)s AS yes FROM (
          SELECT FROM case_events s WHERE s.workspace_id = %(workspace)s AND s.workspace_id = ANY(%(scope)s) AND s.case_id = %(case)s
            AND s.kind = 'step_started' AND s.changes ? %(path)s AND s.version > coalesce(({LAST_OUTSIDE}), 0) LIMIT %(most)s + 1) AS started
        """,
        workspace=case.workspace_id,
        case=case.id,
        path=f"steps.{step}",
        before=case.version + 1,
        outside=list(OUTSIDE_KINDS),
        most=most,
    )
    return bool(row["yes"])
