"""Steps that send: what goes to whom, by hand and by itself, what comes of it, and who is reminded."""

import asyncio
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from dossier.foundation.actor import Scope, system
from dossier.foundation.identifiers import parse_id
from dossier.foundation.jobs import SYSTEM
from dossier.foundation.messages import Message as Sentence
from dossier.messages import actions as messages
from dossier.messages.model import CHANNELS
from dossier.messages.store import sending
from dossier.steps.actions import due
from tests.world import Api, World, errors

FIELDS = [
    {"key": "go", "type": "checkbox", "name": "Go"},
    {"key": "amount", "type": "number", "name": "Amount", "decimals": 2},
]
MAIL: dict[str, Any] = {
    "key": "ask",
    "title": "Ask for papers",
    "type": "email",
    "recipient": "main",
    "subject": "Claim {{ case.reference }}",
    "body": "Dear {{ contact.given_name }},\n\nwe need *papers* for {{ data.amount }}.",
    "texts": {"fr": {"subject": "Dossier {{ case.reference }}", "body": "Bonjour {{ contact.given_name }}"}},
}
TESS = {"key": "main", "given_name": "Tess", "email": "tess@example.org", "phone": "+32470123456"}


@pytest.fixture
def case_of(make_template: Any, make_case: Any) -> Any:
    def make(*steps: dict[str, Any], contacts: Any = (TESS,), slots: Any = (), **body: Any) -> dict[str, Any]:
        known = [{"key": "main", "name": "Main"}, *slots]
        more = {"contacts": known} if slots else {}
        template = make_template(schema=FIELDS, steps=list(steps), **more)["id"]
        return make_case(template={"id": template}, contacts=list(contacts), **body)

    return make


def step(api: Api, case: dict[str, Any], key: str = "ask") -> dict[str, Any]:
    return next(each for each in api.json("GET", f"/v1/cases/{case['id']}")["steps"] if each["id"] == key)


def start(api: Api, case: dict[str, Any], key: str = "ask", **data: Any) -> Any:
    return api.json("POST", f"/v1/cases/{case['id']}/start/{key}", json={"data": data})


def update(api: Api, case: dict[str, Any], **data: Any) -> None:
    api.json("POST", f"/v1/cases/{case['id']}/data", json={"data": data})


def written(api: Api, case: dict[str, Any]) -> list[dict[str, Any]]:
    """The messages of a case, the oldest first, whole."""
    rows = api.json("GET", "/v1/messages", params={"case[id]": case["id"]})["data"]
    return [api.json("GET", f"/v1/messages/{row['id']}") for row in sorted(rows, key=lambda row: row["created_at"])]


def do_due(world: World) -> None:
    world.server.run(due.do_all(world.services))


def send(world: World) -> None:
    """Whatever waits, workspace by workspace: other tests have messages, too."""
    for channel in CHANNELS:
        while workspace := world.do(partial(sending.due, channel=channel), SYSTEM):
            world.server.run(messages.send_waiting(world.services, workspace))


def bounce(world: World, workspace: Any, message: dict[str, Any]) -> None:
    actor = system("automation", Scope((workspace.id,)))
    id, why = parse_id(message["id"]), Sentence("No such mailbox.")
    assert id
    world.do(lambda tx: messages.bounce(tx, id, message["to"], why), actor)


def to_a_tuesday(world: World) -> None:
    """Ten in the morning of the next Tuesday in Brussels."""
    now = world.clock().astimezone(ZoneInfo("Europe/Brussels"))
    days = (1 - now.weekday()) % 7 or 7
    then = (now + timedelta(days=days)).replace(hour=10, minute=0, second=0, microsecond=0)
    world.clock.shift += then.astimezone(UTC) - world.clock()


