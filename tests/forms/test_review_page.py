"""The review in the app: each answer beside what is known, accepted or refused with a reason, and asked again."""

import re
from typing import Any

import pytest

from dossier.workspaces.model import Workspace
from tests.forms.answering import Contact
from tests.forms.support import ask, publish
from tests.portal.support import hidden
from tests.portal.test_files import picture
from tests.world import Api, Browser, World

ELEMENTS: list[dict[str, Any]] = [
    {"key": "amount", "type": "number", "label": "How much", "required": True, "field": "data.amount"},
    {"key": "note", "type": "text", "label": "Note <b>"},
]


@pytest.fixture
def handler(world: World, workspace: Workspace) -> Browser:
    return world.browser(world.member(workspace, f"review-{workspace.slug}@example.org"))


@pytest.fixture
def form(world: World, workspace: Workspace, api: Api, make_template: Any, make_case: Any) -> dict[str, Any]:
    publish(world, workspace, pages=[{"key": "one", "title": "One", "elements": ELEMENTS}])
    template = make_template(schema=[{"key": "amount", "type": "number", "name": "Amount"}])["id"]
    case = make_case(template={"id": template}, schema=[{"key": "amount", "value": 7}])
    made: dict[str, Any] = ask(api, user={"email": "tess@example.org"}, case={"id": case["id"]})
    Contact(world, workspace, made).answers(amount=5, note="<script>alert(1)</script>").submits()
    api.json("POST", f"/v1/cases/{case['id']}/data", json={"data": {"amount": 7}})
    return made


def states(api: Api, form: dict[str, Any]) -> dict[str, str]:
    found = api.json("GET", f"/v1/forms/{form['id']}/review")["items"]
    return {each["element"]: each["state"] for each in found}


def test_answers_stand_beside_what_the_case_has(handler: Browser, form: dict[str, Any]) -> None:
    page = handler.get(f"/workspace/forms/{form['id']}/review").text
    assert "differs" in page
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)" in page


def test_all_is_accepted_refused_with_a_reason_and_taken_back(handler: Browser, api: Api, form: dict[str, Any]) -> None:
    address = f"/workspace/forms/{form['id']}/review"
    handler.send_form(address, do="all")
    assert states(api, form) == {"amount": "accepted", "note": "accepted"}
    handler.send_form(address, **{"do": "save", "verdict.note": "refused", "reason.note": "Which one?"})
    assert states(api, form) == {"amount": "accepted", "note": "refused"}
    assert "Which one?" in handler.get(address).text
    handler.send_form(address, **{"do": "save", "verdict.amount": "received"})
    assert states(api, form) == {"amount": "received", "note": "refused"}


def test_a_refusal_without_a_reason_is_refused_and_what_was_said_stays(
    handler: Browser, api: Api, form: dict[str, Any]
) -> None:
    address = f"/workspace/forms/{form['id']}/review"
    refused = handler.send_form(address, **{"do": "save", "verdict.note": "refused", "verdict.amount": "accepted"})
    assert refused.status_code == 400
    assert "Say why" in refused.text
    assert states(api, form) == {"amount": "received", "note": "received"}


def test_it_is_asked_again_in_ones_own_words(handler: Browser, api: Api, form: dict[str, Any]) -> None:
    handler.send_form(f"/workspace/forms/{form['id']}/reopen", again="note", message="One more thing")
    found = api.json("GET", f"/v1/forms/{form['id']}")
    assert (found["status"], found["responses"][0]["data"]) == ("pending", {"amount": 5})
    page = handler.get(f"/workspace/forms/{form['id']}/review").text
    assert "asked again" in page


