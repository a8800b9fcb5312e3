"""Steps that ask: their form is there, its preset, options and questions are what the step names, and answers fit the fields they go with."""

from typing import Any

import pytest

from tests.form_templates.support import document
from tests.world import Api, errors

ELEMENTS: list[dict[str, Any]] = [
    {"key": "amount", "type": "number", "label": "How much", "field": "data.amount"},
    {"key": "more", "type": "text", "label": "Anything else"},
]
FIELDS = [{"key": "amount", "type": "number", "name": "Amount"}]
STEP: dict[str, Any] = {"key": "ask", "title": "Ask them", "type": "form", "recipient": "main", "form": "accident"}


@pytest.fixture
def asked(api: Api) -> None:
    api.json("POST", "/v1/form_templates", 201, json=document(*ELEMENTS, slug="accident"))


def publish(api: Api, step: dict[str, Any], fields: Any = FIELDS, **more: Any) -> Any:
    slots = [{"key": "main", "name": "Main"}]
    body = {"title": "T", "schema": fields, "contacts": slots, "steps": [step], **more}
    return api.request("POST", "/v1/case_templates", json=body)


def test_a_step_names_its_form_with_all_that_belongs_to_it(api: Api, asked: None) -> None:
    step = {**STEP, "preset": "default", "prefill": {"more": "title", "amount": "data.amount"}, "internal": True}
    made = publish(api, step)
    assert made.status_code == 201, made.text
    kept = api.json("GET", f"/v1/case_templates/{made.json()['id']}/document")["document"]["steps"]
    assert kept == [step]


@pytest.mark.parametrize(("members", "found"), [
    ({"form": "nowhere"}, {"/steps/0/form": "unknown_key"}),
    ({"preset": "fast"}, {"/steps/0/preset": "unknown_key"}),
    ({"options": {"nothing": 1}}, {"/steps/0/options/nothing": "unknown_key"}),
    ({"prefill": {"none": "title", "more": "data.none"}}, {"/steps/0/prefill/none": "unknown_key", "/steps/0/prefill/more": "unknown_key"}),
])  # fmt: skip
def test_what_cannot_be_asked_is_not_published(
    api: Api, asked: None, members: dict[str, Any], found: dict[str, str]
) -> None:
    step = {name: value for name, value in {**STEP, **members}.items() if value is not None}
    refused = publish(api, step)
    assert (refused.status_code, errors(refused)) == (400, found)


@pytest.mark.parametrize(("fields", "code"), [
    ([{"key": "amount", "type": "checkbox", "name": "Amount"}], "invalid_value"),
    ([], "unknown_key"),
])  # fmt: skip
def test_answers_that_fit_no_field_are_refused_when_the_template_is_published(
    api: Api, asked: None, fields: Any, code: str
) -> None:
    refused = publish(api, STEP, fields)
    assert (refused.status_code, errors(refused)) == (400, {"/steps/0/form": code})


def test_a_template_that_takes_any_field_takes_any_answer(api: Api, asked: None) -> None:
    assert publish(api, STEP, [], unknown_fields="add").status_code == 201


@pytest.mark.parametrize("path", ["data.home.value.colour", "data.", "data.Home", "data." + "a" * 121])
def test_what_no_field_can_be_called_is_no_path_either(api: Api, asked: None, path: str) -> None:
    refused = publish(api, {**STEP, "prefill": {"more": path}}, [], unknown_fields="add")
    assert (refused.status_code, errors(refused)) == (400, {"/steps/0/prefill/more": "unknown_key"})
    assert path[:40] in refused.json()["errors"][0]["detail"]


def test_a_revision_is_checked_as_well(api: Api, asked: None) -> None:
    made = publish(api, STEP).json()
    body = {
        "title": "T",
        "schema": FIELDS,
        "contacts": [{"key": "main", "name": "M"}],
        "steps": [{**STEP, "form": "x"}],
    }
    refused = api.request("PUT", f"/v1/case_templates/{made['id']}", json=body)
    assert (refused.status_code, errors(refused)) == (400, {"/steps/0/form": "unknown_key"})
