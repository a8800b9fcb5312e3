"""Calls to the addresses that forms name themselves: which, when, in which order, how they are signed (contract, second part, section 11)."""

import base64
import hashlib
import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from joserfc import jwt
from joserfc.jwk import KeySet
from starlette.responses import Response

from dossier.cases.schemas import full
from dossier.forms.events import AnswersSaved, FormDeclined, FormSubmitted
from dossier.foundation import events
from dossier.foundation.actor import Scope, system
from dossier.foundation.identifiers import new_id
from dossier.webhooks.actions import form_calls
from dossier.webhooks.actions.delivering import Deliverer
from dossier.webhooks.jobs import sending_with
from dossier.workspaces.model import Workspace
from tests.forms.answering import Contact
from tests.forms.support import ask, at_address, begun, publish
from tests.webhooks.receivers import Receiver, receiving
from tests.world import Api, World

CALLS = "/workspace/settings/webhooks/forms"
ALL = ["requests:created", "requests:updated", "requests:deleted", "requests:archived", "requests:unarchived",
       "responses:created", "responses:updated", "responses:completed"]  # fmt: skip


@pytest.fixture(autouse=True)
def template(world: World, workspace: Workspace) -> Any:
    return publish(world, workspace)


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as found:
        yield found


def send(world: World, **later: float) -> None:
    """Send what is due, so much later."""
    if later:
        world.clock.forward(**later)

    async def run() -> None:
        deliverer, idle = Deliverer(world.database, form_calls.turn), 0
        async with sending_with(world.services, full) as sending:
            while idle < 2:
                before = len(deliverer._outcomes)
                await deliverer.turn(sending)
                busy = bool(deliverer._under_way) or bool(before)
                await deliverer.settle()
                idle = 0 if busy else idle + 1

    world.server.run(run(), 120)


def told(receiver: Receiver) -> list[tuple[str, list[str]]]:
    return [(each.event["data"]["type"], each.event["events"]) for each in receiver.calls]


def publish_fact(world: World, workspace: Workspace, fact: Any) -> None:
    world.do(lambda tx: events.publish(tx, fact), system(scope=Scope((workspace.id,))))


def test_a_call_says_what_happened_and_the_form_as_it_is(api: Api, world: World, receiver: Receiver) -> None:
    form = ask(api, webhooks={receiver.url: ["requests:created"], receiver.url + "/none": []}, data={"amount": 3})
    send(world)
    (call,) = receiver.calls
    assert call.event["events"] == ["requests:created"]
    assert call.event["data"] == {"type": "requests", "id": form["id"]}
    assert call.event["request"]["id"] == form["id"]
    assert call.event["request"].keys() == form.keys()
    assert call.headers["content-type"] == "application/json"
    assert "webhook-signature" not in call.headers
    assert call.headers["digest"] == "SHA-512=" + base64.b64encode(hashlib.sha512(call.body).digest()).decode()
    assert call.headers["webhook-id"]
    assert call.headers["webhook-timestamp"].isdigit()


def test_it_is_signed_for_that_address(api: Api, world: World, receiver: Receiver) -> None:
    with at_address(world):
        form = ask(api, webhooks={receiver.url: ALL})
        send(world)
    (call,) = receiver.calls
    keys = KeySet.import_key_set(api.get("/.well-known/jwks.json").json())
    token = jwt.decode(call.headers["x-pnbx-signature"], keys, algorithms=["RS256"])
    assert token.claims["aud"] == receiver.url
    assert token.claims["iss"] == "https://dossier.example.org/"
    assert token.claims["jti"] == call.headers["webhook-id"]
    assert token.claims["digest"] == call.headers["digest"]
    assert "nbf" not in token.claims
    assert call.event["request"]["links"]["fill"].startswith("https://dossier.example.org/r/")
    assert form["id"]


