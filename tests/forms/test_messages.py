"""What is written about forms: planned with them, sent, failed or called off, and told in `notifications[]`."""

from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from dossier import messages
from dossier.forms.events import FormSubmitted
from dossier.foundation import events
from dossier.foundation.actor import Scope, system
from dossier.foundation.exact import moment
from dossier.foundation.messages import Message as Sentence
from dossier.messages.actions.sending import send_due
from dossier.messages.events import MessageFailed
from dossier.messages.store import rows
from dossier.workspaces.model import Workspace
from tests.forms.support import ask, at_address, do_due, in_days, publish
from tests.forms.test_states import brought
from tests.world import Api, World

REMINDERS = [{"after": "P3D", "every": "P7D", "times": 2, "channel": "email"}]


@pytest.fixture(autouse=True)
def template(world: World, workspace: Workspace) -> Any:
    messages = {
        "reminders": REMINDERS,
        "confirmation": {
            "email": {"subject": "Thanks, {{ user.given_name }}", "body": "We have **{{ data.amount }}**."}
        },
    }
    texts = {"fr": {"title": "Constat", "messages.confirmation.email.subject": "Merci, {{ user.given_name }}"}}
    return publish(world, workspace, messages=messages, texts=texts)


def sent(world: World) -> None:
    world.server.run(send_due(world.services))


def mail(api: Api, to: str) -> list[dict[str, Any]]:
    """The messages to somebody, the first one first, with their texts."""
    condition = f'{{"attributes":{{"to":{{"$contains":"{to}"}}}}}}'
    rows = api.json("GET", "/v1/messages", params={"filter": condition, "sort": "+created_at"})["data"]
    return [api.json("GET", f"/v1/messages/{row['id']}") for row in rows]


def noted(form: dict[str, Any]) -> list[tuple[str, str, str]]:
    return [(each["template"], each["method"], each["status"]) for each in form["notifications"]]


