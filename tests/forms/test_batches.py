"""A form is sent to many: what is wrong is said by row and column, forms are made at a pace, followed, and taken back."""

import re
from typing import Any
from uuid import UUID

import pytest

from dossier.forms.actions import batches
from dossier.foundation.actor import Scope, system
from dossier.tokens import actions as tokens
from dossier.workspaces.model import Workspace
from tests.forms.answering import Contact
from tests.forms.support import ELEMENTS, do_due, publish
from tests.world import Api, World, errors

URL = "/v1/form_batches"


@pytest.fixture
def template(world: World, workspace: Workspace) -> None:
    publish(world, workspace)


def rows(count: int) -> list[dict[str, Any]]:
    return [{"user": {"email": f"p{each}@example.org"}, "data": {"amount": each}} for each in range(count)]


def send(api: Api, expected: int = 202, **more: Any) -> Any:
    return api.json("POST", URL, expected, json={"template": "accident", "rows": rows(3)} | more)


def work(world: World) -> None:
    world.server.run(batches.do_all(world.services))


def read(api: Api, batch: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = api.json("GET", f"{URL}/{batch['id']}")
    return found


def counts(batch: dict[str, Any]) -> dict[str, int]:
    names = ("waiting", "sent", "opened", "begun", "completed", "failed", "cancelled")
    return {name: batch[name]["count"] for name in names if batch[name]["count"]}


def test_a_form_is_made_for_each_row_and_followed(world: World, workspace: Workspace, api: Api, template: None) -> None:
    batch = send(api)
    assert (counts(batch), batch["total"], batch["finished"]) == ({"waiting": 3}, 3, False)
    work(world)
    batch = read(api, batch)
    assert (counts(batch), batch["finished"]) == ({"sent": 3}, True)
    forms = [each["form"] for each in batch["sent"]["rows"]]
    whole = [api.json("GET", f"/v1/forms/{each}") for each in forms]
    assert [(each["user"]["email"], each["data"]) for each in whole] == [(f"p{n}@example.org", {"amount": n}) for n in range(3)]  # fmt: skip
    do_due(world)
    assert {each["to"][0] for each in api.json("GET", "/v1/messages")["data"]} >= {"p0@example.org", "p2@example.org"}
    Contact(world, workspace, whole[0]).answers(note="x").submits()
    Contact(world, workspace, whole[1]).answers(note="x")
    assert counts(read(api, batch)) == {"sent": 3, "opened": 2, "begun": 2, "completed": 1}
    work(world)
    assert read(api, batch)["total"] == 3


def test_the_dry_run_lists_every_problem_by_row_and_column_and_makes_nothing(
    world: World, workspace: Workspace, api: Api, make_case: Any
) -> None:
    publish(world, workspace, pages=[{"key": "one", "title": "One", "elements": ELEMENTS}])
    given: list[dict[str, Any]] = [
        {"user": {"email": "fine@example.org"}, "data": {"amount": "12"}, "case": {"id": make_case()["id"]}},
        {"user": {"phone": "12"}, "data": {"amount": "many", "colour": "red"}},
        {"data": {}},
        {"user": {"email": "a@example.org"}, "case": {"id": "01a2284a-0000-7000-8000-000000000000"}},
    ]
    found = api.json("POST", f"{URL}?dry_run=true", json={"template": "accident", "rows": given})
    assert found["rows"] == 4
    assert [(each["row"], each["column"], each["code"], each["fatal"]) for each in found["problems"]] == [
        (1, "data.amount", "invalid_value", False),
        (1, "data.colour", "unknown_element", False),
        (1, "user.phone", "invalid_phone", True),
        (2, "user.email", "no_recipient", False),
        (3, "case", "not_found", True),
    ]
    assert api.json("GET", "/v1/forms")["meta"]["total_count"] == 0


def test_a_row_of_another_shape_is_a_problem_of_that_row(api: Api, template: None, make_case: Any) -> None:
    case = make_case()["id"]
    given: list[Any] = [
        *rows(1),
        "ann@example.org",
        {"user": "ann@example.org"},
        {"user": {"email": 1, "colour": "red"}},
        {"data": [], "colour": 1},
        {"user": {"email": "a@example.org"}, "case": case},
        {"user": {"email": "a@example.org"}, "case": "x"},
        {"user": {"email": "a@example.org"}, "case": {"id": case, "title": "More"}},
    ]
    found = api.json("POST", f"{URL}?dry_run=true", json={"template": "accident", "rows": given})
    assert found["rows"] == 8
    assert [(each["row"], each["column"], each["code"]) for each in found["problems"]] == [
        (1, "", "invalid_type"),
        (2, "user", "invalid_type"),
        (3, "user.colour", "unknown_member"),
        (3, "user.email", "invalid_type"),
        (4, "colour", "unknown_member"),
        (4, "data", "invalid_type"),
        (6, "case", "invalid_uuid"),
        (7, "case.title", "unknown_member"),
    ]
    assert all(each["fatal"] for each in found["problems"])
    batch = send(api, rows=[{"user": {"email": "a@example.org"}, "case": case}])
    assert batch["total"] == 1


def test_a_row_that_cannot_be_says_why_and_the_others_are_made(world: World, api: Api, template: None) -> None:
    batch = send(api, rows=[{"user": {"phone": "12"}}, *rows(1)])
    work(world)
    batch = read(api, batch)
    assert counts(batch) == {"sent": 1, "failed": 1}
    (failed,) = batch["failed"]["rows"]
    assert (failed["row"], failed["form"], "phone" in failed["error"].lower()) == (0, None, True)


def test_no_more_are_made_than_the_pace_says(world: World, api: Api, template: None) -> None:
    batch = send(api, pace=2, rows=rows(5))
    work(world)
    work(world)
    assert counts(read(api, batch)) == {"waiting": 3, "sent": 2}
    for sent in (4, 5):
        world.clock.forward(minutes=1)
        work(world)
        assert counts(read(api, batch))["sent"] == sent


def test_what_nobody_has_begun_is_taken_back(world: World, workspace: Workspace, api: Api, template: None) -> None:
    batch = send(api, pace=2)
    work(world)
    first = api.json("GET", f"/v1/forms/{read(api, batch)['sent']['rows'][0]['form']}")
    Contact(world, workspace, first).answers(note="x")
    taken = api.json("POST", f"{URL}/{batch['id']}/cancel", json={})
    assert counts(taken) == {"sent": 1, "opened": 1, "begun": 1, "cancelled": 2}
    assert taken["cancelled_at"]
    world.clock.forward(minutes=2)
    work(world)
    assert counts(read(api, batch)) == {"sent": 1, "opened": 1, "begun": 1, "cancelled": 2}
    archived = [each["archived"] for each in api.json("GET", "/v1/forms?archived=true")["data"]]
    assert archived == [True]


@pytest.mark.parametrize(("members", "status", "found"), [
    ({"rows": []}, 400, {"/rows": "missing"}),
    ({"pace": 0}, 400, {"/pace": "invalid_value"}),
    ({"template": None}, 400, {"/template": "missing_member"}),
    ({"template": "nothing"}, 404, {"/template": "unknown_template"}),
    ({"template": None, "preset": "01a2284a-0000-7000-8000-000000000000"}, 404, {"/preset": "unknown_template"}),
    ({"rows": [{"case": {"id": "x"}}, {"case": "x"}]}, 400, {"/rows/0/case/id": "invalid_uuid", "/rows/1/case": "invalid_uuid"}),
    ({"rows": [{"user": 1}, {"user": {"colour": "red"}}]}, 400, {"/rows/0/user": "invalid_type", "/rows/1/user/colour": "unknown_member"}),
])  # fmt: skip
def test_what_is_no_batch(
    api: Api, template: None, members: dict[str, Any], status: int, found: dict[str, str]
) -> None:
    body = {"template": "accident", "rows": rows(1)} | members
    refused = api.request("POST", URL, json={name: each for name, each in body.items() if each is not None})
    assert (refused.status_code, errors(refused)) == (status, found)


def test_nobody_elses_batch_is_seen_or_taken_back(world: World, api: Api, template: None) -> None:
    batch = send(api)
    with world.client(world.token(world.workspace())) as stranger:
        assert stranger.get(f"{URL}/{batch['id']}").status_code == 404
        assert stranger.request("POST", f"{URL}/{batch['id']}/cancel", json={}).status_code == 404


def test_a_limited_member_sees_and_takes_back_what_they_sent_alone(
    world: World, workspace: Workspace, api: Api, template: None
) -> None:
    batch = send(api, pace=1)
    limited = world.browser(world.member(workspace, f"l-{workspace.slug}@example.org", "limited"))
    page = f"/workspace/form-batches/{batch['id']}"
    assert limited.get(page).status_code == 404
    assert batch["id"] not in limited.get("/workspace/form-batches").text
    assert limited.send_form(f"{page}/cancel").status_code == 404
    assert counts(read(api, batch)) == {"waiting": 3}
    handler = world.browser(world.member(workspace, f"h-{workspace.slug}@example.org"))
    assert handler.get(page).status_code == 200


def test_forms_that_a_limited_member_sends_to_many_are_theirs(
    world: World, workspace: Workspace, api: Api, template: None
) -> None:
    email = f"l-{workspace.slug}@example.org"
    limited = world.browser(world.member(workspace, email, "limited"))
    (preset,) = api.json("GET", "/v1/form_templates")["data"]
    table = {"preset": preset["id"], "table": "E-mail\nann@example.org", "column.0": "user.email", "do": "send"}
    assert limited.send_form("/workspace/form-batches/columns", **table).status_code == 200
    work(world)
    (form,) = api.json("GET", "/v1/forms")["data"]
    assert (form["owner"] or {}).get("email") == email
    assert limited.get(f"/workspace/forms/{form['id']}").status_code == 200


def kept(world: World, workspace: Workspace) -> list[dict[str, Any]]:
    """The rows as they are kept."""
    sql = "SELECT state, given, error FROM form_batch_rows WHERE workspace_id = ANY(%(scope)s) ORDER BY batch_id, place"
    found: list[dict[str, Any]] = world.do(lambda tx: tx.all(sql), system(scope=Scope((workspace.id,))))
    return found


def test_who_is_erased_is_in_no_batch_and_not_written_to(
    world: World, workspace: Workspace, api: Api, template: None, make_case: Any
) -> None:
    make_case(contacts=[{"given_name": "Eve", "email": "eve@example.org", "phone": "+32470123456"}])
    (person,) = api.json("GET", "/v1/contacts", params={"email": "eve@example.org"})["data"]
    users = [
        {"email": "first@example.org"},
        {"email": " EVE@example.org ", "given_name": "Eve"},
        {"phone": "+32 470 12 34 56"},
        {"email": "last@example.org", "phone": "+32 470 12 34 57"},
    ]
    batch = send(api, pace=1, rows=[{"user": each, "data": {"note": "secret"}} for each in users])
    work(world)
    api.json("DELETE", f"/v1/contacts/{person['id']}", 204)
    assert counts(read(api, batch)) == {"waiting": 1, "sent": 1, "cancelled": 2}
    rows = kept(world, workspace)
    assert [(each["state"], bool(each["given"])) for each in rows] == [
        ("made", False),
        ("cancelled", False),
        ("cancelled", False),
        ("waiting", True),
    ]
    for _ in range(3):
        world.clock.forward(minutes=1)
        work(world)
    after = read(api, batch)
    assert (counts(after), after["finished"]) == ({"sent": 2, "cancelled": 2}, True)
    do_due(world)
    told = api.get("/v1/messages").text
    assert "last@example.org" in told
    assert "eve@example.org" not in told.lower()
    assert api.json("GET", "/v1/contacts", params={"email": "eve@example.org"})["meta"]["total_count"] == 0


def test_a_batch_of_which_only_who_is_erased_waits_is_finished(
    world: World, workspace: Workspace, api: Api, template: None, make_case: Any
) -> None:
    make_case(contacts=[{"email": "p1@example.org"}])
    (person,) = api.json("GET", "/v1/contacts", params={"email": "p1@example.org"})["data"]
    batch = send(api, pace=1, rows=rows(2))
    work(world)
    api.json("DELETE", f"/v1/contacts/{person['id']}", 204)
    after = read(api, batch)
    assert (counts(after), after["finished"]) == ({"sent": 1, "cancelled": 1}, True)
    assert [each["given"] for each in kept(world, workspace)] == [{}, {}]
    world.clock.forward(minutes=1)
    work(world)
    assert counts(read(api, batch)) == {"sent": 1, "cancelled": 1}


def test_of_what_somebody_sent_who_left_since_no_more_is_made(
    world: World, workspace: Workspace, api: Api, template: None, make_case: Any
) -> None:
    others = make_case(title="Not theirs", reference="C-9")
    email = f"gone-{workspace.slug}@example.org"
    member = world.member(workspace, email, "limited")
    limited = world.browser(member)
    preset = next(each["id"] for each in api.json("GET", "/v1/form_templates")["data"] if each["slug"] == "accident")
    table = {"preset": preset, "table": f"email\tcase\np1@example.org\t\np2@example.org\t{others['id']}", "column.0": "user.email", "column.1": "case", "do": "send", "pace": "1"}  # fmt: skip
    shown = limited.send_form("/workspace/form-batches/columns", **table)
    mark = re.search(r'name="seen" value="([^"]+)"', shown.text)
    assert mark, "who sends it is told first that the case is none of theirs"
    sent = limited.send_form("/workspace/form-batches/columns", **table, seen=mark[1])
    assert sent.status_code == 200
    work(world)
    administrator = world.browser(world.member(workspace, f"adm-{workspace.slug}@example.org", "administrator"))
    gone = administrator.send_form(f"/workspace/settings/members/{member.id}/remove")
    assert gone.status_code == 200, gone.text
    world.clock.forward(minutes=1)
    work(world)
    assert [each["state"] for each in kept(world, workspace)] == ["made", "failed"]
    assert api.json("GET", f"/v1/forms?case[id]={others['id']}")["data"] == []


def test_of_what_a_token_sent_no_more_is_made_once_it_is_revoked(
    world: World, workspace: Workspace, api: Api, template: None
) -> None:
    with world.client(world.token(workspace)) as other:
        batch = send(other, pace=1)
    work(world)
    world.do(lambda tx: tokens.revoke(tx, UUID(batch["created_by"]["id"])))
    world.clock.forward(minutes=1)
    work(world)
    after = read(api, batch)
    assert (counts(after), after["finished"]) == ({"sent": 1, "failed": 2}, True)
    assert after["stopped_at"]
    assert {each["error"] for each in after["failed"]["rows"]} == {"Whoever asked for this may not do it any more."}
    assert [each["given"] for each in kept(world, workspace)] == [{}, {}, {}]
    page = f"/workspace/form-batches/{batch['id']}"
    browser = world.browser(world.member(workspace, f"h-{workspace.slug}@example.org"))
    assert "Stopped: whoever sent it may not do so any more" in browser.get(page).text
    world.clock.forward(minutes=1)
    work(world)
    assert counts(read(api, batch)) == {"sent": 1, "failed": 2}


def test_why_a_row_failed_is_said_in_the_readers_language(
    world: World, workspace: Workspace, api: Api, template: None
) -> None:
    batch = send(api, rows=[{"user": {"email": "no address"}}])
    work(world)
    (row,) = read(api, batch)["failed"]["rows"]
    assert row["error"] == "“no address” is no e-mail address: An email address must have an @-sign."
    reader = world.browser(world.member(workspace, f"fr-{workspace.slug}@example.org", "handler"))
    shown = reader.get(f"/workspace/form-batches/{batch['id']}", headers={"Accept-Language": "fr"}).text
    assert "« no address »" in shown
    assert row["error"] not in shown
