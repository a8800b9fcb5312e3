"""What a case does by itself: transitions, steps that show and start (contract section 5)."""

from typing import Any

import pytest

from tests.world import Api, errors, values

FIELDS = [{"key": "amount", "type": "number", "name": "Amount"}, {"key": "note", "type": "text", "name": "Note"}]


def status(key: str, parent: str = "in_progress", **when: Any) -> dict[str, Any]:
    return {"key": key, "label": key.title(), "parent_status": parent} | ({"when": when} if when else {})


@pytest.fixture
def case_of(make_template: Any, make_case: Any) -> Any:
    def make(**document: Any) -> dict[str, Any]:
        return make_case(template={"id": make_template(schema=FIELDS, **document)["id"]})

    return make


def update(api: Api, case: dict[str, Any], **data: Any) -> dict[str, Any]:
    return api.json("POST", f"/v1/cases/{case['id']}/data", json={"data": data})


def kinds(api: Api, case: dict[str, Any]) -> list[str]:
    return [entry["kind"] for entry in api.json("GET", f"/v1/cases/{case['id']}/history")["data"]]


def test_a_transition_fires_in_the_same_answer_and_says_why(api: Api, case_of: Any) -> None:
    case = case_of(statuses=[status("review", watch=["data.amount"], condition={"data.amount": {"$gt": 0}})])
    moved = update(api, case, amount=5)
    assert (moved["status"], moved["parent_status"]) == ("review", "in_progress")
    entry = api.json("GET", f"/v1/cases/{case['id']}/history")["data"][0]
    assert (entry["kind"], entry["actor"]["type"], entry["via"]) == ("transition", "system", "automation")
    assert entry["reason"] == "data.amount changed, and the condition of “Review” holds."
    assert entry["changes"]["status"] == {"old": "draft", "new": "review"}


def test_only_what_is_watched_makes_it_fire(api: Api, case_of: Any) -> None:
    case = case_of(statuses=[status("review", watch=["data.note"], condition={"data.amount": {"$gt": 0}})])
    assert update(api, case, amount=5)["status"] == "draft"
    assert update(api, case, note="x")["status"] == "review"


def test_the_first_match_in_document_order_wins(api: Api, case_of: Any) -> None:
    statuses = [
        status("large", condition={"data.amount": {"$gt": 100}}),
        status("small", condition={"data.amount": {"$gt": 0}}),
    ]
    case = case_of(statuses=statuses)
    assert update(api, case, amount=5)["status"] == "small"
    assert update(api, case, amount=500)["status"] == "large"


def test_once_transition_fires_once(api: Api, case_of: Any) -> None:
    case = case_of(statuses=[status("review", condition={"data.amount": {"$gt": 0}}, once=True)])
    assert update(api, case, amount=5)["status"] == "review"
    api.json("PATCH", f"/v1/cases/{case['id']}", json={"status": "pending"})
    assert update(api, case, amount=6)["status"] == "pending"


def test_transitions_follow_each_other(api: Api, case_of: Any) -> None:
    statuses = [
        status("one", condition={"data.amount": {"$eq": 1}, "status": {"$eq": "draft"}}),
        status("two", watch=["status"], condition={"status": {"$eq": "one"}}),
        status("three", "closed", watch=["status"], condition={"status": {"$eq": "two"}}),
    ]
    case = case_of(statuses=statuses)
    assert update(api, case, amount=1)["status"] == "three"
    assert kinds(api, case)[:4] == ["transition", "transition", "transition", "data"]


def test_a_loop_stops_and_keeps_the_data(api: Api, case_of: Any) -> None:
    statuses = [
        status("ping", condition={"status": {"$eq": "pong"}}),
        status("pong", condition={"$or": [{"status": {"$eq": "ping"}}, {"data.amount": {"$eq": 1}}]}),
    ]
    case = case_of(statuses=statuses)
    update(api, case, amount=1)
    entries = api.json("GET", f"/v1/cases/{case['id']}/history", params={"page[size]": 100})["data"]
    assert entries[0]["kind"] == "transitions_stopped"
    assert [entry["kind"] for entry in entries].count("transition") == 10
    assert values(api.json("GET", f"/v1/cases/{case['id']}"))["amount"] == 1


