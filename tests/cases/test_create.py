"""`POST /v1/cases` (contract section 5)."""

import re
from typing import Any

import pytest

from dossier.foundation.identifiers import new_id
from tests.world import Api, World, errors, values


def test_a_case_without_a_template_needs_a_title(api: Api) -> None:
    response = api.post("/v1/cases", json={})
    assert (response.status_code, errors(response)) == (400, {"/title": "missing_member"})
    made = api.json("POST", "/v1/cases", json={"title": "Lost luggage"})
    assert (made["status"], made["parent_status"], made["waiting_for"], made["template"]) == (
        "draft",
        "draft",
        "none",
        None,
    )
    assert re.fullmatch("[A-Z2-9]{6}", made["reference"])
    assert made["schema"] == made["steps"] == made["contacts"] == []


def test_the_template_gives_title_fields_defaults_and_steps(api: Api, make_template: Any) -> None:
    template = make_template(
        title="Motor claim",
        description="A car",
        schema=[
            {"key": "cover", "type": "choices", "name": "Cover", "default": "full",
             "options": [{"value": "full", "label": "Full"}]},
            {"key": "amount", "type": "number", "name": "Amount"},
        ],
        steps=[{"key": "call", "title": "Call", "type": "task"}],
    )  # fmt: skip
    made = api.json("POST", "/v1/cases", json={"template": {"id": template["id"]}})
    assert (made["title"], made["description"], made["template"]) == ("Motor claim", "A car", template["id"])
    assert values(made) == {"cover": "full", "amount": None}
    assert made["steps"] == [{"id": "call", "title": "Call", "status": "available", "data": {}}]


def test_schema_sets_values_and_adds_fields_of_the_cases_own(api: Api, make_template: Any) -> None:
    template = make_template(schema=[{"key": "amount", "type": "number", "name": "Amount"}])
    made = api.json(
        "POST",
        "/v1/cases",
        json={
            "template": {"id": template["id"]},
            "schema": [
                {"key": "amount", "value": 5, "type": "number", "name": "Amount"},
                {"key": "colour", "type": "text", "name": "Colour", "value": "red"},
            ],
        },
    )
    assert values(made) == {"amount": 5, "colour": "red"}
    again = api.json("POST", f"/v1/cases/{made['id']}/data", json={"data": {"colour": "blue"}})
    assert values(again)["colour"] == "blue"


@pytest.mark.parametrize(
    ("schema", "problem"),
    [
        ([{"key": "amount", "type": "text"}], {"/schema/0/type": "invalid_value"}),
        ([{"key": "amount", "value": "x"}], {"/schema/0/value": "invalid_value"}),
        ([{"key": "new", "name": "New"}], {"/schema/0/type": "missing_member"}),
        ([{"key": "new", "type": "nope", "name": "New"}], {"/schema/0/type": "unknown_type"}),
        ([{"key": "amount", "value": 1}, {"key": "amount", "value": 2}], {"/schema/1/key": "duplicate"}),
    ],
)
def test_what_schema_may_not_say(api: Api, make_template: Any, schema: Any, problem: dict[str, str]) -> None:
    template = make_template(schema=[{"key": "amount", "type": "number", "name": "Amount"}])
    response = api.post("/v1/cases", json={"template": {"id": template["id"]}, "schema": schema})
    assert (response.status_code, errors(response)) == (400, problem)


def test_contacts_are_linked_by_address_and_never_overwritten(api: Api, make_case: Any) -> None:
    first = make_case(contacts=[{"email": "Eve@Example.org", "given_name": "Eve"}])["contacts"][0]
    second = make_case(contacts=[{"key": "main", "email": "eve@example.org", "given_name": "EVE", "phone": "123"}])
    linked = second["contacts"][0]
    assert linked["id"] == first["id"]
    assert (linked["given_name"], linked["phone"], linked["email"]) == ("Eve", "123", "Eve@Example.org")
    nameless = [make_case(contacts=[{"given_name": "Bo"}])["contacts"][0]["id"] for _ in range(2)]
    assert len(set(nameless)) == 2