def test_a_mail_that_is_started_by_hand_goes_and_completes_its_step(world: World, api: Api, case_of: Any) -> None:
    case = case_of(MAIL)
    update(api, case, amount=1234.5)
    started = start(api, case)
    assert next(each for each in started["steps"] if each["id"] == "ask")["status"] == "started"
    (message,) = written(api, case)
    assert step(api, case)["data"]["message"] == message["id"]
    assert (message["to"], message["subject"]) == (["tess@example.org"], f"Claim {case['reference']}")
    assert "Dear Tess," in message["text"]
    assert "<em>papers</em>" in message["html"]
    assert (message["step"], message["status"]) == ("ask", "pending")
    send(world)
    assert written(api, case)[0]["transport"] == "outbox"
    assert step(api, case)["status"] == "completed"
    assert step(api, case)["data"]["attempts"] == 1
    history = api.json("GET", f"/v1/cases/{case['id']}/history")["data"]
    assert [each["kind"] for each in history[:3]] == ["step_completed", "message_sent", "step_started"]
    refused = api.post(f"/v1/cases/{case['id']}/undo", json={"entry": history[2]["id"]})
    assert (refused.status_code, errors(refused)) == (409, {"": "not_undoable"})


def test_a_rehearsal_shows_what_would_go_and_nothing_does(api: Api, case_of: Any) -> None:
    case = case_of(MAIL)
    url = f"/v1/cases/{case['id']}/start/ask"
    minimal = {"Prefer": "return=minimal"}
    said = api.json("POST", url, params={"dry_run": "true"}, headers=minimal, json={"data": {"subject": "Mine", "cc": ["a@b.example"]}})  # fmt: skip
    assert said["preview"]["to"] == ["tess@example.org"]
    assert (said["preview"]["subject"], said["preview"]["cc"]) == ("Mine", ["a@b.example"])
    assert written(api, case) == []
    assert step(api, case)["status"] == "available"
    whole = api.json("POST", url, params={"dry_run": "true"})
    assert whole["id"] == case["id"]


def test_what_is_given_at_the_start_stands_in_the_place_of_the_template(api: Api, case_of: Any) -> None:
    case = case_of(MAIL, locale="fr")
    start(api, case, body="Hello **you**", to=["other@example.org"], bcc=["owner@example.org"])
    (message,) = written(api, case)
    assert message["to"] == ["other@example.org"]
    assert message["bcc"] == ["owner@example.org"]
    assert message["subject"].startswith("Dossier "), "the French one: only the body was given"
    assert "<strong>you</strong>" in message["html"]
    french = case_of(MAIL, locale="fr-BE")
    start(api, french)
    assert "Bonjour Tess" in written(api, french)[0]["text"]


@pytest.mark.parametrize("contacts", [(), ({"key": "main", "given_name": "Tess"},)])
def test_nobody_to_write_to_is_said(api: Api, case_of: Any, contacts: Any) -> None:
    case = case_of(MAIL, contacts=contacts)
    refused = api.post(f"/v1/cases/{case['id']}/start/ask")
    assert (refused.status_code, errors(refused)) == (409, {"": "no_recipient"})
    assert step(api, case)["status"] == "available"


def test_one_that_came_back_fails_its_step_and_is_written_to_no_more(
    world: World, workspace: Any, api: Api, case_of: Any
) -> None:
    case = case_of(MAIL)
    start(api, case)
    send(world)
    bounce(world, workspace, written(api, case)[0])
    failed = step(api, case)
    assert (failed["status"], failed["data"]["error"]) == ("failed", "No such mailbox.")
    refused = api.patch(f"/v1/cases/{case['id']}/steps/ask", json={"status": "started"})
    assert errors(refused) == {"": "no_recipient"}
    api.json(
        "PATCH", f"/v1/cases/{case['id']}/steps/ask", json={"status": "started", "data": {"to": ["new@example.org"]}}
    )
    send(world)
    again = step(api, case)
    assert (again["status"], again["data"]["attempts"]) == ("completed", 2)


def test_a_mail_that_waits_is_called_off_with_its_step(world: World, api: Api, case_of: Any) -> None:
    case = case_of(MAIL)
    start(api, case)
    api.json("PATCH", f"/v1/cases/{case['id']}/steps/ask", json={"status": "cancelled"})
    send(world)
    assert (step(api, case)["status"], written(api, case)[0]["status"]) == ("cancelled", "skipped")
    other = case_of(MAIL)
    start(api, other)
    refused = api.patch(f"/v1/cases/{other['id']}/steps/ask", json={"status": "completed"})
    assert errors(refused) == {"": "not_by_hand"}


