"""`PATCH /v1/forms/{id}` and what else is done with one form: the table of states, If-Match, erasing."""

from typing import Any

import pytest

from dossier.forms.actions.saving import lock, save
from dossier.forms.model import Response
from dossier.forms.store import responses
from dossier.foundation.actor import Scope, system
from dossier.foundation.identifiers import new_id
from dossier.workspaces.model import Workspace
from tests.forms.answering import Contact
from tests.forms.support import ask, do_due, in_days, publish
from tests.world import Api, World


@pytest.fixture(autouse=True)
def template(world: World, workspace: Workspace) -> Any:
    return publish(world, workspace)


def brought(world: World, workspace: Workspace, form_id: str, status: str) -> None:
    """What the contact did, put by hand: begun, completed or declined."""

    async def do(transaction: Any) -> None:
        change = await lock(transaction, form_id)
        form, now = change.after, transaction.clock()
        await responses.insert(transaction, Response(form.workspace_id, new_id(), form.id, 1, now, now, user=form.user))
        if status != "begun":
            await save(transaction, change.put("submitted", {"status": status}))

    world.do(do, system(scope=Scope((workspace.id,))))


def made(api: Api, world: World, workspace: Workspace, state: str) -> str:
    """The id of a form in a state."""
    form = ask(api, draft=state == "draft")
    if state not in ("draft", "pending"):
        brought(world, workspace, form["id"], "completed" if state == "processed" else state)
    if state == "processed":
        api.json("PATCH", f"/v1/forms/{form['id']}", json={"processed": True})
    return str(form["id"])


AS_IT_IS = "as it is"


@pytest.mark.parametrize(
    ("state", "sent", "becomes"),
    [
        ("draft", {"draft": True}, AS_IT_IS),
        ("draft", {"draft": False}, "pending"),
        ("draft", {"processed": True}, 422),
        ("draft", {"processed": False}, AS_IT_IS),
        ("draft", {"active_until": "2099-01-01"}, "draft"),
        ("pending", {"draft": True}, "draft"),
        ("pending", {"draft": False}, AS_IT_IS),
        ("pending", {"processed": True}, 422),
        ("pending", {"processed": False}, AS_IT_IS),
        ("pending", {"active_until": "2099-01-01"}, "pending"),
        ("begun", {"draft": True}, "already_begun"),
        ("begun", {"draft": False}, AS_IT_IS),
        ("begun", {"active_until": "2099-01-01"}, "pending"),
        ("completed", {"draft": True}, 422),
        ("completed", {"draft": False}, AS_IT_IS),
        ("completed", {"processed": True}, "processed"),
        ("completed", {"processed": False}, AS_IT_IS),
        ("completed", {"active_until": "2099-01-01"}, 422),
        ("processed", {"draft": True}, 422),
        ("processed", {"draft": False}, AS_IT_IS),
        ("processed", {"processed": True}, AS_IT_IS),
        ("processed", {"processed": False}, "completed"),
        ("processed", {"active_until": "2099-01-01"}, 422),
        ("declined", {"draft": True}, 422),
        ("declined", {"draft": False}, AS_IT_IS),
        ("declined", {"processed": True}, 422),
        ("declined", {"processed": False}, AS_IT_IS),
        ("declined", {"active_until": "2099-01-01"}, 422),
    ],
)
def test_the_table_of_states(
    api: Api, world: World, workspace: Workspace, state: str, sent: dict[str, Any], becomes: Any
) -> None:
    form_id = made(api, world, workspace, state)
    before = api.json("GET", f"/v1/forms/{form_id}")
    response = api.patch(f"/v1/forms/{form_id}", json=sent)
    if becomes in (422, "already_begun"):
        error = response.json()["errors"][0]
        code = "invalid_transition" if becomes == 422 else becomes
        assert (response.status_code, error["code"], error["meta"]) == (422, code, {"status": before["status"]})
        assert api.json("GET", f"/v1/forms/{form_id}") == before
    elif becomes == AS_IT_IS:
        assert (response.status_code, response.json()) == (200, before)
    else:
        after = response.json()
        assert (response.status_code, after["status"]) == (200, becomes)
        assert after["updated_at"] > before["updated_at"]
        if "active_until" in sent:
            assert after["active_until"] == "2099-01-02T00:00:00.000Z"
        assert (after["processed_at"] is None) == (becomes != "processed")


def test_what_is_sent_together_is_done_in_one_order(api: Api, world: World, workspace: Workspace) -> None:
    form_id = made(api, world, workspace, "draft")
    body = {"archived": True, "active_until": "2099-01-01", "draft": False}
    after = api.json("PATCH", f"/v1/forms/{form_id}", json=body)
    assert (after["status"], after["archived"]) == ("pending", True)
    kinds = [each["kind"] for each in api.json("GET", f"/v1/forms/{form_id}/history")["data"]]
    assert kinds == ["archived", "sent", "created"]
    refused = api.patch(f"/v1/forms/{form_id}", json={"archived": False, "processed": True})
    assert refused.status_code == 422
    assert api.json("GET", f"/v1/forms/{form_id}") == after