def again(api: Api, form: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = api.json("GET", f"/v1/forms/{form['id']}")
    return found


def test_an_invitation_by_each_channel_and_reminders(api: Api, world: World, workspace: Workspace) -> None:
    form = ask(api, user={"email": f"a-{workspace.slug}@example.org", "phone": "+32470123456", "given_name": "Eve"})
    expected = [("invitation", "email", "pending"), ("invitation", "sms", "pending")]
    assert sorted(noted(form)[:2]) == sorted(expected)
    assert noted(form)[2:] == [("reminder", "email", "pending")] * 2
    first = moment(form["notifications"][2]["at"])
    assert first >= moment(form["active_from"]) + timedelta(days=3)
    assert first.isoweekday() < 6, "reminders come in the hours in which the workspace writes"
    sent(world)
    after = again(api, form)
    assert {each["status"] for each in after["notifications"][:2]} == {"sent"}
    assert after["notifications"][0]["message_id"] or after["notifications"][1]["message_id"]
    (letter,) = mail(api, f"a-{workspace.slug}@example.org")
    assert form["links"]["fill"] in letter["text"]
    assert "Accident report" in letter["subject"]
    variables = next(each["variables"] for each in after["notifications"] if each["method"] == "email")
    assert variables["user"]["given_name"] == "Eve"
    assert form["links"]["fill"] not in str(after["notifications"])


def test_a_message_leads_to_all_that_is_asked(api: Api, world: World, workspace: Workspace) -> None:
    body = "All of it: [your requests]({{ workspace.personal_page }})"
    invitation = {"email": {"subject": "Hi", "body": body}, "sms": {"body": "{{ workspace.personal_page }}"}}
    publish(world, workspace, slug="gathered", messages={"invitation": invitation})
    address = f"g-{workspace.slug}@example.org"
    with at_address(world, "https://dossier.example.org"):
        form = ask(api, user={"email": address}, flow={"slug": "gathered"})
    leads = form["links"]["fill"].partition("/r/")[0] + f"/me/{workspace.slug}"
    (letter,) = mail(api, address)
    assert leads in letter["text"]
    assert world.client().get(f"/me/{workspace.slug}").status_code == 200
    variables = next(each["variables"] for each in again(api, form)["notifications"] if each["method"] == "email")
    assert variables["workspace"] == {"name": f"Workspace {workspace.slug}"}


def test_in_the_language_of_who_is_asked(api: Api, world: World, workspace: Workspace) -> None:
    ask(api, user={"email": f"fr-{workspace.slug}@example.org", "locale": "fr-BE"})
    (letter,) = mail(api, f"fr-{workspace.slug}@example.org")
    assert "Constat" in letter["subject"]
    assert "Bonjour" in letter["text"]


def test_reminders_come_until_it_is_answered(api: Api, world: World, workspace: Workspace) -> None:
    address = f"r-{workspace.slug}@example.org"
    form = ask(api, user={"email": address}, active_until=None)
    world.clock.forward(days=6)
    do_due(world)
    assert noted(again(api, form)) == [
        ("invitation", "email", "pending"),
        ("reminder", "email", "pending"),
        ("reminder", "email", "pending"),
    ]
    assert len(mail(api, address)) == 2
    brought(world, workspace, form["id"], "completed")
    world.clock.forward(days=30)
    do_due(world)
    assert noted(again(api, form))[-1] == ("reminder", "email", "skipped")
    assert again(api, form)["notifications"][-1]["active"] is False
    assert len(mail(api, address)) == 2


@pytest.mark.parametrize("body", [{"archived": True}, {"draft": True}, {"active_until": "2020-01-01"}])
def test_what_nobody_waits_for_is_called_off(api: Api, workspace: Workspace, body: dict[str, Any]) -> None:
    form = ask(api, user={"email": f"c-{workspace.slug}@example.org"}, active_until=None)
    after = api.json("PATCH", f"/v1/forms/{form['id']}", json=body)
    assert {each["status"] for each in after["notifications"]} == {"skipped"}
    assert [each["status"] for each in mail(api, f"c-{workspace.slug}@example.org")] == ["skipped"]


def test_opened_again_later_reminders_run(api: Api, workspace: Workspace) -> None:
    form = ask(api, user={"email": f"o-{workspace.slug}@example.org"}, active_until=None)
    api.json("PATCH", f"/v1/forms/{form['id']}", json={"archived": True})
    after = api.json("PATCH", f"/v1/forms/{form['id']}", json={"archived": False})
    assert [each for each in noted(after) if each[2] == "pending"] == [("reminder", "email", "pending")] * 2
    assert len([each for each in noted(after) if each[0] == "invitation"]) == 1


def test_a_form_for_later_is_sent_then(api: Api, world: World, workspace: Workspace) -> None:
    address = f"l-{workspace.slug}@example.org"
    form = ask(api, user={"email": address}, active_from=in_days(world, 1))
    do_due(world)
    assert mail(api, address) == []
    world.clock.forward(days=1, minutes=1)
    do_due(world)
    assert len(mail(api, address)) == 1
    assert api.json("GET", "/v1/forms/count", params={"reference": form["reference"], "active": "true"}) == {"count": 1}


def test_reminding_by_hand(api: Api, world: World, workspace: Workspace) -> None:
    address = f"h-{workspace.slug}@example.org"
    form = ask(api, user={"email": address})
    after = api.json("POST", f"/v1/forms/{form['id']}/remind")
    assert len(mail(api, address)) == 2
    assert ("reminder", "email", "pending") in noted(after)
    nobody = ask(api)
    for each, code in ((nobody, "no_recipient"), (ask(api, draft=True, user={"email": address}), "wrong_state")):
        refused = api.post(f"/v1/forms/{each['id']}/remind")
        assert (refused.status_code, refused.json()["errors"][0]["code"]) == (409, code)


def test_handing_in_is_confirmed_and_the_owner_hears(api: Api, world: World, workspace: Workspace) -> None:
    owner, address = f"owner-{workspace.slug}@example.org", f"s-{workspace.slug}@example.org"
    world.member(workspace, owner)
    form = ask(api, user={"email": address, "given_name": "Ève"}, owner={"email": owner}, data={"amount": 1200})
    brought(world, workspace, form["id"], "completed")

    async def submitted(transaction: Any) -> None:
        await events.publish(transaction, FormSubmitted(workspace.id, form["id"], None, None, None))

    world.do(submitted, system(scope=Scope((workspace.id,))))
    with at_address(world):
        do_due(world)
    after = again(api, form)
    assert ("confirmation", "email", "pending") in noted(after)
    told = next(each for each in after["notifications"] if each["template"] == "request_completed")
    assert (told["to"], told["system"]) == (owner, True)
    assert "Thanks, Ève" in [each["subject"] for each in mail(api, address)]
    (letter,) = mail(api, owner)
    assert form["links"]["app"].partition("/workspace")[2] in letter["text"]


def test_the_owner_hears_that_it_ended(api: Api, world: World, workspace: Workspace) -> None:
    owner = f"end-{workspace.slug}@example.org"
    world.member(workspace, owner)
    form = ask(api, owner={"email": owner}, active_until=in_days(world, 1))
    world.clock.forward(days=2)
    do_due(world)
    assert [each["template"] for each in again(api, form)["notifications"]] == ["expiry"]
    assert len(mail(api, owner)) == 1
    do_due(world)
    assert len(mail(api, owner)) == 1


def test_erasing_somebody(api: Api, world: World, workspace: Workspace) -> None:
    address = f"gone-{workspace.slug}@example.org"
    form = ask(api, user={"email": address, "given_name": "Ève"}, data={"note": "secret"}, external_args={"n": "Ève"})
    brought(world, workspace, form["id"], "begun")
    contact = api.json("GET", "/v1/contacts", params={"email": address})["data"][0]
    api.json("DELETE", f"/v1/contacts/{contact['id']}", 204)
    after = again(api, form)
    assert after["user"]["anonymous"] is True
    assert (after["data"], after["external_args"], after["responses"][0]["data"]) == ({}, {}, {})
    shown = api.get(f"/v1/forms/{form['id']}").text
    assert address not in shown
    assert "Ève" not in shown
    assert api.json("GET", "/v1/forms/count", params={"user[email]": address}) == {"count": 0}
    assert address not in api.get("/v1/messages").text


def test_who_cannot_be_reached_is_reminded_no_more(api: Api, world: World, workspace: Workspace) -> None:
    address = f"nobody-{workspace.slug}@example.org"
    form = ask(api, user={"email": address}, active_until=None)
    id = UUID(mail(api, address)[0]["id"])

    async def fail(transaction: Any) -> None:
        message = await rows.get(transaction, id)
        failed = replace(message, status="failed", error=Sentence("There is no such mailbox."))
        await events.publish(transaction, MessageFailed(failed))

    world.do(fail, system(scope=Scope((workspace.id,))))
    after = again(api, form)
    assert noted(after)[0] == ("invitation", "email", "failed")
    assert after["notifications"][0]["error"] == "There is no such mailbox."
    assert {each[2] for each in noted(after)[1:]} == {"skipped"}
    world.clock.forward(days=30)
    do_due(world)
    assert len(mail(api, address)) == 1
    other = ask(api, user={"email": address})
    assert other["status"] == "pending"


def test_whom_messages_came_back_from_is_not_written_to(api: Api, world: World, workspace: Workspace) -> None:
    address = f"back-{workspace.slug}@example.org"
    ask(api, user={"email": address})
    sent(world)
    id = UUID(mail(api, address)[0]["id"])
    world.do(
        lambda tx: messages.bounce(tx, id, [address], Sentence("There is no such mailbox.")),
        system(scope=Scope((workspace.id,))),
    )
    form = ask(api, user={"email": address}, active_until=None)
    assert noted(form) == [("invitation", "email", "failed"), *[("reminder", "email", "skipped")] * 2]
    assert address in form["notifications"][0]["error"]
    assert len(mail(api, address)) == 1


@pytest.mark.parametrize(("locale", "said"), [("de", "Guten Tag Eve"), ("ar", "افتح النموذج"), ("nl", "Hallo Eve")])
def test_people_outside_are_written_to_in_their_language(
    api: Api, workspace: Workspace, locale: str, said: str
) -> None:
    address = f"{locale}-{workspace.slug}@example.org"
    ask(api, user={"email": address, "given_name": "Eve", "locale": locale})
    (letter,) = mail(api, address)
    assert said in letter["text"]