def test_a_step_whose_message_somebody_cancelled_is_called_off_and_tried_again(
    world: World, api: Api, case_of: Any
) -> None:
    case = case_of(MAIL)
    start(api, case)
    api.json("POST", f"/v1/messages/{written(api, case)[0]['id']}/cancel")
    send(world)
    assert step(api, case)["status"] == "started"
    api.json("PATCH", f"/v1/cases/{case['id']}/steps/ask", json={"status": "cancelled"})
    api.json("PATCH", f"/v1/cases/{case['id']}/steps/ask", json={"status": "started"})
    send(world)
    assert step(api, case)["status"] == "completed"


def test_a_mail_that_starts_by_itself_waits_for_sending_hours(world: World, api: Api, case_of: Any) -> None:
    to_a_tuesday(world)
    go = {"data.go": {"$eq": True}}
    case, late = (case_of(MAIL | {"start_when": go}) for _ in range(2))
    update(api, case, go=True)
    assert step(api, case)["status"] == "started"
    do_due(world)
    do_due(world)
    send(world)
    assert step(api, case)["status"] == "completed"
    assert len(written(api, case)) == 1
    world.clock.forward(hours=14)  # midnight of a workspace whose clock is UTC
    update(api, late, go=True)
    planned = datetime.fromisoformat(step(api, late)["data"]["at"])
    assert (step(api, late)["status"], planned.hour, planned.minute) == ("scheduled", 8, 0)
    world.clock.shift += planned - world.clock()
    do_due(world)
    send(world)
    assert step(api, late)["status"] == "completed"


def test_several_servers_send_it_once(world: World, api: Api, case_of: Any) -> None:
    to_a_tuesday(world)
    cases = [case_of(MAIL) for _ in range(4)]
    at = (world.clock() + timedelta(minutes=5)).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    for case in cases:
        start(api, case, send_at=at)
    world.clock.forward(minutes=6)

    async def both() -> None:
        await asyncio.gather(*(due.do_all(world.services) for _ in range(3)))

    world.server.run(both())
    assert [len(written(api, case)) for case in cases] == [1, 1, 1, 1]


def test_one_that_starts_by_itself_with_nobody_to_write_to_has_failed(world: World, api: Api, case_of: Any) -> None:
    to_a_tuesday(world)
    case = case_of(MAIL | {"start_when": {"data.go": {"$eq": True}}}, contacts=())
    update(api, case, go=True)
    do_due(world)
    failed = step(api, case)
    assert failed["status"] == "failed"
    assert "nobody" in failed["data"]["error"].lower()
    do_due(world)
    assert step(api, case) == failed


def test_an_sms_goes_to_the_telephone(world: World, api: Api, case_of: Any) -> None:
    case = case_of({"key": "ask", "title": "SMS", "type": "sms", "recipient": "main", "body": "Hi {{ contact.name }}"})
    start(api, case)
    (message,) = written(api, case)
    assert (message["channel"], message["to"], message["text"]) == ("sms", ["+32470123456"], "Hi Tess")
    send(world)
    assert step(api, case)["status"] == "completed"


def test_a_task_and_a_note_say_their_text(world: World, api: Api, case_of: Any) -> None:
    go = {"data.go": {"$eq": True}}
    note = {"key": "ask", "title": "N", "type": "note", "body": "{{ contact.name }} has it.", "start_when": go}
    case = case_of(note, {"key": "do", "title": "T", "type": "task", "body": "Call {{ contact.phone }}"})
    update(api, case, go=True)
    do_due(world)
    assert (step(api, case)["status"], step(api, case)["data"]["body"]) == ("completed", "Tess has it.")
    start(api, case, "do")
    assert step(api, case, "do")["data"]["body"] == "Call +32470123456"


# ---- reminders ----

REMINDERS = [{"after": "P3D", "every": "P5D", "times": 2, "subject": "Again"}, {"after": "P20D", "to": "owner"}]


def later(world: World, **amount: float) -> None:
    world.clock.forward(**amount)
    do_due(world)
    send(world)


def subjects(api: Api, case: dict[str, Any]) -> list[str]:
    return [each["subject"] for each in written(api, case)]