def test_what_changes_nothing(api: Api, world: World, workspace: Workspace) -> None:
    form_id = made(api, world, workspace, "pending")
    before = api.json("GET", f"/v1/forms/{form_id}")
    for body in ({}, {"active_until": before["active_until"]}, {"archived": False}):
        assert api.json("PATCH", f"/v1/forms/{form_id}", json=body) == before
    for name in ("archived", "draft", "processed"):
        assert api.patch(f"/v1/forms/{form_id}", json={name: None}).status_code == 400
    ignored = api.patch(f"/v1/forms/{form_id}", json={"data": {}})
    assert (ignored.status_code, ignored.headers["warning"]) == (200, '299 - "ignored members: data"')
    for text in ("soon", "9999-12-31", "0001-01-01"):
        assert api.patch(f"/v1/forms/{form_id}", json={"active_until": text}).status_code == 400


def test_archiving_closes_and_opens_again(api: Api, world: World, workspace: Workspace) -> None:
    form_id = made(api, world, workspace, "pending")
    archived = api.json("PATCH", f"/v1/forms/{form_id}", json={"archived": True})
    assert archived["archived_at"]
    active = {"filter": '{"active":true}'}
    assert api.json("GET", "/v1/forms/count", params=active) == {"count": 0}
    assert api.json("GET", "/v1/forms")["data"] == []
    assert len(api.json("GET", "/v1/forms", params={"archived": "true"})["data"]) == 1
    opened = api.json("PATCH", f"/v1/forms/{form_id}", json={"archived": False})
    assert (opened["archived"], opened["archived_at"], opened["status"]) == (False, None, "pending")
    assert api.json("GET", "/v1/forms/count", params=active) == {"count": 1}


def test_a_draft_that_is_archived_is_not_sent(api: Api, world: World, workspace: Workspace) -> None:
    form_id = made(api, world, workspace, "draft")
    api.json("PATCH", f"/v1/forms/{form_id}", json={"archived": True})
    assert api.json("PATCH", f"/v1/forms/{form_id}", 422, json={"draft": False})
    past = ask(api, draft=True, active_until=in_days(world, 1))
    world.clock.forward(days=2)
    assert api.json("PATCH", f"/v1/forms/{past['id']}", 422, json={"draft": False})


def test_a_form_ends_and_is_open_again(api: Api, world: World) -> None:
    form = ask(api, active_until=in_days(world, 1))
    ended = api.json("PATCH", f"/v1/forms/{form['id']}", json={"active_until": "2020-01-01"})
    assert (ended["status"], ended["expired_at"]) == ("pending", ended["active_until"])
    again = api.json("PATCH", f"/v1/forms/{form['id']}", json={"active_until": in_days(world, 3)})
    assert again["expired_at"] is None
    never = api.json("PATCH", f"/v1/forms/{form['id']}", json={"active_until": None})
    assert never["active_until"] is None


def test_if_match(api: Api, world: World, workspace: Workspace) -> None:
    form_id = made(api, world, workspace, "draft")
    address = f"/v1/forms/{form_id}"
    assert api.get(address, headers={"If-None-Match": '"1"'}).status_code == 304
    assert api.patch(address, json={"draft": False}, headers={"If-Match": '"1"'}).headers["etag"] == '"2"'
    stale = api.patch(address, json={"archived": True}, headers={"If-Match": '"1"'})
    assert (stale.status_code, stale.json()["errors"][0]["code"]) == (412, "changed_since")
    assert api.delete(address, headers={"If-Match": '"1"'}).status_code == 412
    rehearsed = api.patch(address, json={"archived": True}, params={"dry_run": "true"})
    assert rehearsed.json()["archived"] is True
    assert api.json("GET", address)["archived"] is False
    assert api.head(address).headers["etag"] == '"2"'


def test_a_form_that_is_not_there(api: Api, world: World) -> None:
    nowhere = new_id()
    assert api.get("/v1/forms/nope").status_code == 400
    assert api.get("/v1/responses/nope").status_code == 400
    assert api.get(f"/v1/responses/{nowhere}").status_code == 404
    for method, path in (("GET", ""), ("PATCH", ""), ("DELETE", ""), ("POST", "/remind"), ("POST", "/link")):
        body = {"json": {}} if method == "PATCH" else {}
        assert api.request(method, f"/v1/forms/{nowhere}{path}", **body).status_code == 404, path
    with world.client(world.token(world.workspace())) as stranger:
        form = ask(api)
        assert stranger.get(f"/v1/forms/{form['id']}").status_code == 404


def test_erasing(api: Api, make_case: Any) -> None:
    form = ask(api)
    assert api.delete(f"/v1/forms/{form['id']}").status_code == 204
    assert api.get(f"/v1/forms/{form['id']}").status_code == 404
    case = make_case()
    of_case = ask(api, case={"id": case["id"]})
    refused = api.delete(f"/v1/forms/{of_case['id']}")
    assert (refused.status_code, refused.json()["errors"][0]["code"]) == (409, "belongs_to_case")
    assert api.delete(f"/v1/cases/{case['id']}").status_code == 204
    assert api.get(f"/v1/forms/{of_case['id']}").status_code == 404


