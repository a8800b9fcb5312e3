"""What rules do once a change is kept, why they did, and what they would do (moves.md, section 2)."""

import http.server
import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import psycopg
import pytest

from dossier.automations.actions import doing, running
from dossier.foundation.jobs import Later
from dossier.foundation.reachable import Allowed
from dossier.steps.actions import due
from tests.automations.conftest import FIELDS, rule, traces, update
from tests.steps.test_sending_steps import bounce
from tests.world import Api, World, errors, values

Work = Callable[..., int]
ON_NOTE = {"change": ["data.note"]}


def step(api: Api, case: dict[str, Any], key: str) -> str:
    found = api.json("GET", f"/v1/cases/{case['id']}")["steps"]
    return next(each["status"] for each in found if each["id"] == key)


def test_a_step_is_started_afterwards_once_however_often_the_job_runs(api: Api, case_of: Any, work: Work) -> None:
    case = case_of(rule("begin", ON_NOTE, {"start": "call"}))
    update(api, case, note="x")
    trace = traces(api, case)["begin"]
    assert (step(api, case, "call"), trace["outcome"], trace["actions"][0]["state"]) == (
        "available",
        "waiting",
        "waiting",
    )
    assert work(case, again=True) == 1
    work(case)
    trace = traces(api, case)["begin"]
    assert (step(api, case, "call"), trace["outcome"], trace["actions"][0]["tries"]) == ("started", "done", 1)
    kinds = [each["kind"] for each in api.json("GET", f"/v1/cases/{case['id']}/history")["data"]]
    assert kinds.count("step_started") == 1


def test_what_fails_is_shown_and_holds_up_and_undoes_nothing(api: Api, case_of: Any, work: Work) -> None:
    case = case_of(rule("twice", ON_NOTE, {"set": {"data.level": "x"}}, {"start": "call"}, {"start": "call"}))
    update(api, case, note="x")
    work(case)
    trace = traces(api, case)["twice"]
    assert [each["state"] for each in trace["actions"]] == ["done", "failed"]
    assert "started already" in trace["actions"][1]["error"]
    assert trace["outcome"] == "failed"
    case = api.json("GET", f"/v1/cases/{case['id']}")
    assert values(case)["level"] == "x"


def test_nothing_is_done_for_a_change_that_was_only_rehearsed(api: Api, case_of: Any, work: Work) -> None:
    case = case_of(rule("begin", ON_NOTE, {"start": "call"}))
    api.json("POST", f"/v1/cases/{case['id']}/data", json={"data": {"note": "x"}}, params={"dry_run": "true"})
    assert work(case) == 0
    assert traces(api, case)["begin"]["outcome"] == "not_set_off"


def test_the_owner_and_a_slot_are_told_each_by_a_message(
    world: World, workspace: Any, api: Api, case_of: Any, work: Work, database_url: str
) -> None:
    email = f"ada-{workspace.slug}@acme.example"
    world.member(workspace, email)
    tell = {"tell": ["owner", "main"], "text": "Amount {{ data.amount }} of {{ case.reference }}."}
    case = case_of(
        rule("tell", ON_NOTE, tell), owner={"email": email}, contacts=[{"key": "main", "email": "bob@example.org"}]
    )
    update(api, case, amount=12, note="x")
    work(case, again=True)
    work(case)
    with psycopg.connect(database_url) as connection:
        rows = connection.execute("SELECT m::text FROM messages m WHERE case_id = %s", [case["id"]]).fetchall()
    found = sorted(row[0] for row in rows)
    assert len(found) == 2
    assert all(f"Amount 12 of {case['reference']}." in each for each in found)
    assert [sum(who in each for each in found) for who in (email, "bob@example.org")] == [1, 1]
    assert traces(api, case)["tell"]["outcome"] == "done"


def test_a_task_of_the_cases_own_is_made_once_and_worked_on(
    world: World, workspace: Any, api: Api, case_of: Any, work: Work
) -> None:
    email = f"ada-{workspace.slug}@acme.example"
    world.member(workspace, email)
    task = {"task": {"title": "Look into it", "body": "All of it", "assignee": email, "due": "P5D"}}
    case = case_of(rule("make", ON_NOTE, task))
    update(api, case, note="x")
    work(case, again=True)
    work(case)
    steps = api.json("GET", f"/v1/cases/{case['id']}")["steps"]
    (made,) = [each for each in steps if each["title"] == "Look into it"]
    assert (made["status"], made["data"]["assignee"]["email"]) == ("started", email)
    assert made["data"]["due_at"]
    done = {"status": "completed", "data": {}}
    api.json("PATCH", f"/v1/cases/{case['id']}/steps/{made['id']}", json=done)
    assert step(api, case, made["id"]) == "completed"
    assert traces(api, case)["make"]["outcome"] == "done"