def test_reminders_follow_until_they_answer(world: World, workspace: Any, api: Api, case_of: Any) -> None:
    to_a_tuesday(world)
    world.member(workspace, f"o-{workspace.slug}@acme.example")
    case = case_of(MAIL | {"reminders": REMINDERS}, owner={"email": f"o-{workspace.slug}@acme.example"})
    start(api, case)
    send(world)
    later(world, days=2)
    assert len(written(api, case)) == 1
    later(world, days=1, minutes=1)
    assert subjects(api, case)[1:] == ["Again"]
    later(world, days=1)
    assert len(written(api, case)) == 2
    later(world, days=5)
    later(world, days=3)
    assert subjects(api, case)[1:] == ["Again", "Again"]
    later(world, days=10)
    assert written(api, case)[-1]["to"] == [f"o-{workspace.slug}@acme.example"], "the owner, in the end"
    later(world, days=60)
    assert len(written(api, case)) == 4


@pytest.mark.parametrize("ends", ["archive", "by hand", "condition", "bounce"])
def test_reminders_are_called_off(world: World, workspace: Any, api: Api, case_of: Any, ends: str) -> None:
    to_a_tuesday(world)
    open_still = {"$not": {"data.go": {"$eq": True}}}
    case = case_of(MAIL | {"reminders": REMINDERS[:1], "visible_when": open_still})
    start(api, case)
    send(world)
    match ends:
        case "archive":
            api.json("POST", f"/v1/cases/{case['id']}", json={"archived": True})
        case "by hand":
            api.json("PATCH", f"/v1/cases/{case['id']}/steps/ask", json={"status": "completed"})
        case "condition":
            update(api, case, go=True)
        case "bounce":
            bounce(world, workspace, written(api, case)[0])
    later(world, days=8)
    assert len(written(api, case)) == 1


def test_a_task_is_reminded_of_until_it_is_done(world: World, workspace: Any, api: Api, case_of: Any) -> None:
    to_a_tuesday(world)
    ada = f"ada-{workspace.slug}@acme.example"
    world.member(workspace, ada)
    task = {"key": "ask", "title": "Call", "type": "task", "assignee": ada, "reminders": [{"after": "P1D", "every": "P1D", "times": 9}]}  # fmt: skip
    case = case_of(task)
    start(api, case)
    later(world, days=1, minutes=1)
    assert [each["to"] for each in written(api, case)] == [[ada]]
    api.json("PATCH", f"/v1/cases/{case['id']}/steps/ask", json={"status": "completed"})
    later(world, days=3)
    assert len(written(api, case)) == 1


def test_one_that_says_how_long_after_each_other_and_not_how_often_comes_again(
    world: World, api: Api, case_of: Any
) -> None:
    """[18] “every” was taken, and it came once."""
    to_a_tuesday(world)
    case = case_of(MAIL | {"reminders": [{"after": "P1D", "every": "P1D"}]})
    start(api, case)
    send(world)
    for _ in range(20):
        later(world, days=1, minutes=1)
    assert 5 < len(written(api, case)) - 1 <= 10


def test_that_a_reminder_came_back_is_no_failure_of_what_is_to_be_done(
    world: World, workspace: Any, api: Api, case_of: Any
) -> None:
    """[18] The history said that the step had failed, which was under way still."""
    to_a_tuesday(world)
    ada = f"ada-{workspace.slug}@acme.example"
    world.member(workspace, ada)
    task = {"key": "ask", "title": "Call", "type": "task", "assignee": ada, "reminders": [{"after": "P1D"}]}
    case = case_of(task)
    start(api, case)
    later(world, days=1, minutes=1)
    bounce(world, workspace, written(api, case)[0])
    kinds = [each["kind"] for each in api.json("GET", f"/v1/cases/{case['id']}/history")["data"]]
    assert kinds[:2] == ["reminders_ended", "message_bounced"]
    assert step(api, case)["status"] == "started"


def test_turns_that_were_missed_are_not_made_up_for(world: World, api: Api, case_of: Any) -> None:
    to_a_tuesday(world)
    case = case_of(MAIL | {"reminders": [{"after": "P1D", "every": "P1D", "times": 5}]})
    start(api, case)
    send(world)
    later(world, days=14)
    later(world, minutes=1)
    assert len(written(api, case)) == 2


