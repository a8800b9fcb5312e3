"""A public link may open a case: made when the answers are handed in, by what its template or preset says."""

from collections.abc import Callable
from typing import Any

import pytest

from dossier.foundation.identifiers import new_id
from tests.portal.support import hidden, state
from tests.steps.test_forms import history, values
from tests.world import Api, Client, World, errors

ELEMENTS: list[dict[str, Any]] = [
    {"key": "amount", "type": "number", "label": "How much", "required": True, "field": "data.amount"},
    {"key": "mail", "type": "email", "label": "Your address", "field": "contact.email"},
    {"key": "name", "type": "text", "label": "Your name", "field": "contact.given_name"},
    {"key": "phone", "type": "phone", "label": "Your phone", "field": "contact.phone"},
]
FIELDS = [{"key": "amount", "type": "number", "name": "Amount"}]


@pytest.fixture
def template(make_template: Any) -> str:
    return str(make_template(title="Claim", schema=FIELDS)["id"])


def form_template(template: str, **members: Any) -> dict[str, Any]:
    pages = [{"key": "one", "title": "One", "elements": ELEMENTS}]
    return {
        "slug": f"public-{new_id().hex[-12:]}",
        "title": "Claim online",
        "pages": pages,
        "opens": template,
    } | members


Fill = Callable[..., dict[str, Any]]


@pytest.fixture
def fill(world: World, api: Api, template: str) -> Fill:
    """Somebody fills in what a public link asks; their form afterwards."""
    document = form_template(template)
    preset = api.json("POST", "/v1/form_templates", 201, json=document)["presets"][0]["id"]

    def by_link(**answers: str) -> dict[str, Any]:
        with Client(base_url=world.server.url, follow_redirects=True) as passer:
            page = passer.get(f"/f/{preset}")
            page = passer.post(f"/f/{preset}/start", data=hidden(page.text))
            link = str(page.url).partition("/pages/")[0]
            named = {f"{key}.value": text for key, text in answers.items()}
            page = passer.post(f"{link}/pages/one", data=hidden(page.text) | named)
            done = passer.post(f"{link}/submit", data=hidden(page.text))
            assert state(done) == "done", done.text
        form: dict[str, Any] = api.json("GET", "/v1/forms?sort=-created_at")["data"][0]
        return form

    return by_link


def case_of(api: Api, form: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = api.json("GET", f"/v1/cases/{form['case']['id']}")
    return found


def main(case: dict[str, Any]) -> dict[str, Any] | None:
    return next((each for each in case["contacts"] if each["key"] == "main"), None)


def test_what_is_handed_in_opens_a_case_with_it(api: Api, fill: Fill, template: str) -> None:
    form = fill(amount="12", mail="eve@example.org", name="Eve", phone="+32 470 12 34 56")
    case = case_of(api, form)
    assert (case["template"], case["title"], values(api, case)) == (template, "Claim", {"amount": 12})
    person = main(case)
    assert person
    assert (person["email"], person["given_name"], person["phone"]) == ("eve@example.org", "Eve", "+32470123456")
    newest, first = history(api, case)[0], history(api, case)[-1]
    assert (first["kind"], first["actor"]["type"]) == ("created", "contact")
    assert newest["changes"]["amount"]["source"]["form"] == form["id"]
    assert case["forms"] == {"asked": 4, "received": 4, "accepted": 0}


def test_nobody_opens_a_case_by_looking_or_beginning(world: World, api: Api, template: str) -> None:
    preset = api.json("POST", "/v1/form_templates", 201, json=form_template(template))["presets"][0]["id"]
    with Client(base_url=world.server.url, follow_redirects=True) as passer:
        page = passer.get(f"/f/{preset}")
        passer.post(f"/f/{preset}/start", data=hidden(page.text))
    assert api.json("GET", "/v1/cases")["data"] == []


def test_who_types_the_address_of_somebody_is_not_taken_for_them(api: Api, fill: Fill, make_case: Any) -> None:
    make_case(contacts=[{"key": "main", "email": "ann@example.org", "given_name": "Ann"}])
    form = fill(amount="12", mail="ann@example.org", name="Not Ann", phone="+32 470 12 34 56")
    person = main(case_of(api, form))
    assert person
    assert (person["email"], person["given_name"]) == (None, "Not Ann")
    (ann,) = api.json("GET", "/v1/contacts?email=ann@example.org")["data"]
    assert (ann["given_name"], ann["phone"]) == ("Ann", None)


def test_nobody_known_and_names_that_no_contact_has(api: Api, fill: Fill) -> None:
    assert main(case_of(api, fill(amount="1"))) is None
    assert main(case_of(api, fill(amount="1", name="x" * 2000))) is None


def test_each_form_opens_its_own_and_one_that_has_a_case_none(api: Api, fill: Fill, template: str) -> None:
    one, other = fill(amount="1"), fill(amount="2")
    assert one["case"] != other["case"]
    api.json("POST", f"/v1/forms/{one['id']}/reopen", json={"elements": ["amount"]})
    assert len(api.json("GET", "/v1/cases")["data"]) == 2
    api.json("POST", f"/v1/case_templates/{template}", json={"archived": True})
    assert fill(amount="3")["case"] is None, "it is handed in all the same"


@pytest.mark.parametrize(
    ("members", "at", "code"),
    [
        ({"opens": "claim"}, "/opens", "unknown_template"),
        ({"opens": "00000000-0000-7000-8000-000000000000"}, "/opens", "unknown_template"),
        ({"presets": [{"key": "a", "name": "A", "opens": "x"}]}, "/presets/0/opens", "unknown_template"),
    ],
)
def test_only_a_case_template_that_there_is(
    api: Api, template: str, members: dict[str, Any], at: str, code: str
) -> None:
    refused = api.post("/v1/form_templates", json=form_template(template, **members))
    assert (refused.status_code, errors(refused)) == (400, {at: code})


def test_its_fields_take_what_is_answered(api: Api, template: str) -> None:
    elements = [{"key": "a", "type": "text", "label": "A", "field": "data.amount"}]
    pages = [{"key": "one", "title": "One", "elements": elements}]
    refused = api.post("/v1/form_templates", json=form_template(template, pages=pages))
    assert (refused.status_code, errors(refused)) == (400, {"/opens": "invalid_value"})


def test_a_preset_opens_what_it_says(api: Api, template: str, make_template: Any) -> None:
    other = str(make_template(title="Other", schema=FIELDS)["id"])
    presets = [{"key": "a", "name": "A"}, {"key": "b", "name": "B", "opens": other}]
    made = api.json("POST", "/v1/form_templates", 201, json=form_template(template, presets=presets))
    document = api.json("GET", f"/v1/form_templates/{made['slug']}/document")["document"]
    assert (document["opens"], document["presets"][1]["opens"]) == (template, other)