# ---- when it goes, and what it says ----

MAIL = {"key": "m", "title": "Mail", "type": "email", "recipient": "main", "subject": "S", "body": "See {{ case.url }}"}
BOB = {"key": "main", "given_name": "Bob", "email": "bob@example.org"}


def to_a_sunday(world: World) -> None:
    """Noon of the next Sunday."""
    now = world.clock()
    then = (now + timedelta(days=(6 - now.weekday()) % 7 or 7)).replace(hour=12, minute=0, second=0, microsecond=0)
    world.clock.shift += then - now


def written(api: Api, case: dict[str, Any]) -> dict[str, Any]:
    (row,) = api.json("GET", "/v1/messages", params={"case[id]": case["id"]})["data"]
    found: dict[str, Any] = api.json("GET", f"/v1/messages/{row['id']}")
    return found


def is_monday_morning(text: str) -> bool:
    at = datetime.fromisoformat(text)
    return (at.isoweekday(), at.hour, at.minute) == (1, 8, 0)


@pytest.mark.parametrize("more", [{}, {"start_when": {"data.level": {"$eq": "never"}}}], ids=["", "by itself, too"])
def test_a_mail_that_a_rule_starts_waits_for_sending_hours(
    world: World, api: Api, case_of: Any, work: Work, more: Any
) -> None:
    """Nobody pressed a button for it."""
    to_a_sunday(world)
    case = case_of(rule("begin", ON_NOTE, {"start": "m"}), steps=[MAIL | more], contacts=[BOB])
    update(api, case, note="x")
    work(case)
    (state,) = [each for each in api.json("GET", f"/v1/cases/{case['id']}")["steps"] if each["id"] == "m"]
    assert (state["status"], is_monday_morning(state["data"]["at"])) == ("scheduled", True)
    assert api.json("GET", "/v1/messages", params={"case[id]": case["id"]})["data"] == []
    assert traces(api, case)["begin"]["outcome"] == "done"
    world.clock.shift += datetime.fromisoformat(state["data"]["at"]) - world.clock()
    world.server.run(due.do_all(world.services))
    assert step(api, case, "m") == "started"
    assert written(api, case)["to"] == ["bob@example.org"]


def test_a_mail_that_a_rule_starts_again_waits_for_sending_hours(
    world: World, api: Api, case_of: Any, work: Work
) -> None:
    """A step that was called off cannot be planned; its message can."""
    to_a_sunday(world)
    case = case_of(rule("begin", ON_NOTE, {"start": "m"}), steps=[MAIL], contacts=[BOB])
    later = {"send_at": "2999-01-01T00:00:00Z"}
    api.json("POST", f"/v1/cases/{case['id']}/start/m", json={"data": later})
    api.json("PATCH", f"/v1/cases/{case['id']}/steps/m", json={"status": "cancelled"})
    update(api, case, note="x")
    work(case)
    assert step(api, case, "m") == "started"
    assert is_monday_morning(written(api, case)["at"])


def test_who_is_told_by_a_rule_is_told_in_sending_hours(world: World, api: Api, case_of: Any, work: Work) -> None:
    to_a_sunday(world)
    case = case_of(rule("tell", ON_NOTE, {"tell": ["main"], "text": "Hello"}), contacts=[BOB])
    update(api, case, note="x")
    work(case)
    assert is_monday_morning(written(api, case)["at"])


