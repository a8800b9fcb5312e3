"""What was answered is looked through, answer by answer; what was refused is asked again, alone, on the same link."""

import re
from collections.abc import Callable
from typing import Any

import pytest

from dossier.workspaces.model import Workspace
from tests.forms.answering import Contact
from tests.forms.support import ask, do_due, in_days, publish
from tests.world import Api, World, errors

ELEMENTS: list[dict[str, Any]] = [
    {"key": "amount", "type": "number", "label": "Amount", "required": True},
    {"key": "note", "type": "text", "label": "Note"},
    {"key": "hurt", "type": "checkbox", "label": "Was somebody hurt?"},
    {"key": "who", "type": "text", "label": "Who", "visible_when": {"data.hurt": {"$eq": True}}},
]
PAGES = [{"key": "one", "title": "One", "elements": ELEMENTS}]
TESS = {"email": "tess@example.org", "given_name": "Tess"}


@pytest.fixture
def contact(world: World, workspace: Workspace) -> Callable[[dict[str, Any]], Contact]:
    return lambda form: Contact(world, workspace, form)


@pytest.fixture
def answered(world: World, workspace: Workspace, api: Api, contact: Any) -> dict[str, Any]:
    """A form that was handed in: 5, and a note."""
    publish(world, workspace, pages=PAGES, decline=True)
    form: dict[str, Any] = ask(api, user=TESS)
    contact(form).answers(amount=5, note="Blue").submits()
    return form


def states(review: dict[str, Any]) -> dict[str, str]:
    return {each["element"]: each["state"] for each in review["items"]}


def review(api: Api, form: dict[str, Any], expected: int = 200, **said: Any) -> Any:
    return api.json("POST", f"/v1/forms/{form['id']}/review", expected, json=said)


def reopen(api: Api, form: dict[str, Any], expected: int = 200, **said: Any) -> Any:
    return api.json("POST", f"/v1/forms/{form['id']}/reopen", expected, json=said)