def test_what_a_contact_is_called(make_case: Any) -> None:
    def name(**contact: str) -> str:
        return make_case(contacts=[contact])["contacts"][0]["name"]

    assert name(given_name="Eve", family_name="Moe") == "Eve Moe"
    assert name(name="Eve van Moe") == "Eve van Moe"
    assert name(email="x@example.org") == "x@example.org"
    assert name(phone="1") == "main"


def test_a_given_reference_is_kept_and_may_repeat(make_case: Any) -> None:
    assert {make_case(reference="A-1")["reference"] for _ in range(2)} == {"A-1"}


def test_a_reference_given_later_may_repeat_too(api: Api, make_case: Any) -> None:
    """It counted as generated still, and the second case with it was an internal error."""
    first, second = make_case(), make_case()
    same = {"reference": first["reference"]}
    assert api.json("PATCH", f"/v1/cases/{second['id']}", json=same)["reference"] == first["reference"]


def test_the_owner_must_be_a_member(world: World, api: Api, workspace: Any) -> None:
    world.member(workspace, "ada@example.org", given_name="Ada", family_name="Łovelace")
    made = api.json("POST", "/v1/cases", json={"title": "A", "owner": {"email": "ADA@example.org"}})
    assert made["owner"]["email"] == "ada@example.org"
    response = api.post("/v1/cases", json={"title": "A", "owner": {"email": "eve@example.org"}})
    assert (response.status_code, errors(response)) == (400, {"/owner/email": "unknown_owner"})


def test_status_is_one_that_the_case_has(api: Api, make_template: Any) -> None:
    template = make_template(statuses=[{"key": "review", "label": "Review", "parent_status": "in_progress"}])
    made = api.json("POST", "/v1/cases", json={"template": {"id": template["id"]}, "status": "review"})
    assert (made["status"], made["parent_status"]) == ("review", "in_progress")
    response = api.post("/v1/cases", json={"template": {"id": template["id"]}, "status": "reviw"})
    assert errors(response) == {"/status": "unknown_status"}


def test_create_resolves_workspace(world: World, api: Api, workspace: Any, make_template: Any) -> None:
    template = make_template()
    other = world.workspace()
    with world.client(world.token(workspace, other)) as both:
        assert errors(both.post("/v1/cases", json={"title": "A"})) == {"/workspace": "missing_member"}
        both.json("POST", "/v1/cases", json={"template": {"id": template["id"]}})
        both.json("POST", "/v1/cases", json={"title": "A", "workspace": {"id": str(other.id)}})
        elsewhere = {"template": {"id": template["id"]}, "workspace": {"id": str(other.id)}}
        assert errors(both.post("/v1/cases", json=elsewhere)) == {"/template/id": "template_elsewhere"}
    for uncovered in (other.id, new_id()):
        assert api.post("/v1/cases", json={"title": "A", "workspace": {"id": str(uncovered)}}).status_code == 403


def test_an_unknown_or_archived_template(api: Api, make_template: Any) -> None:
    unknown = api.post("/v1/cases", json={"template": {"id": str(new_id())}})
    assert (unknown.status_code, errors(unknown)) == (400, {"/template/id": "unknown_template"})
    template = make_template()
    api.json("POST", f"/v1/case_templates/{template['id']}", json={"archived": True})
    assert api.post("/v1/cases", json={"template": {"id": template["id"]}}).status_code == 409


def test_a_case_stays_on_its_version(api: Api, make_template: Any, make_case: Any) -> None:
    template = make_template(schema=[{"key": "a", "type": "text", "name": "A"}])
    case = make_case(template={"id": template["id"]})
    api.json("PUT", f"/v1/case_templates/{template['id']}", json={"title": "Next", "schema": []})
    assert values(api.json("GET", f"/v1/cases/{case['id']}")) == {"a": None}
    assert make_case(template={"id": template["id"]})["schema"] == []
