"""Forms in cases: a step asks, what is answered is data of the case with where it was given, and the step is done."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from dossier.forms.jobs import WORDS
from dossier.foundation.actor import Scope, system
from dossier.workspaces.model import Workspace
from tests.forms.answering import Contact
from tests.forms.support import at_address, do_due, in_days, publish
from tests.world import Api, World, errors

ELEMENTS: list[dict[str, Any]] = [
    {"key": "amount", "type": "number", "label": "How much", "required": True, "field": "data.amount"},
    {"key": "colour", "type": "text", "label": "Which colour", "field": "data.colour"},
    {"key": "phone", "type": "phone", "label": "Your phone", "field": "contact.phone"},
    {"key": "more", "type": "text", "label": "Anything else"},
]
FIELDS = [
    {"key": "amount", "type": "number", "name": "Amount", "decimals": 2},
    {"key": "colour", "type": "text", "name": "Colour"},
    {"key": "seen", "type": "checkbox", "name": "Seen"},
]
STEP: dict[str, Any] = {"key": "ask", "title": "Ask them", "type": "form", "recipient": "main", "form": "accident"}
TESS = {"key": "main", "given_name": "Tess", "email": "tess@example.org"}


@pytest.fixture
def asked(world: World, workspace: Workspace) -> None:
    publish(world, workspace, pages=[{"key": "one", "title": "One", "elements": ELEMENTS}])


@pytest.fixture
def case_of(asked: None, make_template: Any, make_case: Any) -> Callable[..., dict[str, Any]]:
    def make(contacts: Any = (TESS,), also: Any = (), statuses: Any = (), **members: Any) -> dict[str, Any]:
        steps = [{**STEP, **members}, *also]
        template = make_template(schema=FIELDS, steps=steps, statuses=list(statuses))["id"]
        made: dict[str, Any] = make_case(template={"id": template}, contacts=list(contacts))
        return made

    return make


@pytest.fixture
def contact(world: World, workspace: Workspace) -> Callable[[dict[str, Any]], Contact]:
    return lambda form: Contact(world, workspace, form)


def state(api: Api, case: dict[str, Any], key: str = "ask") -> dict[str, Any]:
    return next(each for each in api.json("GET", f"/v1/cases/{case['id']}")["steps"] if each["id"] == key)


def started(api: Api, case: dict[str, Any], key: str = "ask") -> dict[str, Any]:
    """The form that starting the step has made."""
    steps = api.json("POST", f"/v1/cases/{case['id']}/start/{key}", json={})["steps"]
    data = next(each for each in steps if each["id"] == key)["data"]
    form: dict[str, Any] = api.json("GET", f"/v1/forms/{data['form']}")
    return form


def values(api: Api, case: dict[str, Any]) -> dict[str, Any]:
    return {each["key"]: each["value"] for each in api.json("GET", f"/v1/cases/{case['id']}")["schema"]}


def counts(api: Api, case: dict[str, Any]) -> tuple[int, int, int]:
    found = api.json("GET", f"/v1/cases/{case['id']}")["forms"]
    return found["asked"], found["received"], found["accepted"]


def history(api: Api, case: dict[str, Any]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = api.json("GET", f"/v1/cases/{case['id']}/history")["data"]
    return found


def test_a_step_makes_and_sends_its_form_filled_in_from_the_case(world: World, api: Api, case_of: Any) -> None:
    case = case_of(prefill={"more": "title"})
    api.json("POST", f"/v1/cases/{case['id']}/data", json={"data": {"amount": 5}})
    form = started(api, case)
    assert (form["status"], form["user"]["email"], form["case"]["id"]) == ("pending", "tess@example.org", case["id"])
    assert form["data"] == {"amount": 5, "more": case["title"]}
    assert state(api, case)["status"] == "started"
    do_due(world)
    invited = [each for each in api.json("GET", "/v1/messages")["data"] if each["case"]]
    assert [each["to"] for each in invited] == [["tess@example.org"]]
    assert counts(api, case) == (4, 0, 0)


def test_what_is_answered_is_data_of_the_case_with_where_it_was_given(api: Api, case_of: Any, contact: Any) -> None:
    case = case_of()
    form = started(api, case)
    contact(form).answers(amount=12, colour="red", more="Hello").submits()
    assert (values(api, case)["amount"], values(api, case)["colour"]) == (12, "red")
    done = state(api, case)
    assert (done["status"], done["data"]["form"]) == ("completed", form["id"])
    (entry,) = [each for each in history(api, case) if each["kind"] == "form"]
    assert (entry["via"], entry["actor"]["type"], entry["actor"]["name"]) == ("form", "contact", "Tess")
    response = api.json("GET", f"/v1/forms/{form['id']}")["responses"][0]["id"]
    source = {"form": form["id"], "response": response, "element": "amount"}
    assert entry["changes"]["amount"] == {"old": None, "new": 12, "source": source}
    assert set(entry["changes"]) >= {"amount", "colour"}
    assert counts(api, case) == (4, 3, 0)


def test_transitions_and_conditions_look_at_what_was_answered(api: Api, case_of: Any, contact: Any) -> None:
    statuses = [
        {"key": "got", "label": "Got it", "parent_status": "in_progress", "when": {"watch": ["data.amount"], "condition": {"data.amount": {"$gt": 10}}}},
        {"key": "all", "label": "All there", "parent_status": "closed", "when": {"watch": ["forms.accepted"], "condition": {"forms.accepted": {"$ge": 1}}}},
    ]  # fmt: skip
    case = case_of(statuses=statuses)
    form = started(api, case)
    contact(form).answers(amount=12).submits()
    assert api.json("GET", f"/v1/cases/{case['id']}")["status"] == "got"
    api.json("POST", f"/v1/forms/{form['id']}/review", json={"accept": ["amount"]})
    assert api.json("GET", f"/v1/cases/{case['id']}")["status"] == "all"


def test_what_does_not_fit_any_more_stays_in_the_response_and_is_named(
    api: Api, case_of: Any, contact: Any, world: World, workspace: Workspace
) -> None:
    publish(world, workspace, slug="loose", pages=[{"key": "one", "title": "One", "elements": [
        {"key": "amount", "type": "number", "label": "How much", "field": "data.amount"},
        {"key": "colour", "type": "text", "label": "Which colour", "field": "data.colour"}]}])  # fmt: skip
    case = case_of(form="loose")
    contact(started(api, case)).answers(amount=Decimal("1.23456"), colour="red").submits()
    assert (values(api, case)["amount"], values(api, case)["colour"]) == (None, "red")
    (entry,) = [each for each in history(api, case) if each["kind"] == "form"]
    assert entry["reason"] == "Does not fit the case any more, and stays in the response: “How much”."
    assert state(api, case)["status"] == "completed"


def test_an_empty_member_of_the_contact_is_filled_and_another_value_waits_for_a_member(
    api: Api, case_of: Any, contact: Any
) -> None:
    case = case_of()
    contact(started(api, case)).answers(amount=1, phone="+32470123456").submits()
    assert api.json("GET", f"/v1/cases/{case['id']}")["contacts"][0]["phone"] == "+32470123456"
    known = {**TESS, "email": "other@example.org", "phone": "+32470000000"}
    second = case_of(contacts=[known])
    form = started(api, second)
    contact(form).answers(amount=1, phone="+32470123456").submits()
    assert api.json("GET", f"/v1/cases/{second['id']}")["contacts"][0]["phone"] == "+32470000000"
    api.json("POST", f"/v1/forms/{form['id']}/review", json={"accept": ["phone"]})
    assert api.json("GET", f"/v1/cases/{second['id']}")["contacts"][0]["phone"] == "+32470123456"


def test_accepting_an_address_of_somebody_else_changes_neither_of_them(
    world: World, workspace: Workspace, api: Api, case_of: Any, contact: Any
) -> None:
    mail = {"key": "email", "type": "email", "label": "Your address", "field": "contact.email"}
    publish(world, workspace, slug="mail", pages=[{"key": "one", "title": "One", "elements": [*ELEMENTS, mail]}])
    rose = case_of(form="mail", contacts=[{"key": "main", "email": "rose@example.org", "phone": "+32470000000"}])
    case = case_of(form="mail")
    form = started(api, case)
    contact(form).answers(amount=1, phone="+32470123456", email="rose@example.org").submits()
    api.json("POST", f"/v1/forms/{form['id']}/review", json={"accept": ["*"]})
    (tess,), (known,) = (api.json("GET", f"/v1/cases/{each['id']}")["contacts"] for each in (case, rose))
    assert (tess["email"], tess["phone"]) == ("tess@example.org", "+32470123456")
    assert (known["email"], known["phone"]) == ("rose@example.org", "+32470000000")


def test_the_later_submission_wins_and_the_history_shows_both(api: Api, case_of: Any, contact: Any) -> None:
    case = case_of(also=[{**STEP, "key": "again", "title": "Again"}])
    first, second = started(api, case), started(api, case, "again")
    contact(second).answers(amount=2).submits()
    contact(first).answers(amount=1).submits()
    assert values(api, case)["amount"] == 1
    given = [each["changes"]["amount"]["source"]["form"] for each in history(api, case) if each["kind"] == "form"]
    assert given == [first["id"], second["id"]]


def test_a_submission_can_be_taken_back(api: Api, case_of: Any, contact: Any) -> None:
    case = case_of()
    contact(started(api, case)).answers(amount=12).submits()
    entry = next(each for each in history(api, case) if each["kind"] == "form")
    api.json("POST", f"/v1/cases/{case['id']}/undo", json={"entry": entry["id"]})
    assert values(api, case)["amount"] is None


def test_what_is_not_asked_again_leaves_alone_what_a_member_has_corrected(api: Api, case_of: Any, contact: Any) -> None:
    case = case_of()
    form = started(api, case)
    contact(form).answers(amount=12, colour="red").submits()
    api.json("POST", f"/v1/cases/{case['id']}/data", json={"data": {"amount": 99}})
    api.json("POST", f"/v1/forms/{form['id']}/reopen", json={"elements": ["colour"]})
    contact(form).answers(colour="blue").submits()
    assert (values(api, case)["amount"], values(api, case)["colour"]) == (99, "blue")


def test_what_somebody_takes_away_is_taken_away_from_the_case(api: Api, case_of: Any, contact: Any) -> None:
    """It was filled in from the case, they were shown it, and handed in nothing; what nobody touched, or what is hidden, stays."""
    case = case_of()
    api.json("POST", f"/v1/cases/{case['id']}/data", json={"data": {"amount": 7, "colour": "red"}})
    form = started(api, case)
    contact(form).answers(amount=8, colour=None).submits()
    assert (values(api, case)["amount"], values(api, case)["colour"]) == (8, None)
    (entry,) = [each for each in history(api, case) if each["kind"] == "form"]
    assert entry["changes"]["colour"]["new"] is None
    assert entry["changes"]["colour"]["source"]["element"] == "colour"


def test_what_was_never_filled_in_or_is_hidden_takes_nothing_away(
    world: World, workspace: Workspace, api: Api, case_of: Any, contact: Any
) -> None:
    hidden = {"key": "colour", "type": "text", "label": "Colour", "field": "data.colour",
              "visible_when": {"data.more": {"$ne": "none"}}}  # fmt: skip
    pages = [{"key": "one", "title": "One", "elements": [ELEMENTS[0], ELEMENTS[3], hidden]}]
    publish(world, workspace, slug="hiding", pages=pages)
    case = case_of(form="hiding")
    form = started(api, case)
    api.json("POST", f"/v1/cases/{case['id']}/data", json={"data": {"amount": 7, "colour": "red"}})
    contact(form).answers(amount=8, colour="blue").answers(colour=None, more="none").submits()
    assert (values(api, case)["amount"], values(api, case)["colour"]) == (8, "red")


def test_who_declines_and_who_does_not_answer_fails_the_step(
    world: World, workspace: Workspace, api: Api, case_of: Any, contact: Any
) -> None:
    publish(world, workspace, slug="free", decline=True, pages=[{"key": "one", "title": "One", "elements": ELEMENTS}])
    case = case_of(form="free", also=[{**STEP, "key": "late", "title": "Late"}])
    contact(started(api, case)).declines("No time")
    assert (state(api, case)["status"], state(api, case)["data"]["error"]) == ("failed", "They declined to answer.")
    late = started(api, case, "late")
    world.clock.forward(days=61)
    do_due(world)
    assert state(api, case, "late")["status"] == "failed"
    api.json("PATCH", f"/v1/forms/{late['id']}", json={"active_until": in_days(world, 5)})
    assert state(api, case, "late")["status"] == "started"


def test_a_case_that_is_put_away_and_a_step_that_is_called_off_have_no_open_form(api: Api, case_of: Any) -> None:
    case = case_of()
    form = started(api, case)
    api.json("PATCH", f"/v1/cases/{case['id']}/steps/ask", json={"status": "cancelled"})
    assert api.json("GET", f"/v1/forms/{form['id']}")["archived"] is True
    assert counts(api, case) == (0, 0, 0)
    other = case_of()
    form = started(api, other)
    api.json("POST", f"/v1/cases/{other['id']}", json={"archived": True})
    found = api.json("GET", f"/v1/forms/{form['id']}")
    assert found["archived"] is True
    assert {each["status"] for each in found["notifications"]} <= {"sent", "skipped", "failed"}


def test_the_list_shows_cases_with_forms_and_without(
    world: World, workspace: Workspace, api: Api, case_of: Any, contact: Any
) -> None:
    _without, case = case_of(), case_of()
    contact(started(api, case)).answers(amount=12, colour="red").submits()
    page = world.browser(world.member(workspace, f"h-{workspace.slug}@example.org")).get("/workspace/cases")
    assert (page.status_code, page.text.count("2/4"), page.text.count("2 of 4 received")) == (200, 1, 1)


def test_no_form_of_a_case_that_is_put_away_is_opened_again_or_made(api: Api, case_of: Any, contact: Any) -> None:
    case = case_of(also=[{**STEP, "key": "more", "title": "More"}])
    answered, form = started(api, case, "more"), started(api, case)
    contact(answered).answers(amount=1).submits()
    api.json("POST", f"/v1/cases/{case['id']}", json={"archived": True})
    opened = api.request("PATCH", f"/v1/forms/{form['id']}", json={"archived": False})
    assert (opened.status_code, errors(opened)) == (422, {"": "invalid_transition"})
    again = api.request("POST", f"/v1/forms/{answered['id']}/reopen", json={"elements": ["amount"]})
    assert (again.status_code, errors(again)) == (409, {"": "wrong_state"})
    new = {"flow": {"slug": "accident"}, "user": {"email": "tess@example.org"}, "case": {"id": case["id"]}}
    made = api.request("POST", "/v1/forms", json=new)
    assert (made.status_code, errors(made)) == (400, {"/case/id": "archived"})
    api.json("POST", f"/v1/cases/{case['id']}", json={"archived": False})
    assert api.json("PATCH", f"/v1/forms/{form['id']}", json={"archived": False})["archived"] is False


def test_an_internal_form_is_sent_to_nobody(world: World, api: Api, case_of: Any) -> None:
    case = case_of(internal=True, contacts=[{"key": "main", "given_name": "Nobody"}])
    form = started(api, case)
    do_due(world)
    assert form["notifications"] == []
    assert state(api, case)["status"] == "started"


def test_what_refuses_a_step_that_asks(api: Api, case_of: Any) -> None:
    case = case_of(contacts=[{"key": "main", "given_name": "Nobody"}])
    refused = api.request("POST", f"/v1/cases/{case['id']}/start/ask", json={})
    assert (refused.status_code, errors(refused)) == (409, {"": "no_recipient"})
    case = case_of()
    api.json("POST", f"/v1/cases/{case['id']}/start/ask", json={})
    by_hand = api.request("PATCH", f"/v1/cases/{case['id']}/steps/ask", json={"status": "completed"})
    assert (by_hand.status_code, errors(by_hand)) == (409, {"": "not_by_hand"})


def test_a_form_starts_by_itself_where_its_condition_holds(world: World, api: Api, case_of: Any) -> None:
    case = case_of(start_when={"data.seen": {"$eq": True}})
    api.json("POST", f"/v1/cases/{case['id']}/data", json={"data": {"seen": True}})
    do_steps(world, case)
    world.clock.forward(days=4)  # what is sent waits for sending hours
    do_steps(world, case)
    assert "form" in state(api, case)["data"], state(api, case)


@pytest.mark.parametrize("channel", ["email", "sms"])
def test_a_reminder_of_a_form_goes_to_who_is_asked_with_their_link(
    world: World, api: Api, case_of: Any, contact: Any, channel: str
) -> None:
    """[18] It went to the owner where the step names no recipient, and led nowhere."""
    reminders = [
        {"after": "P3D", "channel": channel},
        {"after": "P30D", "subject": "Still nothing", "body": "Look at {{ form.link }}", "to": "owner"},
    ]
    case = case_of(contacts=[{**TESS, "phone": "+32470123456"}], recipient=None, reminders=reminders)
    form = started(api, case)
    do_due(world)
    before = len(case_mail(api, case))
    world.clock.forward(days=7)
    with at_address(world):
        do_steps(world, case)
    (reminder,) = case_mail(api, case)[before:]
    assert reminder["to"] == [{"email": "tess@example.org", "sms": "+32470123456"}[channel]]
    link = form["links"]["fill"].partition("/r/")[2]
    assert f"/r/{link}" in reminder["text"]
    assert channel == "sms" or f'/r/{link}"' in reminder["html"]
    contact(form).answers(amount=1).submits()
    world.clock.forward(days=40)
    do_steps(world, case)
    assert len([each for each in case_mail(api, case) if each["step"] == "ask"]) == 1


def test_who_is_told_that_a_form_is_not_answered_has_no_link_of_who_is_asked(
    world: World, workspace: Workspace, api: Api, case_of: Any
) -> None:
    owner = world.member(workspace, f"own-{workspace.slug}@example.org")
    reminders = [{"after": "P3D", "subject": "Still nothing", "body": "Look at {{ form.link }}", "to": "owner"}]
    case = case_of(reminders=reminders)
    api.json("PATCH", f"/v1/cases/{case['id']}", json={"owner": {"email": owner.email}})
    form = started(api, case)
    world.clock.forward(days=7)
    do_steps(world, case)
    (told,) = [each for each in case_mail(api, case) if each["to"] == [owner.email]]
    assert f"/workspace/forms/{form['id']}" in told["text"]
    assert "/r/" not in told["text"]


def case_mail(api: Api, case: dict[str, Any]) -> list[dict[str, Any]]:
    """The messages of a case, the first one first, whole."""
    rows = api.json("GET", "/v1/messages", params={"case[id]": case["id"], "page[size]": 100})["data"]
    return [api.json("GET", f"/v1/messages/{row['id']}") for row in sorted(rows, key=lambda row: row["created_at"])]


def do_steps(world: World, case: dict[str, Any]) -> None:
    from dossier.steps.actions import due

    world.server.run(due.do_all(world.services))


def test_who_is_erased_stands_nowhere_as_who_answered(
    world: World, workspace: Workspace, api: Api, case_of: Any, contact: Any
) -> None:
    case = case_of()
    form = started(api, case)
    contact(form).answers(amount=1, more="I am Tess").submits()
    refusal = {"refuse": [{"element": "more", "reason": "Tess says too little"}]}
    api.json("POST", f"/v1/forms/{form['id']}/review", json=refusal)
    world.server.run(WORDS.reindex(world.services, str(workspace.id)))
    assert rows_saying(world, workspace, "form_words", "tess")
    tess = next(each for each in api.json("GET", f"/v1/cases/{case['id']}")["contacts"] if each["key"] == "main")
    api.json("DELETE", f"/v1/contacts/{tess['id']}", 204)
    for place in (
        f"cases/{case['id']}",
        f"cases/{case['id']}/history",
        f"forms/{form['id']}",
        f"forms/{form['id']}/review",
    ):
        assert "Tess" not in api.get(f"/v1/{place}").text, place
    for table in ("cases", "case_events", "form_words", "form_reviews"):
        assert not rows_saying(world, workspace, table, "tess"), table


def rows_saying(world: World, workspace: Workspace, table: str, text: str) -> list[str]:
    async def found(transaction: Any) -> list[str]:
        rows = await transaction.all(
            f"SELECT t::text AS said FROM {table} t WHERE t.workspace_id = %(workspace)s AND t::text ILIKE %(text)s",
            workspace=workspace.id,
            text=f"%{text}%",
        )
        return [row["said"] for row in rows]

    said: list[str] = world.do(found, system(scope=Scope((workspace.id,))))
    return said


def test_a_name_that_no_contact_can_have_stops_nobody(
    world: World, workspace: Workspace, api: Api, make_template: Any, make_case: Any, contact: Any
) -> None:
    elements = [{"key": "name", "type": "text", "label": "Your name", "field": "contact.given_name"}, *ELEMENTS]
    publish(world, workspace, slug="named", pages=[{"key": "one", "title": "One", "elements": elements}])
    template = make_template(schema=FIELDS, steps=[{**STEP, "form": "named"}])["id"]
    case = make_case(template={"id": template}, contacts=[{"key": "main", "email": "tess@example.org"}])
    form = started(api, case)
    contact(form).answers(name="x" * 2000, amount=5).submits()
    assert state(api, case)["status"] == "completed"
    assert values(api, case)["amount"] == 5
    api.json("POST", f"/v1/forms/{form['id']}/review", json={"accept": ["*"]})