def test_several_that_are_due_to_one_person_are_one_message(world: World, api: Api, case_of: Any) -> None:
    to_a_tuesday(world)
    cases = [case_of(MAIL | {"reminders": REMINDERS[:1]}, title=f"Case {n}") for n in range(3)]
    other = case_of(MAIL | {"reminders": REMINDERS[:1]}, contacts=({**TESS, "email": "bob@example.org"},))
    for case in (*cases, other):
        start(api, case)
    send(world)
    later(world, days=3, minutes=1)
    reminders = [each for case in cases for each in written(api, case)[1:]]
    assert len(reminders) == 1
    assert all(f"Case {n}" in reminders[0]["text"] for n in range(3))
    assert reminders[0]["subject"] == "Again (+2)"
    assert len(written(api, other)) == 2
    later(world, hours=2)
    assert sum(len(written(api, case)) for case in cases) == 4


def test_a_reminder_that_cannot_be_holds_up_no_other(world: World, api: Api, case_of: Any) -> None:
    """[18] A text too long for an SMS was tried for ever, and nothing else of the case was done."""
    to_a_tuesday(world)
    reminders = [{"after": "P1D", "channel": "sms"}, {"after": "P2D", "subject": "Again", "body": "{{ data.amount }}."}]
    case = case_of(MAIL | {"body": "Papers! " * 250, "reminders": reminders})
    start(api, case)
    send(world)
    later(world, days=1, minutes=1)
    later(world, days=1, minutes=1)
    assert subjects(api, case)[1:] == ["Again"]
    reasons = [each["reason"] or "" for each in api.json("GET", f"/v1/cases/{case['id']}/history")["data"]]
    assert any(each.startswith("Nobody was reminded: “body” has more than 1600 characters") for each in reasons), (
        reasons
    )
    assert "Without a value in the text: data.amount." in reasons


def test_no_more_than_one_message_can_say_is_one(world: World, api: Api, case_of: Any) -> None:
    """[18] Reminders by SMS that were too long together were never sent."""
    to_a_tuesday(world)
    reminders = [{"after": "P1D", "channel": "sms", "body": "Papers! " * 70}]
    cases = [case_of(MAIL | {"reminders": reminders}) for _ in range(5)]
    for case in cases:
        start(api, case)
    send(world)
    later(world, days=1, minutes=1)
    texts = [each["text"] for case in cases for each in written(api, case)[1:]]
    assert [each.count("Papers!") for each in texts] == [140, 140, 70]


def test_several_of_one_case_are_one_message_too(world: World, api: Api, case_of: Any) -> None:
    """[18] Two steps of a case reminded the same person by two messages at once; of another case with two, nothing was sent."""
    to_a_tuesday(world)
    more = {**MAIL, "key": "more", "title": "More papers"}
    cases = [
        case_of(*({**each, "reminders": REMINDERS[:1]} for each in (MAIL, more)), title=f"Case {n}") for n in range(2)
    ]
    for case in cases:
        start(api, case)
        start(api, case, "more")
    send(world)
    later(world, days=3, minutes=1)
    (reminder,) = [each for case in cases for each in written(api, case)[2:]]
    assert reminder["subject"] == "Again (+3)"
    for n in range(2):
        for title in ("Ask for papers", "More papers"):
            assert f"Case {n}: {title}\n" in reminder["text"]
            assert f"Case {n}: {title}</h2>" in reminder["html"]
    assert reminder["html"].count("<em>papers</em>") == 4
    assert reminder["html"].count("<html") == 1
    later(world, hours=2)
    assert sum(len(written(api, case)) for case in cases) == 5
    later(world, days=5)
    assert sum(len(written(api, case)) for case in cases) == 6