def test_the_life_of_a_form(api: Api, world: World, workspace: Workspace, receiver: Receiver) -> None:
    form = ask(api, webhooks={receiver.url: ALL}, draft=True)
    for body in ({"draft": False}, {"archived": True}, {"archived": False}, {}):
        api.json("PATCH", f"/v1/forms/{form['id']}", json=body)
    id = begun(world, workspace, form["id"])
    publish_fact(world, workspace, AnswersSaved(workspace.id, form["id"], id, None, None, ("amount",)))
    publish_fact(world, workspace, FormSubmitted(workspace.id, form["id"], id, None, None))
    api.json("DELETE", f"/v1/forms/{form['id']}", 204)
    send(world)
    assert told(receiver) == [
        ("requests", ["requests:created"]),
        ("requests", ["requests:updated"]),
        ("requests", ["requests:updated", "requests:archived"]),
        ("requests", ["requests:updated", "requests:unarchived"]),
        ("responses", ["responses:created"]),
        ("responses", ["responses:updated", "responses:completed"]),
        ("requests", ["requests:updated"]),
        ("requests", ["requests:deleted"]),
    ]
    gone = receiver.calls[-1].event["request"]
    assert (gone["id"], gone["reference"]) == (form["id"], form["reference"])
    assert "urn:dossier" not in json.dumps(gone)
    assert receiver.calls[5].event["data"]["id"] == str(id)


def test_only_who_asked_is_called_and_is_told_all_events(api: Api, world: World, receiver: Receiver) -> None:
    form = ask(api, webhooks={receiver.url: ["requests:archived"]})
    api.json("PATCH", f"/v1/forms/{form['id']}", json={"active_until": None})
    api.json("PATCH", f"/v1/forms/{form['id']}", json={"archived": True})
    send(world)
    assert told(receiver) == [("requests", ["requests:updated", "requests:archived"])]


def test_saved_answers_are_told_of_together(api: Api, world: World, workspace: Workspace, receiver: Receiver) -> None:
    form = ask(api, webhooks={receiver.url: ["responses:updated"]})
    id = begun(world, workspace, form["id"])
    save = AnswersSaved(workspace.id, form["id"], id, None, None, ("amount",))
    for _ in range(3):
        publish_fact(world, workspace, save)
        send(world, seconds=30)
    assert told(receiver) == []
    send(world, seconds=35)
    assert told(receiver) == [("responses", ["responses:updated"])]
    for _ in range(8):
        publish_fact(world, workspace, save)
        send(world, seconds=45)
    assert len(told(receiver)) == 2, "at the latest every five minutes"


def test_declined(api: Api, world: World, workspace: Workspace, receiver: Receiver) -> None:
    form = ask(api, webhooks={receiver.url: ["requests:updated", "responses:updated"]})
    id = begun(world, workspace, form["id"])
    publish_fact(world, workspace, FormDeclined(workspace.id, form["id"], id, None, None))
    send(world)
    assert told(receiver) == [("responses", ["responses:updated"]), ("requests", ["requests:updated"])]


def test_a_body_is_repeated_byte_for_byte_in_order(api: Api, world: World, receiver: Receiver) -> None:
    form = ask(api, webhooks={receiver.url: ALL})
    receiver.says(500)
    send(world)
    api.json("PATCH", f"/v1/forms/{form['id']}", json={"archived": True})
    send(world)
    assert len(receiver.calls) == 1
    receiver.says(204)
    send(world, minutes=1)
    first, second, third = receiver.calls
    assert first.body == second.body
    assert first.headers["webhook-id"] == second.headers["webhook-id"] != third.headers["webhook-id"]
    assert third.event["events"] == ["requests:updated", "requests:archived"]


def test_forms_do_not_wait_for_each_other(api: Api, world: World, receiver: Receiver) -> None:
    with receiving() as other:
        receiver.says(500)
        ask(api, webhooks={receiver.url: ALL, other.url: ALL})
        send(world)
        assert (len(receiver.calls), len(other.calls)) == (1, 1)


def test_an_address_that_is_gone_is_called_no_more_for_that_form(api: Api, world: World, receiver: Receiver) -> None:
    form, other = ask(api, webhooks={receiver.url: ALL}), ask(api, webhooks={receiver.url: ALL})
    receiver.says(410)
    send(world)
    assert len(receiver.calls) == 2
    api.json("PATCH", f"/v1/forms/{form['id']}", json={"archived": True})
    send(world)
    assert len(receiver.calls) == 2
    assert other["id"]


