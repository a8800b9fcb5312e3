"""Cases with rules, and the jobs that they leave."""

from collections.abc import Callable
from typing import Any

import psycopg
import pytest

from dossier.automations.jobs import JOBS
from tests.world import Api, World

FIELDS = [
    {"key": "amount", "type": "number", "name": "Amount"},
    {"key": "level", "type": "text", "name": "Level"},
    {"key": "note", "type": "text", "name": "Note"},
    {"key": "expiry", "type": "date", "name": "Expiry"},
]
STATUSES = [{"key": "to_review", "label": "To review", "parent_status": "in_progress"}]
STEPS = [{"key": "call", "title": "Call", "type": "task"}]
WORK = {job.name: work for job, work in JOBS.items()}


def rule(key: str, when: dict[str, Any], *then: dict[str, Any], **more: Any) -> dict[str, Any]:
    """A rule; its condition as `if_`."""
    condition = {"if": more.pop("if_")} if "if_" in more else {}
    return {"key": key, "name": key.title(), "when": when, "then": list(then), **condition, **more}


@pytest.fixture
def case_of(make_template: Any, make_case: Any) -> Callable[..., dict[str, Any]]:
    def make(*rules: dict[str, Any], **more: Any) -> dict[str, Any]:
        steps = [*STEPS, *more.pop("steps", ())]
        document = {"schema": FIELDS, "statuses": STATUSES, "steps": steps, "automations": list(rules)}
        case: dict[str, Any] = make_case(template={"id": make_template(**document)["id"]}, **more)
        return case

    return make


@pytest.fixture
def work(world: World, database_url: str) -> Callable[..., int]:
    """Do the jobs of rules that wait for a case; how many there were. `again`: leave them, so that they are done once more."""

    def do(case: dict[str, Any], *, again: bool = False, services: Any = None) -> int:
        with psycopg.connect(database_url, autocommit=True) as connection:
            found = connection.execute(
                "SELECT id, task_name, args FROM procrastinate_jobs"
                " WHERE task_name LIKE 'automations.%%' AND status = 'todo' AND args ->> 'case' = %s ORDER BY id",
                [case["id"]],
            ).fetchall()
            for _, name, arguments in found:
                world.server.run(WORK[name](services or world.services, **arguments))
            if not again:
                connection.execute("DELETE FROM procrastinate_jobs WHERE id = ANY(%s)", [[each[0] for each in found]])
        return len(found)

    return do


@pytest.fixture
def later(world: World) -> Callable[..., None]:
    """Let time pass, and the clock's job look."""

    def wait(**spans: float) -> None:
        world.clock.forward(**spans)
        world.server.run(WORK["automations.clock"](world.services))

    return wait


def update(api: Api, case: dict[str, Any], **data: Any) -> dict[str, Any]:
    """The case after an update of its data."""
    changed: dict[str, Any] = api.json("POST", f"/v1/cases/{case['id']}/data", json={"data": data})
    return changed


def traces(api: Api, case: dict[str, Any]) -> dict[str, Any]:
    """What each rule did, by its key."""
    return {each["key"]: each for each in api.json("GET", f"/v1/cases/{case['id']}/automations")["data"]}
