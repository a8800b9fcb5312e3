"""The SQL of runs of rules, and of the times at which rules look at cases."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from dossier.automations.model import Doing, Run, Time
from dossier.foundation.database import Jsonb, ReadSession, Row, Transaction
from dossier.foundation.stored_messages import restored, stored
from dossier.steps import LAST_OUTSIDE, OUTSIDE_KINDS

MOST_DONE = 50  # days that are kept of a rule, for which it has fired
KEPT_DAYS = 90

_RUN = "workspace_id, case_id, rule, run, at, outcome, actions"


async def insert(transaction: Transaction, runs: Sequence[Run]) -> None:
    """Keep runs; one that is there already stays as it is."""
    rows = [{"rule": each.rule, "run": each.run, "outcome": each.outcome, "actions": _kept(each)} for each in runs]
    await transaction.send(
        f"""
        INSERT INTO automation_runs ({_RUN})
        SELECT %(workspace)s, %(case)s, rule, run, %(at)s, outcome, actions
        FROM jsonb_to_recordset(%(runs)s) AS sent (rule text, run bigint, outcome text, actions jsonb)
        ON CONFLICT DO NOTHING
        """,
        workspace=runs[0].workspace_id,
        case=runs[0].case_id,
        at=runs[0].at,
        runs=Jsonb(rows),
    )


async def get(transaction: Transaction, workspace_id: UUID, case_id: UUID, rule: str, run: int) -> Run | None:
    """A run, locked."""
    row = await transaction.first(
        f"""
        SELECT {_RUN} FROM automation_runs WHERE workspace_id = %(workspace)s AND workspace_id = ANY(%(scope)s)
          AND case_id = %(case)s AND rule = %(rule)s AND run = %(run)s FOR UPDATE
        """,
        workspace=workspace_id,
        case=case_id,
        rule=rule,
        run=run,
    )
    return _run(row) if row else None


async def goes_round(transaction: Transaction, run: Run, most: int) -> bool:
    """Whether a rule fired more than so many times on a case, this run the last, while nobody and nothing from outside did anything about it."""
    row = await transaction.one(
        f"""
        SELECT count(*) > %(most)s AS yes FROM (
          SELECT FROM automation_runs WHERE workspace_id = %(workspace)s AND workspace_id = ANY(%(scope)s)
            AND case_id = %(case)s AND rule = %(rule)s AND run <= %(before)s AND run > coalesce(({LAST_OUTSIDE}), 0) LIMIT %(most)s + 1) AS runs
        """,
        workspace=run.workspace_id,
        case=run.case_id,
        rule=run.rule,
        before=run.run,
        most=most,
        outside=list(OUTSIDE_KINDS),
    )
    return bool(row["yes"])


async def keep(transaction: Transaction, run: Run) -> None:
    """How far a run is by now."""
    await transaction.send(
        """
        UPDATE automation_runs SET outcome = %(outcome)s, actions = %(actions)s
        WHERE workspace_id = %(workspace)s AND workspace_id = ANY(%(scope)s)
          AND case_id = %(case)s AND rule = %(rule)s AND run = %(run)s
        """,
        workspace=run.workspace_id,
        case=run.case_id,
        rule=run.rule,
        run=run.run,
        outcome=run.outcome,
        actions=Jsonb(_kept(run)),
    )


async def newest(reading: ReadSession, workspace_id: UUID, case_id: UUID) -> dict[str, Run]:
    """The newest run of each rule on a case."""
    rows = await reading.all(
        f"""
        SELECT DISTINCT ON (rule) {_RUN} FROM automation_runs
        WHERE workspace_id = %(workspace)s AND workspace_id = ANY(%(scope)s) AND case_id = %(case)s
        ORDER BY rule, run DESC
        """,
        workspace=workspace_id,
        case=case_id,
    )
    return {row["rule"]: _run(row) for row in rows}


async def last_fired(reading: ReadSession, workspace_id: UUID, case_id: UUID) -> dict[str, datetime]:
    """When each rule last fired on a case."""
    rows = await reading.all(
        """
        SELECT rule, max(at) AS at FROM automation_runs
        WHERE workspace_id = %(workspace)s AND workspace_id = ANY(%(scope)s) AND case_id = %(case)s
          AND outcome <> 'condition_not_met' GROUP BY rule
        """,
        workspace=workspace_id,
        case=case_id,
    )
    return {row["rule"]: row["at"] for row in rows}


async def sweep(transaction: Transaction, before: datetime) -> None:
    """Forget runs that are over since long; the newest of each rule stays."""
    await transaction.send(
        """
        DELETE FROM automation_runs r WHERE r.at < %(before)s AND r.outcome <> 'waiting' AND EXISTS (
          SELECT FROM automation_runs n WHERE n.workspace_id = r.workspace_id AND n.case_id = r.case_id
            AND n.rule = r.rule AND n.run > r.run)
        """,
        before=before,
    )


# ---- times ----


async def arm(transaction: Transaction, workspace_id: UUID, case_id: UUID, times: Sequence[Time]) -> None:
    """When rules look at a case from now on; not again for a day for which they have."""
    rows = [{"rule": each.rule, "due_at": each.due_at, "value": each.value} for each in times]
    await transaction.send(
        """
        INSERT INTO automation_times AS t (workspace_id, case_id, rule, due_at, value)
        SELECT %(workspace)s, %(case)s, rule, due_at, value
        FROM jsonb_to_recordset(%(times)s) AS sent (rule text, due_at timestamptz, value text)
        ON CONFLICT (workspace_id, case_id, rule) DO UPDATE SET value = excluded.value,
          due_at = CASE WHEN excluded.value = ANY(t.done) THEN NULL ELSE excluded.due_at END
        """,
        workspace=workspace_id,
        case=case_id,
        times=Jsonb(rows),
    )


async def disarm_others(transaction: Transaction, workspace_id: UUID, case_id: UUID, rules: Collection[str]) -> None:
    """Rules that the case does not follow any more do not look at it."""
    await transaction.send(
        """
        DELETE FROM automation_times WHERE workspace_id = %(workspace)s AND workspace_id = ANY(%(scope)s)
          AND case_id = %(case)s AND rule <> ALL(%(rules)s)
        """,
        workspace=workspace_id,
        case=case_id,
        rules=list(rules),
    )


@dataclass(frozen=True, slots=True)
class DueRule:
    """A rule whose time has come on a case."""

    workspace_id: UUID
    case_id: UUID
    rule: str


async def due(reading: ReadSession, now: datetime, most: int) -> list[DueRule]:
    """What is due, of all workspaces, so many of each at most."""
    rows = await reading.all(
        """
        SELECT w.id AS workspace_id, t.case_id, t.rule FROM workspaces w CROSS JOIN LATERAL (
          SELECT case_id, rule, due_at FROM automation_times
          WHERE workspace_id = w.id AND due_at IS NOT NULL AND due_at <= %(now)s ORDER BY due_at LIMIT %(most)s
        ) t ORDER BY t.due_at
        """,
        now=now,
        most=most,
    )
    return [DueRule(**row) for row in rows]


async def claim(transaction: Transaction, rule: DueRule, now: datetime) -> tuple[bool, str | None]:
    """Whether it is this caller that does what is due, and for which day: done for it from now on. The case is locked."""
    row = await transaction.first(
        f"""
        UPDATE automation_times SET due_at = NULL,
          done = CASE WHEN value IS NULL THEN done ELSE (done || value)[greatest(1, cardinality(done) - {MOST_DONE} + 2):] END
        WHERE workspace_id = %(workspace)s AND workspace_id = ANY(%(scope)s) AND case_id = %(case)s AND rule = %(rule)s
          AND due_at <= %(now)s RETURNING value
        """,
        workspace=rule.workspace_id,
        case=rule.case_id,
        rule=rule.rule,
        now=now,
    )
    return row is not None, row["value"] if row else None


async def claim_once(transaction: Transaction, rule: DueRule, value: str) -> bool:
    """Whether it is for the first time that a rule is set off by that."""
    row = await transaction.first(
        f"""
        INSERT INTO automation_times AS t (workspace_id, case_id, rule, done)
        VALUES (%(workspace)s, %(case)s, %(rule)s, ARRAY[%(value)s::text])
        ON CONFLICT (workspace_id, case_id, rule) DO UPDATE
          SET done = (t.done || %(value)s::text)[greatest(1, cardinality(t.done) - {MOST_DONE} + 2):]
          WHERE NOT %(value)s::text = ANY(t.done)
        RETURNING true AS first
        """,
        workspace=rule.workspace_id,
        case=rule.case_id,
        rule=rule.rule,
        value=value,
    )
    return row is not None


async def put_off(transaction: Transaction, rule: DueRule, until: datetime) -> None:
    """What was due could not be done; it is tried again at a time."""
    await transaction.send(
        """
        UPDATE automation_times SET due_at = %(until)s WHERE workspace_id = %(workspace)s
          AND workspace_id = ANY(%(scope)s) AND case_id = %(case)s AND rule = %(rule)s AND due_at IS NOT NULL
        """,
        workspace=rule.workspace_id,
        case=rule.case_id,
        rule=rule.rule,
        until=until,
    )


async def due_times(reading: ReadSession, workspace_id: UUID, case_id: UUID) -> dict[str, datetime]:
    """When rules of time look at a case next."""
    rows = await reading.all(
        """
        SELECT rule, due_at FROM automation_times WHERE workspace_id = %(workspace)s AND workspace_id = ANY(%(scope)s)
          AND case_id = %(case)s AND due_at IS NOT NULL
        """,
        workspace=workspace_id,
        case=case_id,
    )
    return {row["rule"]: row["due_at"] for row in rows}


def _run(row: Row) -> Run:
    return Run(**row | {"actions": tuple(_doing(each) for each in row["actions"])})


def _doing(kept: Mapping[str, Any]) -> Doing:
    return Doing(**{**kept, "error": next(iter(restored(kept["error"])), None)})


def _kept(run: Run) -> list[dict[str, Any]]:
    """The actions of a run; what went wrong as it can be said in each language."""
    return [{**each.document(), "error": stored([each.error]) if each.error else None} for each in run.actions]