def test_ten_tries_and_then_the_owner_hears(api: Api, world: World, workspace: Workspace, receiver: Receiver) -> None:
    email = f"{workspace.slug}@example.org"
    member = world.member(workspace, email)
    form = ask(api, webhooks={receiver.url: ["requests:created"]}, owner={"email": email})
    receiver.says(500)
    for _ in range(12):
        send(world, hours=50)
    assert len(receiver.calls) == 10
    page = world.browser(member).get("/workspace/notices")
    assert form["reference"] in page.text


def test_what_was_given_up_is_seen_and_sent_again(
    world: World, workspace: Workspace, api: Api, receiver: Receiver
) -> None:
    handler = world.browser(world.member(workspace, f"calls-{workspace.slug}@example.org", "administrator"))
    assert "Nothing was given up" in handler.get(CALLS).text
    receiver.answer = lambda _call: Response(b"<b>no</b>", 500)
    form = ask(api, webhooks={receiver.url: ["requests:created"]}, user={"email": "tess@example.org"})
    for _ in range(11):
        send(world, hours=44)
        receiver.answer = lambda _call: Response(b"<b>no</b>", 503)
    handler = world.browser(world.member(workspace, f"again-{workspace.slug}@example.org", "administrator"))
    page = handler.get(CALLS).text
    assert form["reference"] in page
    assert ">503<" in page, "what it answered last"
    found = re.search(r'href="(/workspace/settings/webhooks/forms/[0-9a-f-]{36})"', page)
    assert found, page
    one = handler.get(found[1]).text
    assert "<strong>500</strong>" in one
    assert "<strong>503</strong>" in one
    assert "<b>no" not in one
    assert "requests:created" in one
    receiver.answer = lambda _call: Response(status_code=204)
    before = len(receiver.calls)
    handler.send_form(f"{found[1]}/replay")
    send(world, seconds=10)
    assert len(receiver.calls) == before + 1
    assert receiver.calls[-1].event["data"]["id"] == form["id"]
    assert "delivered" in handler.get(found[1]).text
    late = handler.send_form(f"{found[1]}/replay")
    assert late.status_code == 409
    assert "Only what was given up" in late.text
    assert handler.send_form(f"{CALLS}/replay").status_code == 200, "nothing is left to be sent again"


def test_calls_of_another_workspace_are_not_there(world: World, workspace: Workspace, api: Api) -> None:
    stranger = world.browser(world.member(world.workspace(), f"other-{workspace.slug}@example.org", "administrator"))
    handler = world.browser(world.member(workspace, f"less-{workspace.slug}@example.org", "handler"))
    assert handler.get(CALLS).status_code == 403
    assert stranger.get(f"{CALLS}/{new_id()}").status_code == 404
    assert stranger.send_form(f"{CALLS}/{new_id()}/replay").status_code == 404


def test_an_address_is_told_that_what_somebody_answered_is_erased(
    world: World, workspace: Workspace, api: Api, receiver: Receiver
) -> None:
    wanted = ["responses:created", "responses:deleted"]
    form = ask(api, webhooks={receiver.url: wanted}, user={"email": "tess@example.org", "given_name": "Tess"})
    Contact(world, workspace, form).answers(note="ANSWER-OF-TESS").submits()
    send(world, seconds=10)
    api.json("POST", "/v1/cases", json={"title": "Hers", "contacts": [{"email": "tess@example.org"}]})
    (person,) = api.json("GET", "/v1/contacts", params={"email": "tess@example.org"})["data"]
    before = len(receiver.calls)
    api.json("DELETE", f"/v1/contacts/{person['id']}", 204)
    send(world, seconds=10)
    (call,) = receiver.calls[before:]
    assert call.event["events"] == ["responses:deleted"]
    assert call.event["data"]["type"] == "responses"
    said = call.body.decode()
    assert "ANSWER-OF-TESS" not in said
    assert "tess@example.org" not in said
