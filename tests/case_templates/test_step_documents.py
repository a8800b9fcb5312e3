"""What a step of a template may say, and what is wrong with one: each with its pointer and reason."""

from typing import Any

import pytest

from dossier.foundation import json, yaml
from tests.world import Api, World, errors

FIELDS = [
    {"key": "deadline", "type": "date", "name": "Deadline"},
    {"key": "papers", "type": "file", "name": "Papers"},
    {"key": "note", "type": "text", "name": "Note"},
]
SLOTS = [{"key": "main", "name": "Claimant"}, {"key": "broker", "name": "Broker"}]
MAIL: dict[str, Any] = {
    "key": "ask",
    "title": "Ask for papers",
    "type": "email",
    "recipient": "main",
    "cc": ["broker", "owner", "archive@acme.example"],
    "bcc": "boss@acme.example",
    "from_name": "Claims",
    "reply_to": "claims@acme.example",
    "subject": "Your claim",
    "body": "Please send us your papers.",
    "attachments": ["papers", "0190a6b2-0000-7000-8000-000000000001"],
    "texts": {"fr": {"subject": "Votre dossier", "body": "Envoyez-nous vos documents."}},
    "after": ["call"],
    "delay": {"in": "P1D", "working": True},
    "due": {"of": "data.deadline", "before": "P2D"},
    "assignee": {"in_turn": ["owner", "ada@acme.example"]},
    "reminders": [
        {"after": "P3D", "every": "P5D", "times": 4, "subject": "Again"},
        {"after": "P20D", "to": "owner", "times": 1},
    ],
}
CALL = {
    "key": "score",
    "title": "Score",
    "type": "http",
    "method": "POST",
    "url": "https://scores.example/api",
    "headers": {"Accept": "application/json"},
    "timeout": 10,
    "repeatable": True,
    "save": {"data.note": "/score/0"},
}


def document(*steps: dict[str, Any]) -> dict[str, Any]:
    call = {"key": "call", "title": "Call", "type": "task", "assignee": "owner", "due": {"in": "P5D"}}
    return {"title": "Claim", "schema": FIELDS, "contacts": SLOTS, "steps": [call, *steps]}


@pytest.mark.parametrize("written", [json.pretty, yaml.encode])
def test_every_member_of_a_step_is_kept_as_it_was_written(world: World, workspace: Any, api: Api, written: Any) -> None:
    world.member(workspace, "ada@acme.example")
    whole = document(MAIL, CALL)
    read = yaml.decode(written(whole))
    made = api.json("POST", "/v1/case_templates", 201, json=read)
    assert api.json("GET", f"/v1/case_templates/{made['id']}/document")["document"] == whole


WRONG = [
    ({"recipient": "mian"}, "/recipient", "unknown_key"),
    ({"cc": ["broker", "brokr"]}, "/cc/1", "unknown_key"),
    ({"bcc": ["no@"]}, "/bcc/0", "invalid_email"),
    ({"reply_to": "nobody"}, "/reply_to", "invalid_email"),
    ({"after": ["cal"]}, "/after/0", "unknown_key"),
    ({"after": ["ask"]}, "/after", "circle"),
    ({"attachments": ["note"]}, "/attachments/0", "unknown_key"),
    ({"due": {"of": "data.note", "before": "P2D"}}, "/due/of", "unknown_key"),
    ({"due": {"in": "5 days"}}, "/due/in", "invalid_duration"),
    ({"due": {"in": "P5D", "of": "data.deadline"}}, "/due", "invalid_value"),
    ({"due": {"of": "data.deadline"}}, "/due", "invalid_value"),
    ({"delay": "P"}, "/delay", "invalid_duration"),
    ({"delay": "P1D", "after": []}, "/delay", "invalid_value"),
    ({"assignee": "ada"}, "/assignee", "invalid_email"),
    ({"assignee": {"in_turn": ["owner", "ada"]}}, "/assignee/in_turn/1", "invalid_email"),
    ({"reminders": [{"after": "P3D", "every": "PT"}]}, "/reminders/0/every", "invalid_duration"),
    ({"reminders": [{"after": "P3D", "times": 3}]}, "/reminders/0/times", "invalid_value"),
    ({"reminders": [{"after": "P3D", "to": "brokr"}]}, "/reminders/0/to", "unknown_key"),
    ({"reminders": [{"after": "P3D", "evry": "P1D"}]}, "/reminders/0/evry", "unknown_member"),
    ({"texts": {"fr": {"subjekt": "x"}}}, "/texts/fr/subjekt", "unknown_member"),
    ({"save": {"data.nope": "/a"}}, "/save/data.nope", "unknown_key"),
    ({"repeatable": True}, "/reminders", "invalid_value"),
    ({"timeout": 0}, "/timeout", "invalid_value"),
    ({"delay": {"inn": "P1D", "in": "P1D"}}, "/delay/inn", "unknown_member"),
    ({"assignee": {"in_turn": []}}, "/assignee/in_turn", "invalid_value"),
    ({"recipient": None}, "/recipient", "no_recipient"),
    ({"recipient": None, "type": "sms"}, "/recipient", "no_recipient"),
    ({"texts": {"english": {"body": "x"}}}, "/texts/english", "invalid_value"),
]


