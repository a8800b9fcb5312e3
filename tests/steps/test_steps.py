"""Steps over HTTP: started by hand or by themselves, at their time, once; what becomes of them afterwards."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from dossier import members
from dossier.cases import DATA
from dossier.flow.model.states import data_shown
from dossier.foundation.actor import Scope, system
from dossier.steps.actions import doing, due
from tests.world import Api, World, errors

FIELDS = [
    {"key": "go", "type": "checkbox", "name": "Go"},
    {"key": "deadline", "type": "date", "name": "Deadline"},
]


def task(key: str = "call", **more: Any) -> dict[str, Any]:
    return {"key": key, "title": key.title(), "type": "task"} | more


@pytest.fixture
def case_of(make_template: Any, make_case: Any) -> Any:
    def make(*steps: dict[str, Any], **body: Any) -> str:
        return make_case(template={"id": make_template(schema=FIELDS, steps=list(steps))["id"]}, **body)["id"]

    return make


def step(api: Api, case: str, key: str = "call") -> dict[str, Any]:
    return next(each for each in api.json("GET", f"/v1/cases/{case}")["steps"] if each["id"] == key)


def start(api: Api, case: str, key: str = "call", expected: int = 200, **data: Any) -> Any:
    return api.json("POST", f"/v1/cases/{case}/start/{key}", expected, json={"data": data})


def put(api: Api, case: str, status: str, key: str = "call", expected: int = 200) -> Any:
    return api.json("PATCH", f"/v1/cases/{case}/steps/{key}", expected, json={"status": status})


def do_due(world: World) -> None:
    world.server.run(due.do_all(world.services))


def update(api: Api, case: str, **data: Any) -> None:
    api.json("POST", f"/v1/cases/{case}/data", json={"data": data})


def kinds(api: Api, case: str) -> list[str]:
    return [each["kind"] for each in api.json("GET", f"/v1/cases/{case}/history")["data"]]


def in_an_hour(world: World) -> str:
    return (world.clock() + timedelta(hours=1)).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def test_a_step_that_starts_itself_again_and_again_ends(world: World, workspace: Any, api: Api, case_of: Any) -> None:
    """[18] Two calls whose answers set each other off went on for ever; who does something about the case lets it go on."""
    log = {"key": "log", "title": "Log", "type": "note", "body": "x", "repeatable": True}
    case = case_of(log | {"start_when": {"data.go": {"$eq": True}}})

    def turn(**data: Any) -> None:
        world.do(lambda tx: DATA.update(tx, UUID(case), data), system("automation", Scope((workspace.id,))))
        do_due(world)

    for _ in range(doing.BY_ITSELF):
        turn(go=True)
        assert step(api, case, "log")["status"] == "available"
        turn(go=False)
    turn(go=True)
    assert step(api, case, "log")["data"]["error"].startswith("The step started 10 times")
    start(api, case, "log")
    turn(go=False)
    turn(go=True)
    assert step(api, case, "log")["status"] == "available"


def test_a_step_starts_at_its_time_once_and_says_so(world: World, api: Api, case_of: Any) -> None:
    case, at = case_of(task()), in_an_hour(world)
    start(api, case, send_at=at, note="x")
    assert step(api, case)["status"] == "scheduled"
    assert step(api, case)["data"] == {"note": "x", "send_at": at, "at": at}
    do_due(world)
    assert step(api, case)["status"] == "scheduled"
    world.clock.forward(hours=1, seconds=1)
    do_due(world)
    do_due(world)
    assert step(api, case)["status"] == "started"
    assert "at" not in step(api, case)["data"]
    assert kinds(api, case)[:2] == ["step_started", "step_scheduled"]


def test_what_is_planned_is_called_off_by_hand_and_starts_by_hand(world: World, api: Api, case_of: Any) -> None:
    case = case_of(task())
    start(api, case, send_at=in_an_hour(world))
    put(api, case, "cancelled")
    world.clock.forward(hours=2)
    do_due(world)
    assert step(api, case)["status"] == "cancelled"
    put(api, case, "cancelled", expected=409)
    put(api, case, "started")
    assert step(api, case)["status"] == "started"
    put(api, case, "cancelled")
    start(api, case)
    put(api, case, "completed")
    put(api, case, "started", expected=409)


def test_archiving_calls_off_what_is_planned(world: World, api: Api, case_of: Any) -> None:
    case = case_of(task())
    start(api, case, send_at=in_an_hour(world))
    api.json("POST", f"/v1/cases/{case}", json={"archived": True})
    assert step(api, case)["status"] == "cancelled"
    assert kinds(api, case)[:2] == ["step_cancelled", "archived"]
    world.clock.forward(hours=2)
    do_due(world)
    assert step(api, case)["status"] == "cancelled"


def test_erasing_takes_what_is_planned_with_it(world: World, api: Api, case_of: Any) -> None:
    case = case_of(task())
    start(api, case, send_at=in_an_hour(world))
    assert api.delete(f"/v1/cases/{case}").status_code == 204
    world.clock.forward(hours=2)
    do_due(world)
    assert api.get(f"/v1/cases/{case}").status_code == 404


def test_undo_of_a_plan_takes_it_back(world: World, api: Api, case_of: Any) -> None:
    case = case_of(task())
    start(api, case, send_at=in_an_hour(world))
    entry = api.json("GET", f"/v1/cases/{case}/history")["data"][0]["id"]
    api.json("POST", f"/v1/cases/{case}/undo", json={"entry": entry})
    world.clock.forward(hours=2)
    do_due(world)
    assert step(api, case) == {"id": "call", "title": "Call", "status": "available", "data": {}}


def test_a_step_that_starts_by_itself_waits_its_delay_and_asks_again(world: World, api: Api, case_of: Any) -> None:
    go = {"data.go": {"$eq": True}}
    steps = task("kept", start_when=go, delay="PT1H"), task("lost", start_when=go, delay={"in": "PT2H"})
    case = case_of(*steps)
    update(api, case, go=True)
    assert {each["status"] for each in api.json("GET", f"/v1/cases/{case}")["steps"]} == {"scheduled"}
    world.clock.forward(hours=1, seconds=1)
    do_due(world)
    update(api, case, go=False)
    world.clock.forward(hours=1)
    do_due(world)
    assert (step(api, case, "kept")["status"], step(api, case, "lost")["status"]) == ("started", "cancelled")
    update(api, case, go=True)
    assert step(api, case, "lost")["status"] == "cancelled", "only people start what was called off"


def test_a_step_comes_after_others(world: World, api: Api, case_of: Any) -> None:
    steps = task("one"), task("two"), task("call", after=["one", "two"]), task("later", after=["one"], delay="P2D")
    case = case_of(*steps)
    refused = api.post(f"/v1/cases/{case}/start/call")
    assert (refused.status_code, errors(refused)) == (409, {"": "waits_for_steps"})
    start(api, case, "one")
    put(api, case, "completed", "one")
    assert step(api, case, "later")["status"] == "scheduled"
    assert api.post(f"/v1/cases/{case}/start/call").status_code == 409
    start(api, case, "two")
    put(api, case, "completed", "two")
    start(api, case, "call")
    world.clock.forward(days=2, seconds=1)
    do_due(world)
    assert step(api, case, "later")["status"] == "started"


def test_a_repeatable_step_can_be_done_again_at_once(api: Api, case_of: Any) -> None:
    follows = task("next", start_when={"steps.call.status": {"$eq": "completed"}})
    case = case_of(task(repeatable=True, start_when={"data.go": {"$eq": True}}), follows)
    update(api, case, go=True)
    put(api, case, "completed")
    again = step(api, case)
    assert (again["status"], len(again["data"]["runs"])) == ("available", 1)
    assert again["data"]["runs"][0]["status"] == "completed"
    assert step(api, case, "next")["status"] == "started", "it was completed, for a moment"
    start(api, case, note="twice")
    put(api, case, "completed")
    assert [run.get("note") for run in step(api, case)["data"]["runs"]] == [None, "twice"]


def test_due_from_the_start_and_before_a_day(world: World, api: Api, case_of: Any) -> None:
    case = case_of(
        task(due={"in": "P5D"}),
        task("early", due={"of": "data.deadline", "before": "P2D"}),
        task("work", due={"in": "P1D", "working": True}),
    )
    update(api, case, deadline="2027-03-10")
    with world.clock.held() as now:
        for key in ("call", "early", "work"):
            start(api, case, key)
    due_at = {each["id"]: each["data"]["due_at"] for each in api.json("GET", f"/v1/cases/{case}")["steps"]}
    assert datetime.fromisoformat(due_at["call"]) == now + timedelta(days=5)
    assert due_at["early"] == "2027-03-08T23:59:00.000Z"
    assert datetime.fromisoformat(due_at["work"]).isoweekday() <= 5
    other = case_of(task(due={"in": "P5D"}))
    start(api, other, due_at="2027-01-01T12:00:00+01:00")
    assert step(api, other)["data"]["due_at"] == "2027-01-01T11:00:00.000Z"


def test_steps_are_given_to_members_in_turn(world: World, workspace: Any, api: Api, case_of: Any) -> None:
    world.member(workspace, f"boss-{workspace.slug}@acme.example", "administrator")
    there = {name: world.member(workspace, f"{name}-{workspace.slug}@acme.example") for name in ("ada", "bob", "gone")}
    team = [f"{name}-{workspace.slug}@acme.example" for name in ("ada", "gone", "bob")]
    template = api.json(
        "POST",
        "/v1/case_templates",
        201,
        json={"title": "T", "schema": FIELDS, "steps": [task(assignee={"in_turn": team}, start_when={"data.go": {"$eq": True}})]},
    )  # fmt: skip
    own = Scope((workspace.id,))
    world.do(lambda tx: members.remove(tx.within(own), workspace.id, there["gone"].id))
    given = []
    for by_itself in (True, False, True, False):
        case = api.json("POST", "/v1/cases", json={"template": {"id": template["id"]}})["id"]
        if by_itself:
            update(api, case, go=True)
        else:
            start(api, case)
        given.append(step(api, case)["data"]["assignee"]["email"].partition("-")[0])
    assert given == ["ada", "bob", "bob", "ada"], "who works here no more is passed over"
    made = {"template": {"id": template["id"]}, "schema": [{"key": "go", "value": True}]}
    case = api.json("POST", "/v1/cases", json=made)["id"]
    assert step(api, case)["data"]["assignee"]["email"] == team[2]
    case = case_of(task())
    refused = api.post(f"/v1/cases/{case}/start/call", json={"data": {"assignee": "nobody@acme.example"}})
    assert errors(refused) == {"/data/assignee": "unknown_owner"}
    start(api, case, assignee=team[2])
    assert step(api, case)["data"]["assignee"]["email"] == team[2]


@pytest.mark.parametrize(
    ("data", "at"),
    [
        ({"send_at": "tomorrow"}, "send_at"),
        ({"due_at": 5}, "due_at"),
        ({"to": "a@b.example"}, "to"),
        ({"subject": ["x"]}, "subject"),
    ],
)
def test_members_with_a_meaning_mean_it(api: Api, case_of: Any, data: Any, at: str) -> None:
    refused = api.post(f"/v1/cases/{case_of(task())}/start/call", json={"data": data})
    assert (refused.status_code, list(errors(refused))) == (400, [f"/data/{at}"])


@pytest.mark.parametrize("status", [None, "completed", "started", "cancelled"])
def test_what_the_server_states_cannot_be_given(api: Api, case_of: Any, status: str | None) -> None:
    """`runs`, `error`, `at` and their like were answered as they were given, and kept in runs."""
    case = case_of(task(repeatable=True))
    stated = {
        "runs": "x",
        "error": "boom",
        "completed_at": "1999",
        "started_by": 1,
    }
    data = {**stated, "to": "x", "kept": 1}
    if status:
        refused = api.patch(f"/v1/cases/{case}/steps/call", json={"status": status, "data": data})
    else:
        refused = api.post(f"/v1/cases/{case}/start/call", json={"data": data})
    found = {f"/data/{name}": "read_only" for name in stated} | {"/data/to": "invalid_value"}
    assert (refused.status_code, errors(refused)) == (400, found)
    assert step(api, case)["data"] == {}


def test_what_was_kept_before_never_covers_what_the_server_states() -> None:
    """Cases that were given such members once."""
    state = {"status": "started", "data": {"runs": "x", "error": "boom", "kept": 1, "due_at": "y"}, "attempts": 2}
    assert data_shown(state) == {"kept": 1, "due_at": "y", "attempts": 2}


def test_a_note_that_says_something_is_done_at_once(api: Api, case_of: Any) -> None:
    case = case_of(task("call", type="note", body="Papers are complete."), task("blank", type="note"))
    start(api, case)
    assert (step(api, case)["status"], step(api, case)["data"]["body"]) == ("completed", "Papers are complete.")
    start(api, case, "blank")
    assert step(api, case, "blank")["status"] == "started"
    put(api, case, "completed", "blank")


def test_what_cannot_be_done_is_tried_again_later_and_holds_nobody_up(
    world: World, api: Api, case_of: Any, monkeypatch: Any
) -> None:
    bad, good = case_of(task()), case_of(task())
    for each in (bad, good):
        start(api, each, send_at=in_an_hour(world))
    real = due._do_case

    async def fails(transaction: Any, found: Any, origin: str) -> None:
        if str(found.case_id) == bad:
            raise RuntimeError
        await real(transaction, found, origin)

    world.clock.forward(hours=1, seconds=1)
    with monkeypatch.context() as patched:
        patched.setattr(due, "_do_case", fails)
        do_due(world)
    assert (step(api, bad)["status"], step(api, good)["status"]) == ("scheduled", "started")
    do_due(world)
    assert step(api, bad)["status"] == "scheduled", "it waits a minute"
    world.clock.forward(minutes=2)
    do_due(world)
    assert step(api, bad)["status"] == "started"


def test_an_update_of_a_case_whose_steps_do_nothing_costs_no_statement_more(
    world: World, api: Api, case_of: Any
) -> None:
    case = case_of(task("call", visible_when={"data.go": {"$eq": True}}), task("other", reminders=[{"after": "P3D"}]))
    update(api, case, deadline="2027-01-01")
    before = len(world.statements)
    update(api, case, deadline="2027-01-02")
    assert [query.split()[0] for query in world.statements[before:]] == ["SELECT", "SELECT", "WITH"]
    before = len(world.statements)
    update(api, case, go=True)
    assert not [query for query in world.statements[before:] if "case_step_dues" in query]


def test_a_step_is_due_by_what_its_field_says_now(api: Api, case_of: Any) -> None:
    """[18] A deadline that was set, or moved, once the step was under way changed nothing: until when stood as it was at the start."""
    case = case_of(
        task(due={"of": "data.deadline", "before": "P2D"}), task("given", due={"of": "data.deadline", "before": "P2D"})
    )
    start(api, case)
    start(api, case, "given", due_at="2027-01-01T10:00:00.000Z")
    assert "due_at" not in step(api, case)["data"]
    update(api, case, deadline="2027-03-10")
    assert step(api, case)["data"]["due_at"].startswith("2027-03-08")
    assert step(api, case, "given")["data"]["due_at"] == "2027-01-01T10:00:00.000Z", "somebody said so"
    assert kinds(api, case)[0] == "step_due"
    update(api, case, deadline="2027-04-10")
    assert step(api, case)["data"]["due_at"].startswith("2027-04-08")
    update(api, case, deadline=None)
    assert "due_at" not in step(api, case)["data"]
    update(api, case, go=True)
    assert kinds(api, case).count("step_due") == 3
    put(api, case, "completed")
    update(api, case, deadline="2027-05-10")
    assert kinds(api, case).count("step_due") == 3, "what is done is due no more"