def test_who_is_told_stands_in_the_history_and_where_it_came_back_nobody_is(
    world: World, workspace: Any, api: Api, case_of: Any, work: Work
) -> None:
    """[18] What a rule tells is a message of the case; addresses from which one came back are left out, and empty slots are said."""
    tell = {"tell": ["main", "ann@example.org", "owner"], "text": "Look at {{ data.level }}"}
    case = case_of(rule("tell", ON_NOTE, tell), contacts=[BOB])
    update(api, case, note="x")
    work(case)
    rows = api.json("GET", "/v1/messages", params={"case[id]": case["id"]})["data"]
    assert sorted(each["to"][0] for each in rows) == ["ann@example.org", BOB["email"]]
    entry = next(
        each for each in api.json("GET", f"/v1/cases/{case['id']}/history")["data"] if each["kind"] == "message_pending"
    )
    assert {path.partition(".")[2] for path in entry["changes"]} == {each["id"] for each in rows}
    assert entry["reason"] == (
        "Without a value in the text: data.level. "
        "Not written to, for want of an address that takes messages: the owner."
    )
    bounce(
        world,
        workspace,
        api.json("GET", f"/v1/messages/{next(each['id'] for each in rows if each['to'] == ['ann@example.org'])}"),
    )
    update(api, case, note="y")
    work(case)
    later = api.json("GET", "/v1/messages", params={"case[id]": case["id"]})["data"]
    assert sorted(each["to"][0] for each in later) == ["ann@example.org", BOB["email"], BOB["email"]]


@pytest.mark.parametrize("then", [{"start": "m"}, {"tell": ["main"], "text": "See {{ case.url }}"}])
def test_what_a_rule_sends_leads_to_the_case(
    world: World, api: Api, case_of: Any, work: Work, then: dict[str, Any]
) -> None:
    """Jobs know no request: the address is the operator's setting."""
    to_a_sunday(world)
    world.clock.forward(days=2)
    case = case_of(rule("go", ON_NOTE, then), steps=[MAIL], contacts=[BOB])
    update(api, case, note="x")
    work(case, services=replace(world.services, base_url="https://dossier.example"))
    message = written(api, case)
    assert f"https://dossier.example/workspace/cases/{case['id']}" in message["text"]
    assert f'href="https://dossier.example/workspace/cases/{case["id"]}"' in message["html"]


def test_a_call_of_a_rule_leads_to_the_case(
    api: Api, case_of: Any, work: Work, receiver: "Receiver", reaching: Any
) -> None:
    case = case_of(rule("ask", ON_NOTE, {"http": {"url": receiver.url, "body": {"url": "{{ case.url }}"}}}))
    update(api, case, note="x")
    work(case, services=replace(reaching, base_url="https://dossier.example"))
    assert json.loads(receiver.asked[0][3]) == {"url": f"https://dossier.example/workspace/cases/{case['id']}"}


def test_a_task_of_a_rule_says_its_title_and_text_on_this_case(api: Api, case_of: Any, work: Work) -> None:
    task = {
        "title": "Call {{ contact.given_name }} about {{ data.note }}",
        "body": "Amount {{ data.amount }}: {{ case.url }}",
    }
    case = case_of(rule("make", ON_NOTE, {"task": task}), contacts=[BOB])
    update(api, case, note="the roof")
    work(case)
    made = api.json("GET", f"/v1/cases/{case['id']}")["steps"][-1]
    assert (made["title"], made["data"]["body"]) == ("Call Bob about the roof", "Amount :")
    history = api.json("GET", f"/v1/cases/{case['id']}/history")["data"]
    assert "data.amount" in next(each["reason"] for each in history if each["kind"] == "step_started")


def test_a_task_of_a_rule_with_nothing_for_a_title_has_that_of_its_case(api: Api, case_of: Any, work: Work) -> None:
    case = case_of(rule("make", ON_NOTE, {"task": {"title": "{{ data.level }}"}}), title="The roof")
    update(api, case, note="x")
    work(case)
    made = api.json("GET", f"/v1/cases/{case['id']}")["steps"][-1]
    assert (made["title"], "body" in made["data"]) == ("The roof", False)


def test_what_failed_of_a_rule_is_tried_again_by_hand(api: Api, case_of: Any, work: Work) -> None:
    """A failed action alone; what is done is not done twice."""
    case = case_of(rule("go", ON_NOTE, {"start": "call"}, {"tell": ["main"], "text": "Hello"}))
    address = f"/v1/cases/{case['id']}/automations/go/retry"
    assert api.json("POST", address)["outcome"] == "not_set_off"
    update(api, case, note="x")
    work(case)
    assert [each["state"] for each in traces(api, case)["go"]["actions"]] == ["done", "failed"]
    api.json("POST", f"/v1/cases/{case['id']}/contacts", json={"contacts": [BOB]})
    again = api.json("POST", address)
    assert (again["outcome"], [each["state"] for each in again["actions"]]) == ("waiting", ["done", "waiting"])
    assert api.json("POST", address) == again
    assert work(case) == 1
    assert traces(api, case)["go"]["outcome"] == "done"
    assert written(api, case)["to"] == ["bob@example.org"]
    unknown = api.post(address.replace("/go/", "/gone/"))
    assert (unknown.status_code, errors(unknown)) == (404, {"": "unknown_automation"})