@pytest.mark.parametrize(("members", "at", "code"), WRONG)
def test_what_is_wrong_with_a_step_is_said_with_its_place(api: Api, members: Any, at: str, code: str) -> None:
    refused = api.post("/v1/case_templates", json=document(MAIL | members))
    assert refused.status_code == 400
    assert errors(refused) == {f"/steps/1{at}": code}


UNCALLABLE = [
    ({"url": "ftp://scores.example"}, "/url", "invalid_value"),
    ({"url": "scores.example/api"}, "/url", "invalid_value"),
    ({"url": "https:///api"}, "/url", "invalid_value"),
    ({"url": "http://10.0.0.1/{{ data.note }}"}, "/url", "forbidden_address"),
    ({"url": "http://127.0.0.2:8080"}, "/url", "forbidden_address"),
    ({"url": "https://[::1]:8080/"}, "/url", "forbidden_address"),
    ({"url": "http://169.254.169.254/latest"}, "/url", "forbidden_address"),
    ({"save": {"data.note": "score"}}, "/save/data.note", "invalid_value"),
    ({"save": {"data.note": "/score/~2"}}, "/save/data.note", "invalid_value"),
    ({"save": {"data.note": "$.score"}}, "/save/data.note", "invalid_value"),
]


@pytest.mark.parametrize(("members", "at", "code"), UNCALLABLE)
def test_a_call_that_can_never_be_made_is_refused_with_its_place(
    api: Api, make_template: Any, members: Any, at: str, code: str
) -> None:
    """[http 5] It was published, and failed each time."""
    call = {"url": CALL["url"]} | members
    rule = {"key": "ask", "name": "Ask", "when": {"created": True}, "then": [{"http": call}]}
    wrong = document(CALL | members) | {"automations": [rule]}
    places = {f"/steps/1{at}": code, f"/automations/0/then/0/http{at}": code}
    assert errors(api.post("/v1/case_templates", json=wrong)) == places
    made = make_template()
    assert errors(api.put(f"/v1/case_templates/{made['id']}", json=wrong)) == places


@pytest.mark.parametrize(
    "url", ["{{ secrets.base }}/x", "HTTPS://a.example", "https://{{ data.note }}/", "http://8.8.8.8"]
)
def test_a_call_whose_address_may_come_to_be_is_published(api: Api, url: str) -> None:
    made = document(CALL | {"url": url, "save": {"data.note": ""}})
    assert api.post("/v1/case_templates", json=made).status_code == 201


@pytest.mark.parametrize(
    "members", [{"delay": 5}, {"due": 5}, {"assignee": 5}, {"reminders": [5]}, {"texts": {"fr": 5}}]
)
def test_what_is_no_object_is_said_without_the_names_of_our_classes(api: Api, members: Any) -> None:
    """It was “should be a valid dictionary or instance of WaitDocument”."""
    (said,) = api.post("/v1/case_templates", json=document(MAIL | members)).json()["errors"]
    assert said["detail"].endswith("must be an object, not a number.")


@pytest.mark.parametrize(
    ("assignee", "at"), [("no@acme.example", ""), ({"in_turn": ["owner", "no@acme.example"]}, "/in_turn/1")]
)
def test_steps_are_given_to_members_alone(api: Api, assignee: Any, at: str) -> None:
    """As rules are; who is no member was taken when the template was published."""
    refused = api.post("/v1/case_templates", json=document(MAIL | {"assignee": assignee}))
    assert (refused.status_code, errors(refused)) == (400, {f"/steps/1/assignee{at}": "unknown_owner"})


def test_a_step_that_is_started_by_hand_may_say_then_whom_it_writes_to(api: Api) -> None:
    mail = {"key": "ask", "title": "Ask", "type": "email", "subject": "x", "body": "x"}
    api.json("POST", "/v1/case_templates", 201, json=document(mail))


def test_steps_that_wait_for_each_other_are_all_named(api: Api) -> None:
    one, two = ({"key": key, "title": key, "type": "task"} for key in ("one", "two"))
    refused = api.post("/v1/case_templates", json=document(one | {"after": ["two"]}, two | {"after": ["one"]}))
    assert errors(refused) == {"/steps/1/after": "circle", "/steps/2/after": "circle"}