def test_another_link(api: Api, world: World, workspace: Workspace) -> None:
    form = ask(api)
    renewed = api.json("POST", f"/v1/forms/{form['id']}/link")
    assert renewed["links"]["fill"] != form["links"]["fill"]
    assert api.json("GET", f"/v1/forms/{form['id']}")["links"] == renewed["links"]
    done = made(api, world, workspace, "completed")
    refused = api.post(f"/v1/forms/{done}/link")
    assert (refused.status_code, refused.json()["errors"][0]["code"]) == (409, "wrong_state")


def test_who_is_asked_is_corrected(api: Api, world: World, workspace: Workspace) -> None:
    form = ask(api, user={"email": "wrong@example.org", "given_name": "Eve"})
    body = {"user": {"email": "right@example.org"}}
    after = api.json("PATCH", f"/v1/forms/{form['id']}", json=body)
    assert (after["user"]["email"], after["user"]["given_name"]) == ("right@example.org", "Eve")
    assert after["links"]["fill"] != form["links"]["fill"]
    assert [each["to"] for each in after["notifications"]] == ["wrong@example.org", "right@example.org"]
    assert api.json("PATCH", f"/v1/forms/{form['id']}", json=body) == after
    assert api.json("PATCH", f"/v1/forms/{form['id']}", 400, json={"user": {"email": "nobody"}})
    done = made(api, world, workspace, "completed")
    assert api.json("PATCH", f"/v1/forms/{done}", 422, json=body)


def test_a_draft_that_never_ends(api: Api) -> None:
    form = ask(api, draft=True)
    api.json("PATCH", f"/v1/forms/{form['id']}", json={"active_until": None})
    assert api.json("PATCH", f"/v1/forms/{form['id']}", json={"draft": False})["active_until"] is None
    assert api.json("PATCH", f"/v1/forms/{ask(api, draft=True)['id']}", json={"draft": False})["active_until"]


def test_nobody_is_told_that_nothing_came_when_somebody_began(api: Api, world: World, workspace: Workspace) -> None:
    form = ask(api)
    known = {"If-None-Match": '"1"'}
    assert api.get(f"/v1/forms/{form['id']}", headers=known).status_code == 304
    brought(world, workspace, form["id"], "begun")
    begun = api.get(f"/v1/forms/{form['id']}", headers=known)
    assert (begun.status_code, begun.headers["etag"], len(begun.json()["responses"])) == (200, '"1"', 1)
    assert api.get(f"/v1/forms/{form['id']}", headers={"If-Match": '"9"'}).status_code == 412


def test_what_ends_by_itself(api: Api, world: World, workspace: Workspace) -> None:
    form = ask(api, active_until=in_days(world, 1))
    do_due(world)
    assert api.json("GET", f"/v1/forms/{form['id']}")["expired_at"] is None
    world.clock.forward(days=2)
    do_due(world)
    ended = api.json("GET", f"/v1/forms/{form['id']}")
    assert (ended["status"], ended["expired_at"]) == ("pending", ended["active_until"])
    kinds = [each["kind"] for each in api.json("GET", f"/v1/forms/{form['id']}/history")["data"]]
    assert kinds == ["expired", "created"]
    do_due(world)


def test_who_was_asked_before_it_was_corrected_is_erased_from_it_too(
    api: Api, world: World, workspace: Workspace
) -> None:
    form = ask(api, user={"email": "Tess@example.org", "given_name": "Tess"})
    Contact(world, workspace, form).answers(note="Of Tess").submits()
    api.json("POST", f"/v1/forms/{form['id']}/reopen", json={"elements": ["note"]})
    api.json("PATCH", f"/v1/forms/{form['id']}", json={"user": {"email": "bob@example.org", "given_name": "Bob"}})
    Contact(world, workspace, form).answers(note="Of Bob")
    (person,) = api.json("GET", "/v1/contacts", params={"email": form["user"]["email"]})["data"]
    api.json("DELETE", f"/v1/contacts/{person['id']}", 204)
    left = api.json("GET", f"/v1/forms/{form['id']}")
    assert left["user"]["email"] == "bob@example.org"
    assert "Of Bob" in str(left["responses"]), "what somebody else answered stays"
    kept = world.do(
        lambda tx: tx.all(
            """
            SELECT to_jsonb(r)::text AS said FROM form_responses r WHERE r.workspace_id = ANY(%(scope)s)
            UNION ALL SELECT to_jsonb(a)::text FROM form_answers a WHERE a.workspace_id = ANY(%(scope)s)
            UNION ALL SELECT to_jsonb(n)::text FROM form_notifications n WHERE n.workspace_id = ANY(%(scope)s)
            """
        ),
        system(scope=Scope((workspace.id,))),
    )
    said = " ".join(each["said"] for each in kept)
    assert [each for each in (form["user"]["email"], "Of Tess", person["id"]) if each in said] == []
