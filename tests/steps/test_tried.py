"""A step tried on a case in the designer, before it is saved: what it would say, and nothing happens."""

import json
from typing import Any

import pytest

from tests.case_templates.test_designer import Designer
from tests.world import Api, Browser, World

FIELDS = [{"key": "amount", "type": "number", "name": "Amount"}]
ANN = {"key": "main", "given_name": "Ann", "email": "ann@example.org", "phone": "+32470123456"}


@pytest.fixture
def designer(world: World, workspace: Any) -> Designer:
    boss = world.browser(world.member(workspace, f"boss-{workspace.slug}@example.org", "administrator"))
    made = Designer(boss)
    made.send(
        "/import",
        document=json.dumps({"title": "Claim", "schema": FIELDS, "contacts": [{"key": "main", "name": "Claimant"}]}),
    )
    return made


@pytest.fixture
def case(make_template: Any, make_case: Any) -> dict[str, Any]:
    template = make_template(schema=FIELDS)["id"]
    return dict(make_case(template={"id": template}, contacts=[ANN], schema=[{"key": "amount", "value": 12}]))


def tried(designer: Designer, case: str, **form: str) -> str:
    typed = {"title": "Ask", "type": "email", "recipient": "main", "subject": "Papers", "try.case": case}
    return designer.send("/steps/try", **typed | form).text


def test_what_a_step_would_say_is_seen_before_it_is_saved(designer: Designer, api: Api, case: dict[str, Any]) -> None:
    """[18] A template's texts could only be looked at on a case that follows what is published."""
    body = "Dear {{ contact.given_name }}, **{{ data.amount }}** of {{ case.reference }}"
    before = api.get(f"/v1/cases/{case['id']}").headers["etag"]
    page = tried(designer, case["reference"], body=body)
    assert "Dear Ann" in page
    assert "<strong>12</strong>" in page
    assert case["reference"] in page
    assert "Ann" in tried(designer, case["id"], type="sms", body="Hi {{ contact.given_name }}")
    assert "Call Ann" in tried(designer, case["id"], type="task", body="Call {{ contacts.main.name }}")
    assert api.get(f"/v1/cases/{case['id']}").headers["etag"] == before
    assert api.json("GET", "/v1/messages", params={"case[id]": case["id"]})["data"] == []
    assert "steps" not in designer.document()


def test_it_is_looked_at_in_another_language(designer: Designer, case: dict[str, Any]) -> None:
    """[18] Only a case in that language showed what a text says in it."""
    french = {"text.language": "fr", "text.subject": "Papiers", "text.body": "Bonjour {{ contact.given_name }}"}
    typed = {"body": "Dear {{ contact.given_name }}", **french}
    assert "Dear Ann" in tried(designer, case["reference"], **typed)
    page = tried(designer, case["reference"], **typed, **{"try.language": "fr"})
    assert "Bonjour Ann" in page
    assert 'lang="fr"' in page


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ({"body": "{{ data.amuont }}"}, "amuont"),
        ({"type": "http", "url": "https://crm.example/"}, "Only what is written has a preview"),
        ({"body": "x", "recipient": ""}, "nobody"),
        ({"body": "x", "try.case": "NOPE"}, "There is no case with that reference"),
    ],
)
def test_why_it_would_say_nothing_is_said(designer: Designer, case: dict[str, Any], form: Any, said: str) -> None:
    typed = {name: text for name, text in form.items() if name != "try.case"}
    assert said in tried(designer, form.get("try.case") or case["reference"], **typed)


def test_it_stands_in_the_form_of_a_step(designer: Designer) -> None:
    page: Browser = designer.browser
    assert 'name="try.case"' in page.get(f"{designer.address}/edit/steps").text