def test_transitions_run_when_a_case_is_made(make_template: Any, make_case: Any) -> None:
    template = make_template(schema=FIELDS, statuses=[status("review", condition={"data.amount": {"$gt": 0}})])
    made = make_case(template={"id": template["id"]}, schema=[{"key": "amount", "value": 3}])
    assert made["status"] == "review"


STEPS = [
    {"key": "call", "title": "Call", "type": "task"},
    {"key": "secret", "title": "Secret", "type": "note", "visible_when": {"data.amount": {"$gt": 100}}},
    {"key": "auto", "title": "Auto", "type": "task", "start_when": {"data.note": {"$eq": "go"}}},
    {"key": "mail", "title": "Mail", "type": "form", "recipient": "main", "start_when": {"data.note": {"$eq": "go"}}},
]


def steps(case: dict[str, Any]) -> dict[str, str]:
    return {step["id"]: step["status"] for step in case["steps"]}


def test_a_step_is_started_and_completed(api: Api, case_of: Any) -> None:
    case = case_of(steps=STEPS)
    url = f"/v1/cases/{case['id']}"
    started = api.json("POST", f"{url}/start/call", json={"data": {"at": "noon"}})
    assert {name: started["steps"][0][name] for name in ("id", "title", "status")} == {
        "id": "call",
        "title": "Call",
        "status": "started",
    }
    assert started["steps"][0]["data"].keys() == {"at", "started_at", "started_by"}
    assert started["steps"][0]["data"]["at"] == "noon"
    assert api.post(f"{url}/start/call").status_code == 409
    done = api.json("PATCH", f"{url}/steps/call", json={"status": "completed", "data": {"said": "yes"}})
    assert done["steps"][0]["status"] == "completed"
    assert done["steps"][0]["data"].items() >= {"at": "noon", "said": "yes"}.items()
    assert api.patch(f"{url}/steps/call", json={"status": "completed"}).status_code == 409
    assert kinds(api, case)[:2] == ["step_completed", "step_started"]


def test_steps_that_cannot_be_started(api: Api, case_of: Any) -> None:
    case = case_of(steps=STEPS)
    url = f"/v1/cases/{case['id']}"
    assert api.post(f"{url}/start/nope").status_code == 404
    hidden = api.post(f"{url}/start/secret")
    assert (hidden.status_code, errors(hidden)) == (422, {"": "step_hidden"})
    mail = api.post(f"{url}/start/mail")
    assert (mail.status_code, errors(mail)) == (409, {"": "not_available"})
    assert api.post(f"/v1/cases/{case['template']}/start/call").status_code == 404
    assert api.json("GET", url) == case


def test_a_step_shows_while_its_condition_holds(api: Api, case_of: Any) -> None:
    case = case_of(steps=STEPS)
    assert steps(case)["secret"] == "hidden"
    assert steps(update(api, case, amount=101))["secret"] == "available"
    assert steps(update(api, case, amount=1))["secret"] == "hidden"


def test_a_step_starts_by_itself_when_its_condition_becomes_true(api: Api, case_of: Any) -> None:
    case = case_of(steps=STEPS)
    started = update(api, case, note="go")
    assert steps(started) == {"call": "available", "secret": "hidden", "auto": "started", "mail": "available"}
    assert set(kinds(api, case)[:3]) == {"step_started", "step_not_started", "data"}
    version = len(kinds(api, case))
    update(api, case, amount=1)
    assert len(kinds(api, case)) == version + 1, "nothing starts again"


def test_a_condition_may_look_at_a_step(api: Api, case_of: Any) -> None:
    case = case_of(steps=STEPS, statuses=[status("called", condition={"steps.call.status": {"$eq": "completed"}})])
    url = f"/v1/cases/{case['id']}"
    api.json("POST", f"{url}/start/call")
    assert api.json("PATCH", f"{url}/steps/call", json={"status": "completed"})["status"] == "called"