# ---- why ----


def test_a_trace_says_why_a_rule_did_or_did_not(api: Api, case_of: Any) -> None:
    big = rule("big", {"change": ["data.amount"]}, {"set": {"status": "to_review"}}, if_={"data.amount": {"$gt": 100}})
    case = case_of(big, rule("off", ON_NOTE, {"waiting_for": "owner"}, enabled=False))
    assert traces(api, case)["big"]["outcome"] == "not_set_off"
    update(api, case, amount=5)
    found = traces(api, case)["big"]
    assert (found["outcome"], found["last_fired_at"]) == ("condition_not_met", None)
    assert {"part": "data.amount $gt 100", "held": False, "value": 5} in found["why"]
    fired = update(api, case, amount=500)
    found = traces(api, case)["big"]
    assert (found["outcome"], fired["status"]) == ("done", "to_review")
    assert {"part": "data.amount $gt 100", "held": True, "value": 500} in found["why"]
    assert found["last_fired_at"] is not None
    update(api, case, amount=600)
    assert traces(api, case)["big"]["outcome"] == "held_before"
    assert traces(api, case)["off"]["outcome"] == "switched_off"


def test_trying_says_what_would_happen_and_nothing_does(world: World, workspace: Any, api: Api, case_of: Any) -> None:
    emails = [f"{name}-{workspace.slug}@acme.example" for name in ("ada", "bob")]
    for each in emails:
        world.member(workspace, each)
    big = rule(
        "big",
        {"change": ["data.amount"]},
        {"set": {"status": "to_review"}},
        {"owner": {"in_turn": emails}},
        {"start": "call"},
        if_={"data.amount": {"$gt": 100}},
    )
    case = case_of(big)
    template = case["template"]
    before = api.json("GET", f"/v1/cases/{case['id']}/history")
    address = f"/v1/case_templates/{template}/automations/try"
    for _ in range(2):
        tried = api.json("POST", address, json={"case": case["id"], "data": {"amount": 500}})
        assert tried["data"][0]["outcome"] == "fires"
        assert tried["changes"]["status"] == {"old": "draft", "new": "to_review"}
        assert tried["changes"]["owner"]["new"]["email"] == emails[0]
        assert tried["later"] == {"big": [{"start": "call"}]}
    assert (
        api.json("POST", address, json={"case": case["id"], "data": {"amount": 5}})["data"][0]["outcome"]
        == "condition_not_met"
    )
    assert api.json("POST", address, json={"case": case["id"]})["data"][0]["outcome"] == "not_set_off"
    other = {"title": "T", "schema": [{"key": "amount", "type": "number", "name": "A"}]}
    assert api.json("POST", address, json={"case": case["id"], "document": other})["data"] == []
    assert api.json("GET", f"/v1/cases/{case['id']}/history") == before


# ---- calls ----


@dataclass
class Receiver:
    """A server that answers as it is told, and remembers what it was asked."""

    port: int = 0
    status: int = 200
    answer: bytes = b"{}"
    asked: list[tuple[str, str, dict[str, str], bytes]] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"