def test_the_case_shows_its_forms_and_where_values_come_from(
    handler: Browser, world: World, workspace: Workspace, api: Api, form: dict[str, Any]
) -> None:
    case = form["case"]["id"]
    page = handler.get(f"/workspace/cases/{case}").text
    assert f"/workspace/forms/{form['id']}/review" in page
    assert "2 of 2 received, 0 accepted" in page
    assert "#item-amount" not in page
    second = ask(api, user={"email": "tess@example.org"}, case={"id": case})
    Contact(world, workspace, second).answers(amount=9).submits()
    page = handler.get(f"/workspace/cases/{case}").text
    assert f'/workspace/forms/{second["id"]}/review#item-amount">“How much” in “Accident report”</a>' in page
    handler.send_form(f"/workspace/forms/{second['id']}/reopen", again="amount")
    Contact(world, workspace, second).answers(amount=10).submits()
    assert "“How much” in “Accident report”, response 2</a>" in handler.get(f"/workspace/cases/{case}").text
    listed = handler.get("/workspace/cases?sort=completeness").text
    assert "3/4" in listed


def test_the_paper_is_shown(handler: Browser, form: dict[str, Any]) -> None:
    got = handler.get(f"/workspace/forms/{form['id']}/paper")
    assert (got.status_code, got.headers["content-type"]) == (200, "application/pdf")


def seen(page: str) -> dict[str, str]:
    """What the page says that it showed."""
    return dict(re.findall(r'<input type="hidden" name="((?:seen\.|response)[^"]*)" value="([^"]*)"', page))


def test_accepting_the_rest_keeps_what_was_refused_on_the_page(
    handler: Browser, api: Api, form: dict[str, Any]
) -> None:
    address = f"/workspace/forms/{form['id']}/review"
    handler.send_form(address, **{"do": "all", "verdict.note": "refused", "reason.note": "Which one?"})
    assert states(api, form) == {"amount": "accepted", "note": "refused"}


def test_what_a_colleague_says_meanwhile_is_not_lost_unread(
    handler: Browser, world: World, workspace: Workspace, api: Api, form: dict[str, Any]
) -> None:
    address = f"/workspace/forms/{form['id']}/review"
    colleague = world.browser(world.member(workspace, f"second-{workspace.slug}@example.org"))
    shown = seen(handler.get(address).text)
    colleague.send_form(address, **{"do": "save", "verdict.note": "refused", "reason.note": "Two\nlines"})
    saved = handler.send_form(address, **shown, **{"do": "save", "verdict.amount": "accepted"})
    assert saved.status_code == 200
    assert states(api, form) == {"amount": "accepted", "note": "refused"}, "each said of another answer"
    clash = handler.send_form(address, **shown, **{"do": "save", "verdict.note": "accepted"})
    assert clash.status_code == 409
    assert "said something else meanwhile" in clash.text
    assert states(api, form)["note"] == "refused"
    handler.send_form(address, **seen(clash.text), **{"do": "save", "verdict.note": "accepted"})
    assert states(api, form)["note"] == "accepted", "once more, having read it"


def test_answers_that_nobody_looked_at_are_not_accepted(
    handler: Browser, world: World, workspace: Workspace, api: Api, form: dict[str, Any]
) -> None:
    address = f"/workspace/forms/{form['id']}/review"
    shown = seen(handler.get(address).text)
    api.json("POST", f"/v1/forms/{form['id']}/reopen", json={"elements": ["note"]})
    Contact(world, workspace, form).answers(note="Something else").submits()
    late = handler.send_form(address, **shown, do="all")
    assert late.status_code == 409
    assert "Other answers were handed in meanwhile" in late.text
    assert "Something else" in late.text
    assert states(api, form)["note"] == "received"
    again = handler.send_form(f"/workspace/forms/{form['id']}/reopen", response=shown["response"], again="note")
    assert again.status_code == 409


