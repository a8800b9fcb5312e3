"""`POST /v1/cases/{id}/contacts` (contract section 5)."""

from typing import Any

import pytest

from tests.world import Api, errors


@pytest.fixture
def case(make_template: Any, make_case: Any) -> dict[str, Any]:
    slots = [{"key": "main", "name": "Holder"}, {"key": "broker", "name": "Broker"}]
    template = make_template(contacts=slots)
    return make_case(template={"id": template["id"]}, contacts=[{"email": "eve@example.org", "given_name": "Eve"}])


def put(api: Api, case: dict[str, Any], *contacts: Any, expected: int = 200) -> dict[str, Any]:
    answered = api.json("POST", f"/v1/cases/{case['id']}/contacts", expected, json={"contacts": list(contacts)})
    return {each["key"]: each for each in answered["contacts"]}


def test_named_slots_are_set_and_others_stay(api: Api, case: dict[str, Any]) -> None:
    slots = put(api, case, {"key": "broker", "email": "bo@example.org"})
    assert set(slots) == {"main", "broker"}
    assert slots["broker"]["name"] == "bo@example.org"


def test_given_members_overwrite_here(api: Api, case: dict[str, Any]) -> None:
    slots = put(api, case, {"key": "main", "email": "eve@example.org", "given_name": "Eva", "phone": "1"})
    assert slots["main"]["id"] == case["contacts"][0]["id"]
    assert (slots["main"]["given_name"], slots["main"]["phone"]) == ("Eva", "1")
    assert put(api, case, {"key": "main", "phone": None})["main"]["phone"] is None


def test_another_address_is_another_person(api: Api, case: dict[str, Any], make_case: Any) -> None:
    slots = put(api, case, {"key": "main", "email": "paul@example.org", "given_name": "Paul"})
    assert slots["main"]["id"] != case["contacts"][0]["id"]
    again = make_case(contacts=[{"email": "eve@example.org"}])["contacts"][0]
    assert again["given_name"] == "Eve", "the contact that was there before is untouched"


def test_a_slot_is_emptied_but_main(api: Api, case: dict[str, Any]) -> None:
    put(api, case, {"key": "broker", "email": "bo@example.org"})
    assert set(put(api, case, {"key": "broker", "contact": None})) == {"main"}
    response = api.post(f"/v1/cases/{case['id']}/contacts", json={"contacts": [{"key": "main", "contact": None}]})
    assert response.status_code == 409


@pytest.mark.parametrize(
    ("contacts", "problem"),
    [
        ([{"key": "brokr", "email": "a@example.org"}], {"/contacts/0/key": "unknown_slot"}),
        ([{"key": "main", "email": "nope"}], {"/contacts/0/email": "invalid_email"}),
        ([{"key": "main"}, {"key": "main"}], {"/contacts/1/key": "duplicate"}),
        ([{"email": "a@example.org"}, {"email": "b@example.org"}],
         {"/contacts/0/key": "missing_member", "/contacts/1/key": "missing_member"}),
    ],
)  # fmt: skip
def test_what_is_refused(api: Api, case: dict[str, Any], contacts: Any, problem: dict[str, str]) -> None:
    response = api.post(f"/v1/cases/{case['id']}/contacts", json={"contacts": contacts})
    assert (response.status_code, errors(response)) == (400, problem)
    assert api.json("GET", f"/v1/cases/{case['id']}") == case