@contextmanager
def receiving() -> Iterator[Receiver]:
    receiver = Receiver()

    class Handler(http.server.BaseHTTPRequestHandler):
        def _any(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length") or 0))
            headers = {name.lower(): value for name, value in self.headers.items()}
            receiver.asked.append((self.command, self.path, headers, body))
            self.send_response(receiver.status)
            self.send_header("Content-Length", str(len(receiver.answer)))
            self.end_headers()
            self.wfile.write(receiver.answer)

        do_GET = do_POST = do_PUT = _any  # noqa: N815 - as the library calls them

        def log_message(self, *_: Any) -> None:
            return

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    receiver.port = server.server_address[1]
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    yield receiver
    server.shutdown()


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as found:
        yield found


@pytest.fixture
def reaching(world: World, receiver: Receiver) -> Any:
    return replace(world.services, outbound=Allowed.read(f"127.0.0.1:{receiver.port}"))


def calling(receiver: Receiver, **more: Any) -> dict[str, Any]:
    return {"http": {"url": receiver.url + "/claims/{{ data.note }}"} | more}


def test_another_system_is_called_with_a_secret_that_nothing_shows(
    api: Api,
    case_of: Any,
    work: Work,
    receiver: Receiver,
    reaching: Any,
    workspace: Any,
    database_url: str,
) -> None:
    secret = "s3cr3t-canary-1f2e"
    api.json("PUT", f"/v1/workspaces/{workspace.id}/secrets/key", 204, json={"value": secret})
    http_call = calling(
        receiver,
        headers={"Authorization": "Bearer {{ secrets.key }}"},
        body={"amount": "{{ data.amount }}", "list": ["{{ data.note }}"]},
        save={"data.level": "/risk/level"},
    )
    case = case_of(rule("ask", ON_NOTE, http_call))
    receiver.answer = json.dumps({"risk": {"level": "high"}}).encode()
    update(api, case, note="a/b?c", amount=7)
    work(case, services=reaching)
    ((method, path, headers, body),) = receiver.asked
    assert (method, path) == ("POST", "/claims/a%2Fb%3Fc")
    assert headers["authorization"] == f"Bearer {secret}"
    assert json.loads(body) == {"amount": "7", "list": ["a/b?c"]}
    assert len(headers["idempotency-key"]) == 36
    assert values(api.json("GET", f"/v1/cases/{case['id']}"))["level"] == "high"
    assert traces(api, case)["ask"]["outcome"] == "done"
    shown = api.get(f"/v1/workspaces/{workspace.id}/secrets").text
    assert secret not in shown
    assert '"key"' in shown
    for path in ("history", "automations"):
        assert secret not in api.get(f"/v1/cases/{case['id']}/{path}").text
    with psycopg.connect(database_url) as connection:
        for table in ("case_events", "automation_runs", "audit_entries", "workspace_secrets", "cases"):
            rows = connection.execute(f"SELECT t::text FROM {table} t WHERE strpos(t::text, %s) > 0", [secret])
            assert rows.fetchall() == [], table


def test_a_call_that_may_go_better_later_is_tried_again_under_the_same_id(
    api: Api, case_of: Any, work: Work, receiver: Receiver, reaching: Any
) -> None:
    case = case_of(rule("ask", ON_NOTE, calling(receiver)))
    receiver.status = 503
    update(api, case, note="x")
    with pytest.raises(Exception, match="the action"):
        work(case, services=reaching)
    trace = traces(api, case)["ask"]
    assert (trace["outcome"], trace["actions"][0]["error"]) == ("waiting", "The other system answered 503.")
    receiver.status = 200
    work(case, services=reaching)
    assert traces(api, case)["ask"]["outcome"] == "done"
    assert len({each[2]["idempotency-key"] for each in receiver.asked}) == 1


UNTAKEN = [
    (400, b"{}", {}, "The other system answered 400."),
    (302, b"{}", {}, "The other system answered 302."),
    (200, b"no json", {"data.level": "/a"}, "The answer is no JSON"),
    (200, b"{}", {"data.level": "/a"}, "The answer has nothing at /a"),
    (200, b'{"a": "ten"}', {"data.amount": "/a"}, "A value of the answer was refused"),
    (200, b'{"a": 5}'.ljust(256 * 1024), {"data.level": "/b"}, "The answer has nothing at /b"),
    (200, b'{"a": "'.ljust(256 * 1024 - 1, b"x") + b'"}', {"data.level": "/a"}, "The answer is no JSON, or too long"),
    (200, b'{"a": "echo s3cr3t-canary"}', {"data.level": "/a"}, "repeats a secret"),
]


@pytest.mark.parametrize("untaken", UNTAKEN, ids=[each[3] for each in UNTAKEN])
def test_a_call_that_is_refused_has_failed_and_changes_nothing(
    api: Api, case_of: Any, work: Work, receiver: Receiver, reaching: Any, workspace: Any, untaken: Any
) -> None:
    status, answer, save, said = untaken
    api.json("PUT", f"/v1/workspaces/{workspace.id}/secrets/key", 204, json={"value": "s3cr3t-canary"})
    case = case_of(rule("ask", ON_NOTE, calling(receiver, save=save)))
    receiver.status, receiver.answer = status, answer
    update(api, case, note="x")
    version = api.get(f"/v1/cases/{case['id']}").headers["etag"]
    work(case, services=reaching)
    trace = traces(api, case)["ask"]
    assert trace["outcome"] == "failed"
    assert said in trace["actions"][0]["error"]
    assert api.get(f"/v1/cases/{case['id']}").headers["etag"] == version


def test_no_call_leads_inside(world: World, api: Api, case_of: Any, work: Work, receiver: Receiver) -> None:
    case = case_of(rule("ask", ON_NOTE, calling(receiver)))
    update(api, case, note="x")
    work(case, services=replace(world.services, outbound=Allowed()))
    assert "leads into this server or its network" in traces(api, case)["ask"]["actions"][0]["error"]
    assert receiver.asked == []


ELSEWHERE = ["..", ".", "a/..", "../x", "..\\x", "%2e%2e", "%252e%252E", "a%2f..", "..;x"]


@pytest.mark.parametrize("note", ELSEWHERE)
def test_a_value_leads_a_call_to_no_other_address(
    api: Api, case_of: Any, work: Work, receiver: Receiver, reaching: Any, note: str
) -> None:
    """[http 1] `/ok/{{ data.note }}/tail` with the note `..` called `/tail`."""
    address = receiver.url + "/ok/{{ data.note }}/tail?q={{ data.note }}"
    case = case_of(rule("ask", ON_NOTE, {"http": {"url": address}}))
    update(api, case, note=note)
    work(case, services=reaching)
    assert receiver.asked == []
    assert traces(api, case)["ask"]["actions"][0]["error"] == "A value would lead the call to another address."


def test_values_are_parts_of_the_address_also_after_one_that_begins_it_and_through_filters(
    api: Api, case_of: Any, work: Work, receiver: Receiver, reaching: Any, workspace: Any
) -> None:
    """[http 1] Behind `{{ secrets.base }}` nothing was encoded."""
    api.json("PUT", f"/v1/workspaces/{workspace.id}/secrets/base", 204, json={"value": receiver.url + "/ok"})
    address = "{{ secrets.base }}/{{ data.note | append: '/x?' }}/..a/a..?q=../{{ data.note }}"
    case = case_of(rule("ask", ON_NOTE, {"http": {"url": address}}))
    update(api, case, note="a/b&c=#d")
    work(case, services=reaching)
    assert [each[1] for each in receiver.asked] == [
        "/ok/a%2Fb%26c%3D%23d%2Fx%3F/..a/a..?q=../a%2Fb%26c%3D%23d",
    ]


def test_a_call_whose_address_lacks_a_value_is_not_made(
    api: Api, case_of: Any, work: Work, receiver: Receiver, reaching: Any
) -> None:
    """[18] A call of `/ok/{{ data.level }}` without a level would be one of `/ok/`: with DELETE, of everything."""
    http = {"url": receiver.url + "/ok/{{ data.level }}?note={{ data.level }}"}
    case = case_of(rule("ask", ON_NOTE, {"http": http}))
    update(api, case, note="x")
    work(case, services=reaching)
    assert receiver.asked == []
    error = "The address lacks a value, and would be another one: data.level."
    assert traces(api, case)["ask"]["actions"][0]["error"] == error
    update(api, case, note="y", level="a")
    work(case, services=reaching)
    assert [each[1] for each in receiver.asked] == ["/ok/a?note=a"]


def refused(api: Api, work: Work, reaching: Any, case: dict[str, Any], note: str = "x") -> str:
    """Why a call was refused."""
    update(api, case, note=note)
    work(case, services=reaching)
    trace = traces(api, case)["ask"]
    assert trace["outcome"] == "failed"
    return str(trace["actions"][0]["error"])


@pytest.mark.parametrize("part", ["url", "headers", "body"])
def test_a_call_with_a_secret_that_there_is_not_fails_before_anything_is_sent(
    api: Api, case_of: Any, work: Work, receiver: Receiver, reaching: Any, part: str
) -> None:
    """[http 3] It was sent with nothing there, and completed."""
    gap = "{{ secrets.absent }}"
    parts = {"url": {"url": receiver.url + "/" + gap}, "headers": {"headers": {"X": gap}}, "body": {"body": [gap]}}
    case = case_of(rule("ask", ON_NOTE, calling(receiver, **parts[part])))
    assert refused(api, work, reaching, case) == "There is no secret “absent”."
    assert receiver.asked == []


@pytest.mark.parametrize("headers", [{}, {"content-type": "application/vnd.x+json; charset=utf-8"}])
@pytest.mark.parametrize("note", ['x","admin":true,"y":"', "a\\b", "{}"])
def test_a_value_stays_one_member_of_a_body_of_json(
    api: Api, case_of: Any, work: Work, receiver: Receiver, reaching: Any, note: str, headers: Any
) -> None:
    """[http 4] A note with a quotation mark in it wrote members of its own."""
    body = '{% if data.note %}{"n": "{{ data.note }}", "amount": {{ raw.amount }}}{% endif %}'
    case = case_of(rule("ask", ON_NOTE, calling(receiver, url=receiver.url, headers=headers, body=body)))
    update(api, case, note=note, amount=7)
    work(case, services=reaching)
    ((_, _, sent, content),) = receiver.asked
    assert json.loads(content) == {"n": note, "amount": 7}
    assert sent["content-type"] == headers.get("content-type", "application/json")


def test_a_body_that_is_no_json_with_its_values_is_not_sent(
    api: Api, case_of: Any, work: Work, receiver: Receiver, reaching: Any
) -> None:
    """[http 4] `{"n": }` was sent as JSON."""
    case = case_of(rule("ask", ON_NOTE, calling(receiver, body='{"n": {{ raw.amount }}}')))
    assert refused(api, work, reaching, case) == "The body is no JSON once its values are in it."
    assert receiver.asked == []


@pytest.mark.parametrize(
    ("body", "headers", "kind"),
    [
        ("Note: {{ data.note }}", {}, "text/plain; charset=utf-8"),
        ('{"{{ data.note }}', {"Content-Type": "text/plain"}, "text/plain"),
    ],
)
def test_values_of_other_bodies_are_as_they_are(
    api: Api, case_of: Any, work: Work, receiver: Receiver, reaching: Any, body: str, headers: Any, kind: str
) -> None:
    """[http 4]"""
    case = case_of(rule("ask", ON_NOTE, calling(receiver, url=receiver.url, headers=headers, body=body)))
    update(api, case, note='a"b')
    work(case, services=reaching)
    ((_, _, sent, content),) = receiver.asked
    assert (content.decode(), sent["content-type"]) == (body.replace("{{ data.note }}", 'a"b'), kind)


FRAMING = ["Host", "content-length", "Transfer-Encoding", "Connection", "TE", "Proxy-Authorization", "X Y", "X:\r\nY"]


@pytest.mark.parametrize("name", FRAMING)
def test_headers_that_frame_a_call_are_not_a_templates_to_write(api: Api, receiver: Receiver, name: str) -> None:
    """[http 2]"""
    action = calling(receiver, headers={name: "x", "Accept": "*/*"})
    steps = [http_step(receiver) | {"headers": {name: "x"}}]
    document = {"title": "T", "schema": FIELDS, "steps": steps, "automations": [rule("ask", ON_NOTE, action)]}
    answer = api.post("/v1/case_templates", json=document)
    assert errors(answer) == dict.fromkeys(
        (f"/steps/0/headers/{name}", f"/automations/0/then/0/http/headers/{name}"), "invalid_value"
    )


def test_headers_that_were_published_before_are_refused_when_the_call_is_made(
    api: Api, make_template: Any, make_case: Any, work: Work, receiver: Receiver, reaching: Any, database_url: str
) -> None:
    """[http 2] `Host` led the call to another site of the same server."""
    action = calling(receiver, headers={"X-Host": "x"})
    template = {"id": make_template(schema=FIELDS, automations=[rule("ask", ON_NOTE, action)])["id"]}
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute(
            "INSERT INTO case_template_versions SELECT workspace_id, template_id, 2, title,"
            " replace(document::text, 'X-Host', 'Host')::jsonb, published_at FROM case_template_versions"
            " WHERE template_id = %s",
            [template["id"]],
        )
        connection.execute("UPDATE case_templates SET current_version = 2 WHERE id = %s", [template["id"]])
    case = make_case(template=template)
    assert refused(api, work, reaching, case) == "A call cannot have the header “Host”."
    assert receiver.asked == []


def http_step(receiver: Receiver) -> dict[str, Any]:
    asked = {"url": receiver.url + "/risk", "method": "POST", "body": '{"amount": {{ raw.amount }}}'}
    return {"key": "ask", "title": "Ask", "type": "http", "save": {"data.level": "/level"}} | asked


def test_a_step_that_calls_is_completed_by_an_answer_and_sets_rules_off(
    api: Api, case_of: Any, work: Work, receiver: Receiver, reaching: Any
) -> None:
    asked = rule("asked", {"step": "ask", "is": "completed"}, {"set": {"data.note": "asked"}})
    case = case_of(asked, steps=[http_step(receiver)])
    update(api, case, amount=7)
    receiver.answer = b'{"level": "low"}'
    api.json("POST", f"/v1/cases/{case['id']}/start/ask", json={"data": {}})
    work(case, services=reaching, again=True)
    work(case, services=reaching)
    found = values(api.json("GET", f"/v1/cases/{case['id']}"))
    assert (step(api, case, "ask"), found["level"], found["note"]) == ("completed", "low", "asked")
    assert [json.loads(each[3]) for each in receiver.asked] == [{"amount": 7}]


def test_a_step_whose_call_is_refused_has_failed(
    api: Api, case_of: Any, work: Work, receiver: Receiver, reaching: Any
) -> None:
    case = case_of(steps=[http_step(receiver)])
    receiver.status = 400
    api.json("POST", f"/v1/cases/{case['id']}/start/ask", json={"data": {}})
    work(case, services=reaching)
    assert step(api, case, "ask") == "failed"


@pytest.mark.parametrize("luck", [0.5, 1.5])
def test_a_step_whose_call_is_never_taken_has_failed_before_its_job_gives_up(
    world: World, api: Api, case_of: Any, work: Work, receiver: Receiver, reaching: Any, luck: float, monkeypatch: Any
) -> None:
    """[18] The job gave up first, and the step was under way for ever."""
    monkeypatch.setattr("dossier.foundation.jobs.random.uniform", lambda _low, _high: luck)
    case = case_of(steps=[http_step(receiver)])
    receiver.status = 503
    update(api, case, amount=7)
    api.json("POST", f"/v1/cases/{case['id']}/start/ask", json={"data": {}})
    tries = 0
    while step(api, case, "ask") == "started":
        try:
            work(case, services=reaching, again=True)
        except doing.TryAgain as refusal:
            job: Any = SimpleNamespace(task_name="automations.call_step", id=1, attempts=tries)
            decision = Later().get_retry_decision(exception=refusal, job=job)
            assert decision, "the job gave up"
            world.clock.forward(seconds=round((decision.retry_at - datetime.now(UTC)).total_seconds()))
            tries += 1
    assert step(api, case, "ask") == "failed"
    assert 6 < tries < 12


# ---- secrets ----


def test_secrets_are_named_set_and_removed_and_never_shown(world: World, api: Api, workspace: Any) -> None:
    address = f"/v1/workspaces/{workspace.id}/secrets"
    api.json("PUT", f"{address}/one", 204, json={"value": "first"})
    api.json("PUT", f"{address}/one", 204, json={"value": "second"})
    (row,) = api.json("GET", address)["data"]
    assert row.keys() == {"name", "created_at", "updated_at"}
    for name in ("One", "a-b", "1a"):
        assert api.put(f"{address}/{name}", json={"value": "x"}).status_code == 400
    assert api.put(f"{address}/two", json={"value": ""}).status_code == 400
    api.json("DELETE", f"{address}/one", 204)
    assert api.delete(f"{address}/one").status_code == 404
    stranger = world.client(world.token(world.workspace()))
    assert stranger.get(address).status_code == 404
    assert stranger.put(f"{address}/one", json={"value": "x"}).status_code == 404


def test_a_rule_that_sets_itself_off_afterwards_ends(api: Api, case_of: Any, work: Any) -> None:
    """[18] A note that is written, or a call, and starts again once it is done, went on for ever: rounds end within a change alone."""
    again = {"key": "log", "title": "Log", "type": "note", "body": "x", "repeatable": True}
    case = case_of(
        rule("round", {"step": "log", "is": "completed"}, {"start": "log"}),
        rule("ping", {"change": ["data.note"]}, {"tell": ["owner"], "text": "x"}),
        steps=[again],
    )
    api.json("POST", f"/v1/cases/{case['id']}/start/log")
    turns = sum(bool(work(case)) for _ in range(running.BY_ITSELF + 5))
    assert turns == running.BY_ITSELF + 1
    found = traces(api, case)["round"]
    assert (found["outcome"], found["actions"][0]["error"][:28]) == ("failed", "The rule went off 10 times a")
    api.json("POST", f"/v1/cases/{case['id']}/start/log")
    assert work(case)
    assert traces(api, case)["round"]["outcome"] == "waiting", "somebody did something: it acts again"
    for number in range(running.BY_ITSELF + 3):
        update(api, case, note=str(number))
        work(case)
    assert traces(api, case)["ping"]["actions"][0]["error"] != found["actions"][0]["error"], "each time somebody did it"