def test_what_has_no_value_in_a_text_is_said_in_the_history(api: Api, case_of: Any) -> None:
    """It is an empty text to the reader, and a note to whoever looks after it."""
    reasons = lambda case: [each["reason"] for each in api.json("GET", f"/v1/cases/{case['id']}/history")["data"]]  # noqa: E731
    case = case_of(MAIL)
    start(api, case)
    assert "Without a value in the text: data.amount." in reasons(case)
    letter = {"to": ["ann@example.org"], "subject": "Hello", "body": "It is {{ data.amount }}."}
    other = case_of(MAIL)
    api.json("POST", f"/v1/cases/{other['id']}/messages", 201, json=letter)
    assert "Without a value in the text: data.amount." in reasons(other)
    update(api, other, amount=5)
    start(api, other)
    assert reasons(other).count("Without a value in the text: data.amount.") == 1


@pytest.mark.parametrize(
    ("data", "found"),
    [
        ({"to": ["nobody"]}, {"/data/to/0": "unknown_slot"}),
        ({"to": ["main", "a b@x.example"]}, {"/data/to/1": "invalid_email"}),
        ({"body": "{{ data.amont }}"}, {"/data/body": "unknown_name"}),
        ({"body": " "}, {"/data/body": "missing_member"}),
        ({"attachments": ["nothing"]}, {"/data/attachments/0": "not_found"}),
        ({"subject": "x" * 501}, {"/data/subject": "invalid_value"}),
        ({"to": ["a@b.example"] * 51}, {"/data/to": "invalid_value"}),
        (
            {"to": ["nobody"], "body": "{% if %}", "attachments": ["nothing"], "send_at": "tomorrow"},
            {
                "/data/to/0": "unknown_slot",
                "/data/body": "invalid_text",
                "/data/attachments/0": "not_found",
                "/data/send_at": "invalid_value",
            },
        ),
        ({"to": ["nobody"], "send_at": "2100-01-01T09:00:00Z"}, {"/data/to/0": "unknown_slot"}),
    ],
)
def test_all_that_is_wrong_with_what_is_given_is_said_at_once(api: Api, case_of: Any, data: Any, found: Any) -> None:
    """With pointers into the request; they were those of a message, and one at a time."""
    case = case_of(MAIL)
    refused = api.post(f"/v1/cases/{case['id']}/start/ask", json={"data": data})
    assert (refused.status_code, errors(refused)) == (400, found)
    assert step(api, case)["status"] == "available"


def test_of_somebody_who_is_erased_no_address_is_left_in_steps(world: World, api: Api, case_of: Any) -> None:
    """[18] It was typed where the step was started, and stood in the step, and in the history of the case."""
    case = case_of(MAIL)
    tess = case["contacts"][0]["id"]
    start(api, case, to=["Tess@Example.org", "other@example.org"], cc=[TESS["email"]])
    send(world)
    assert "Tess@Example.org" in api.get(f"/v1/cases/{case['id']}").text
    api.delete(f"/v1/contacts/{tess}").raise_for_status()
    for path in ("", "/history"):
        assert "tess@example.org" not in api.get(f"/v1/cases/{case['id']}{path}").text.lower()
    given = step(api, case)["data"]
    assert (given["to"], given["cc"]) == (["other@example.org"], [])


def test_a_copy_that_nobody_can_be_sent_is_said(api: Api, case_of: Any) -> None:
    """[18] A copy to an empty slot was left out, and nobody told."""
    broker = {"key": "broker", "name": "Broker"}
    template_step = MAIL | {"cc": ["broker", "owner"], "bcc": ["boss@example.org"]}
    case = case_of(template_step, slots=[broker])
    start(api, case)
    (message,) = written(api, case)
    assert (message["cc"], message["bcc"]) == ([], ["boss@example.org"])
    entry = next(
        each for each in api.json("GET", f"/v1/cases/{case['id']}/history")["data"] if each["kind"] == "step_started"
    )
    assert "Not written to, for want of an address that takes messages: Broker, the owner." in entry["reason"]


def test_a_short_number_of_somebody_who_is_erased_goes_only_where_it_stands_alone(api: Api, case_of: Any) -> None:
    """[18] It would have gone out of times and ids, too."""
    case = case_of(MAIL, contacts=[TESS | {"phone": "2"}])
    start(api, case, to=["someone@example.org"], floor="2", hint="room 2")
    before = step(api, case)["data"]
    api.delete(f"/v1/contacts/{case['contacts'][0]['id']}").raise_for_status()
    assert step(api, case)["data"] == before | {"floor": ""}
