"""The names in texts of a template are looked at when it is published, each with its place."""

from typing import Any

import pytest

from tests.world import Api, errors

DOCUMENT: dict[str, Any] = {
    "title": "Claim",
    "contacts": [{"key": "main", "name": "Claimant"}, {"key": "co-owner", "name": "Other"}],
    "schema": [
        {"key": "amount", "type": "currency", "name": "Amount", "currency": "EUR"},
        {"key": "rows", "type": "table", "name": "Rows", "columns": [{"key": "a", "type": "text", "name": "A"}]},
    ],
}
MAIL = {"key": "mail", "title": "Mail", "type": "email", "recipient": "main", "subject": "Hello", "body": "Hello"}
GOOD = """
Dear {{ contact.given_name }} {{ contacts.co-owner.name }}, {{ case.title }} {{ case.reference }} {{ case.status }} {{ case.url }}
{{ data.amount }} {% if raw.amount > 1000 %}much{% endif %} {% for row in data.rows %}{{ row.a }}{% endfor %}
{{ owner.name }} {{ workspace.name }} {{ form.link }} {{ step.due_at }} {{ snippets.closing }}
"""


def published(api: Api, **members: Any) -> Any:
    return api.post("/v1/case_templates", json=DOCUMENT | {"steps": [MAIL | members]})


def test_every_name_of_the_contract_may_be_used(api: Api) -> None:
    reminders = [{"after": "P3D", "body": GOOD}]
    assert (
        published(
            api, body=GOOD, subject="{{ case.title }}", texts={"fr": {"body": GOOD}}, reminders=reminders
        ).status_code
        == 201
    )


WRONG = [
    ({"body": "a\n{{ data.amont }}"}, "/body", "unknown_name"),
    ({"subject": "{{ contact.nam }}"}, "/subject", "unknown_name"),
    ({"texts": {"fr": {"body": "{{ secrets.key }}"}}}, "/texts/fr/body", "unknown_name"),
    (
        {"reminders": [{"after": "P3D", "subject": "{{ contacts.nobody.name }}"}]},
        "/reminders/0/subject",
        "unknown_name",
    ),
    ({"body": "{% if case.title %}"}, "/body", "invalid_text"),
    ({"body": "x" * 20_001}, "/body", "text_too_long"),
    ({"type": "http", "headers": {"X": "{{ secret.key }}"}}, "/headers/X", "unknown_name"),
]


@pytest.mark.parametrize(("members", "at", "code"), WRONG)
def test_an_unknown_name_is_refused_with_its_place(api: Api, members: Any, at: str, code: str) -> None:
    refused = published(api, **members)
    assert refused.status_code == 400
    assert errors(refused) == {f"/steps/0{at}": code}


def test_the_refusal_names_line_column_and_what_was_meant(api: Api) -> None:
    (problem,) = published(api, body="a\nb {{ data.amont }}").json()["errors"]
    assert problem["detail"] == "Line 2, column 6: there is no name “data.amont”; did you mean “data.amount”?"


def test_secrets_are_for_calls_to_other_programs_only(api: Api) -> None:
    call = {
        "type": "http",
        "url": "https://a.example/{{ data.amount }}",
        "headers": {"Authorization": "Bearer {{ secrets.key }}"},
    }
    assert published(api, **call).status_code == 201


def test_where_any_key_may_be_added_any_name_may_be_used(api: Api) -> None:
    document = DOCUMENT | {"unknown_fields": "add", "steps": [MAIL | {"body": "{{ data.whatever }}"}]}
    assert api.post("/v1/case_templates", json=document).status_code == 201


def test_all_texts_together_are_bounded(api: Api) -> None:
    steps = [MAIL | {"key": f"m{number}", "body": "x" * 19_000} for number in range(11)]
    refused = api.post("/v1/case_templates", json=DOCUMENT | {"steps": steps})
    assert errors(refused) == {"/steps": "text_too_long"}