def test_what_was_refused_before_stands_beside_the_new_answer_and_it_is_processed_there(
    handler: Browser, world: World, workspace: Workspace, api: Api, form: dict[str, Any]
) -> None:
    address = f"/workspace/forms/{form['id']}/review"
    handler.send_form(address, **{"do": "save", "verdict.note": "refused", "reason.note": "Too short"})
    handler.send_form(f"/workspace/forms/{form['id']}/reopen", again="note")
    Contact(world, workspace, form).answers(note="Much longer").submits()
    page = handler.get(address).text
    assert "Refused then" in page
    assert "Too short" in page
    assert "Much longer" in page
    done = handler.send_form(f"/workspace/forms/{form['id']}/change", **{"processed": "true", "from": "review"})
    assert done.url.path == address
    assert api.json("GET", f"/v1/forms/{form['id']}")["status"] == "processed"
    history = handler.get(f"/workspace/forms/{form['id']}").text
    assert "asked again" in history
    assert "looked through the answers" in history


def test_every_earlier_answer_stands_beside_the_new_one_with_what_was_said_of_it(
    handler: Browser, world: World, workspace: Workspace, api: Api, form: dict[str, Any]
) -> None:
    address = f"/workspace/forms/{form['id']}"
    for reason, answer in (("Too short", "Longer"), ("Still too short", "As long as it gets")):
        handler.send_form(f"{address}/review", **{"do": "save", "verdict.note": "refused", "reason.note": reason})
        handler.send_form(f"{address}/reopen", again="note")
        Contact(world, workspace, form).answers(note=answer).submits()
    page = handler.get(f"{address}/review").text
    for shown in ("Too short", "Longer", "Still too short", "As long as it gets", "&lt;script&gt;alert(1)"):
        assert shown in page
    assert re.findall(r">Response (\d)", page) == ["2", "1", "2", "1"], "of the question, and of the form"
    papers = re.findall(rf'href="({address}/paper\?response=[^"]+)"', page)
    assert len(papers) == 2
    assert {handler.get(each).headers["content-type"] for each in papers} == {"application/pdf"}
    assert handler.get(f"{address}/paper?response={form['id']}").status_code == 404
    assert f"{address}/review#earlier" in handler.get(address).text


def test_why_it_was_declined_is_read_there_also_once_it_was_asked_again(
    handler: Browser, world: World, workspace: Workspace, api: Api
) -> None:
    publish(
        world, workspace, slug="optional", pages=[{"key": "one", "title": "One", "elements": ELEMENTS}], decline=True
    )
    made = ask(api, user={"email": "tess@example.org"}, flow={"slug": "optional"})
    Contact(world, workspace, made).answers(note="Blue").declines("That was <my> sister")
    address = f"/workspace/forms/{made['id']}"
    assert "That was &lt;my&gt; sister" in handler.get(f"{address}/review").text
    handler.send_form(f"{address}/reopen", message="It is yours")
    assert "That was &lt;my&gt; sister" in handler.get(f"{address}/review").text


def test_files_rows_and_signatures_are_shown_as_what_they_are(
    handler: Browser, world: World, workspace: Workspace, api: Api
) -> None:
    elements: list[dict[str, Any]] = [
        {"key": "papers", "type": "group", "label": "Papers", "repeat": {"min": 1, "max": 3}, "elements": [
            {"key": "scan", "type": "file", "label": "Scan"}]},
        {"key": "sign", "type": "signature", "label": "Sign"},
    ]  # fmt: skip
    publish(world, workspace, pages=[{"key": "one", "title": "One", "elements": elements}])
    made = ask(api, user={"email": "tess@example.org"})
    address = f"/workspace/forms/{made['id']}/fill"
    page = handler.get(f"{address}/pages/one")
    sent = hidden(page.text) | {"sign.drawn": "[[[10,10,0],[90,90,40]]]", "sign.typed": "Tess"}
    handler.post(f"{address}/pages/one", data=sent, files=[("papers.0.scan.file", ("scan.jpg", picture()))])
    handler.send_form(f"{address}/submit")
    review = handler.get(f"/workspace/forms/{made['id']}/review").text
    assert ">scan.jpg<" in review
    assert "/thumbnail" in review
    assert '<path d="' in review