def read(api: Api, form: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = api.json("GET", f"/v1/forms/{form['id']}")
    return found


def test_each_item_is_missing_received_accepted_or_refused_by_whom_and_when(api: Api, answered: dict[str, Any]) -> None:
    found = api.json("GET", f"/v1/forms/{answered['id']}/review")
    assert states(found) == {"amount": "received", "note": "received", "hurt": "missing"}
    assert found["complete"] is False
    found = review(api, answered, accept=["amount"], refuse=[{"element": "note", "reason": "Say which blue."}])
    assert states(found) == {"amount": "accepted", "note": "refused", "hurt": "missing"}
    amount, note, _ = found["items"]
    assert (note["reason"], note["by"]["type"], amount["label"]) == ("Say which blue.", "token", "Amount")
    assert amount["at"]
    found = review(api, answered, undo=["note"])
    assert states(found)["note"] == "received"
    found = review(api, answered, accept=["*"])
    assert states(found) == {"amount": "accepted", "note": "accepted", "hurt": "missing"}
    assert found["complete"] is True


def test_the_history_of_the_form_says_what_was_looked_through_and_nothing_of_the_answers(
    api: Api, answered: dict[str, Any]
) -> None:
    review(api, answered, refuse=[{"element": "note", "reason": "Say which blue."}])
    (entry,) = [
        each for each in api.json("GET", f"/v1/forms/{answered['id']}/history")["data"] if each["kind"] == "reviewed"
    ]
    assert entry["changes"] == {"review.note": {"old": "received", "new": "refused"}}
    assert entry["actor"]["type"] == "token"


def test_all_accepted_is_processed_where_the_template_wants_that(
    world: World, workspace: Workspace, api: Api, contact: Any, answered: dict[str, Any]
) -> None:
    review(api, answered, accept=["*"])
    assert read(api, answered)["status"] == "completed"
    publish(world, workspace, slug="quick", pages=PAGES, process_when_accepted=True)
    form = ask(api, user=TESS, flow={"slug": "quick"})
    contact(form).answers(amount=5).submits()
    review(api, form, accept=["amount"])
    assert read(api, form)["status"] == "processed"
    review(api, form, refuse=[{"element": "amount", "reason": "Too much."}])
    assert read(api, form)["status"] == "completed"


@pytest.mark.parametrize(("said", "found"), [
    ({"accept": ["nothing"]}, {"/accept/0": "unknown_element"}),
    ({"accept": ["hurt"]}, {"/accept/0": "missing"}),
    ({"accept": ["note"], "refuse": [{"element": "note", "reason": "x"}]}, {"/refuse/0/element": "contradiction"}),
    ({"refuse": [{"element": "note", "reason": " "}]}, {"/refuse/0/reason": "missing"}),
    ({"refuse": [{"element": "note", "reason": "x" * 2001}]}, {"/refuse/0/reason": "too_long"}),
    ({"undo": ["who"]}, {"/undo/0": "unknown_element"}),
])  # fmt: skip
def test_what_cannot_be_said_of_answers(
    api: Api, answered: dict[str, Any], said: dict[str, Any], found: dict[str, str]
) -> None:
    refused = api.request("POST", f"/v1/forms/{answered['id']}/review", json=said)
    assert (refused.status_code, errors(refused)) == (400, found)


def test_only_what_was_handed_in_is_looked_through_and_asked_again(
    world: World, workspace: Workspace, api: Api
) -> None:
    publish(world, workspace, pages=PAGES)
    form = ask(api, user=TESS)
    for verb, body in (("review", {"accept": ["*"]}), ("reopen", {})):
        refused = api.request("POST", f"/v1/forms/{form['id']}/{verb}", json=body)
        assert (refused.status_code, errors(refused)) == (409, {"": "wrong_state"}), verb
        assert refused.json()["errors"][0]["meta"] == {"status": "pending"}


def test_who_has_not_seen_the_form_as_it_is_says_nothing_of_it(api: Api, answered: dict[str, Any]) -> None:
    for verb, body in (("review", {"accept": ["*"]}), ("reopen", {"elements": ["note"]})):
        late = api.request("POST", f"/v1/forms/{answered['id']}/{verb}", json=body, headers={"If-Match": '"1"'})
        assert late.status_code == 412, verb


def test_what_was_refused_is_asked_again_on_the_same_link_and_the_rest_is_kept(
    world: World, api: Api, contact: Any, answered: dict[str, Any]
) -> None:
    review(api, answered, accept=["amount"], refuse=[{"element": "note", "reason": "Say which blue."}])
    form = reopen(api, answered, message="Nearly done, thank you!")
    assert (form["status"], form["links"]["fill"]) == ("pending", read(api, answered)["links"]["fill"])
    newest, older = form["responses"]
    assert (newest["completed_at"], newest["data"]) == (None, {"amount": 5})
    assert (older["data"], older["completed_at"] is not None) == ({"amount": 5, "note": "Blue"}, True)
    found = api.json("GET", f"/v1/forms/{answered['id']}/review")
    assert states(found) == {"amount": "accepted", "note": "missing", "hurt": "missing"}
    do_due(world)
    letters = [each for each in api.json("GET", "/v1/messages")["data"] if "look at this again" in each["subject"]]
    whole = api.json("GET", f"/v1/messages/{letters[0]['id']}")
    for said in ("Nearly done, thank you!", "Note: Say which blue.", form["links"]["fill"]):
        assert said in whole["text"], said
    contact(form).answers(note="Navy").submits()
    found = api.json("GET", f"/v1/forms/{answered['id']}/review")
    assert states(found) == {"amount": "accepted", "note": "received", "hurt": "missing"}
    assert read(api, answered)["responses"][0]["data"] == {"amount": 5, "note": "Navy"}


@pytest.mark.parametrize(
    ("locale", "subject"),
    [
        ("de", "Bitte sehen Sie sich das noch einmal an"),
        ("ar", "يرجى مراجعة هذا مرة أخرى"),
        ("fr_BE", "Merci d’y regarder encore"),
        ("nl-BE", "Kijk dit nog eens na"),
    ],
)
def test_who_is_asked_again_is_written_to_in_their_language(
    world: World, workspace: Workspace, api: Api, locale: str, subject: str
) -> None:
    publish(world, workspace)
    form = ask(api, user={"email": "tess@example.org", "locale": locale})
    Contact(world, workspace, form).answers(amount=5, note="Blue").submits()
    reopen(api, form, elements=["note"], message="!")
    do_due(world)
    (letter,) = [each for each in api.json("GET", "/v1/messages")["data"] if each["subject"].startswith(subject)]
    assert letter["to"] == ["tess@example.org"]


def shown(world: World, form: dict[str, Any], page: str = "") -> str:
    with world.client() as visitor:
        visitor.headers.pop("authorization", None)
        answer = visitor.get("/r/" + form["links"]["fill"].rpartition("/r/")[2] + page)
    assert answer.status_code == 200, answer.text
    return answer.text


def test_who_is_asked_again_reads_why_where_they_answer(
    world: World, api: Api, contact: Any, answered: dict[str, Any]
) -> None:
    assert "Dark or <b>light</b>?" not in shown(world, answered)
    review(api, answered, refuse=[{"element": "note", "reason": "Dark or <b>light</b>?"}])
    form = reopen(api, answered, message="Nearly <i>done</i>!\nThank you.")
    assert "Nearly &lt;i&gt;done&lt;/i&gt;!\nThank you." in shown(world, form)
    page = shown(world, form, "/pages/one")
    reason = re.search(r'id="q-note-reason">(.*?)</div>', page, re.DOTALL)
    assert reason
    assert "Dark or &lt;b&gt;light&lt;/b&gt;?" in reason[1]
    assert re.search(
        r'<textarea id="q-note"[^>]* aria-describedby="q-note-reason"|<input id="q-note"[^>]* aria-describedby="q-note-reason"',
        page,
    )
    assert page.count("Asked again, because") == 1
    contact(form).answers(note="Dark").submits()
    again = reopen(api, form, elements=["amount"])
    assert "Nearly" not in shown(world, again)
    assert "Asked again, because" not in shown(world, again, "/pages/one")
    assert {each["element"] for each in api.json("GET", f"/v1/forms/{form['id']}/review")["items"]} == {
        "amount",
        "note",
        "hurt",
    }


def test_nothing_but_what_is_asked_again_can_be_answered(api: Api, contact: Any, answered: dict[str, Any]) -> None:
    reopen(api, answered, elements=["note"])
    with pytest.raises(Exception, match="no such question"):
        contact(answered).answers(amount=6)


def test_what_is_named_is_asked_again_also_where_nothing_was_refused(api: Api, answered: dict[str, Any]) -> None:
    nothing = api.request("POST", f"/v1/forms/{answered['id']}/reopen", json={})
    assert (nothing.status_code, errors(nothing)) == (400, {"/elements": "missing"})
    form = reopen(api, answered, elements=["amount"])
    assert form["responses"][0]["data"] == {"note": "Blue"}


def test_what_was_declined_is_asked_again_whole(api: Api, contact: Any, world: World, workspace: Workspace) -> None:
    publish(world, workspace, pages=PAGES, decline=True)
    form = ask(api, user=TESS)
    contact(form).answers(note="Blue").declines("No time")
    form = reopen(api, form)
    assert (form["status"], form["responses"][0]["data"], len(form["responses"])) == ("pending", {"note": "Blue"}, 2)
    contact(form).answers(amount=1).submits()
    assert read(api, form)["status"] == "completed"


@pytest.mark.parametrize(("said", "found"), [
    ({"elements": ["nothing"]}, {"/elements/0": "unknown_element"}),
    ({"elements": []}, {"/elements": "missing"}),
    ({"elements": ["note"], "active_until": "soon"}, {"/active_until": "invalid_value"}),
    ({"elements": ["note"], "active_until": "2020-01-01"}, {"/active_until": "invalid_value"}),
])  # fmt: skip
def test_what_cannot_be_asked_again(
    api: Api, answered: dict[str, Any], said: dict[str, Any], found: dict[str, str]
) -> None:
    refused = api.request("POST", f"/v1/forms/{answered['id']}/reopen", json=said)
    assert (refused.status_code, errors(refused)) == (400, found)
    assert read(api, answered)["status"] == "completed"


def test_a_form_whose_time_is_over_has_time_again(world: World, api: Api, answered: dict[str, Any]) -> None:
    world.clock.forward(days=70)
    form = reopen(api, answered, elements=["note"])
    assert form["active_until"] > in_days(world, 30)
    review_again = reopen(api, form, 409, elements=["note"])
    assert review_again["errors"][0]["code"] == "wrong_state"
