"""`POST /v1/cases/{id}/data`: the heart, rule by rule (contract section 6)."""

from datetime import timedelta
from typing import Any

import pytest

from dossier.foundation.clock import wire_time
from tests.world import Api, World, errors, values

FIELDS = [
    {"key": "name", "type": "text", "name": "Name"},
    {"key": "amount", "type": "currency", "name": "Amount", "min": 0},
    {"key": "number", "type": "number", "name": "Number"},
    {"key": "day", "type": "date", "name": "Day"},
    {"key": "agreed", "type": "checkbox", "name": "Agreed"},
    {"key": "papers", "type": "file", "name": "Papers"},
]


@pytest.fixture
def case(make_template: Any, make_case: Any) -> dict[str, Any]:
    return make_case(template={"id": make_template(schema=FIELDS)["id"]})


def update(api: Api, case: dict[str, Any], data: Any, expected: int = 200, **more: Any) -> Any:
    return api.json("POST", f"/v1/cases/{case['id']}/data", expected, json={"data": data}, **more)


def test_merges_and_answers_the_whole_case(api: Api, case: dict[str, Any]) -> None:
    update(api, case, {"name": "Eve", "amount": 12.5})
    answered = update(api, case, {"amount": 13})
    assert values(answered) == {
        "name": "Eve", "amount": 13, "number": None, "day": None, "agreed": None, "papers": None,
    }  # fmt: skip
    assert answered == api.json("GET", f"/v1/cases/{case['id']}")


def test_null_clears(api: Api, case: dict[str, Any]) -> None:
    update(api, case, {"name": "Eve"})
    assert values(update(api, case, {"name": None}))["name"] is None


def test_one_bad_key_and_nothing_is_written(api: Api, case: dict[str, Any]) -> None:
    response = api.post(f"/v1/cases/{case['id']}/data", json={"data": {"name": "Eve", "amount": -1, "nmae": "x"}})
    assert response.status_code == 400
    assert errors(response) == {"/data/amount": "invalid_value", "/data/nmae": "unknown_field"}
    assert "Did you mean “name”?" in response.text
    assert api.json("GET", f"/v1/cases/{case['id']}") == case


def test_a_key_has_120_characters_at_most(api: Api) -> None:
    """Longer ones are refused, and quoted in part."""
    template = api.json("POST", "/v1/case_templates", 201, json={"title": "T", "unknown_fields": "add"})["id"]
    made = api.json("POST", "/v1/cases", json={"title": "T", "template": {"id": template}})
    assert values(update(api, made, {"x" * 120: "Eve"})) == {"x" * 120: "Eve"}
    response = api.post(f"/v1/cases/{made['id']}/data", json={"data": {"x" * 121: "Eve"}})
    assert list(errors(response).values()) == ["invalid_key"]
    response = api.post(f"/v1/cases/{made['id']}/data", json={"data": {"x" * 10_000: "Eve"}})
    assert f"“{'x' * 199}…”" in response.text


def test_equal_values_change_nothing(api: Api, case: dict[str, Any]) -> None:
    first = update(api, case, {"number": 3, "name": "Eve"})
    again = api.post(f"/v1/cases/{case['id']}/data", json={"data": {"number": 3.0, "name": "Eve"}})
    empty = api.post(f"/v1/cases/{case['id']}/data", json={"data": {}})
    assert again.json() == empty.json() == first
    assert api.json("GET", f"/v1/cases/{case['id']}/history")["meta"]["total_count"] == 2


def test_numbers_keep_every_digit(api: Api, case: dict[str, Any]) -> None:
    body = b'{"data":{"number":9007199254740993.01}}'
    url = f"/v1/cases/{case['id']}/data"
    response = api.post(url, content=body, headers={"Content-Type": "application/json"})
    assert b'"value":9007199254740993.01' in response.content
    assert b'"value":9007199254740993.01' in api.get(f"/v1/cases/{case['id']}").content


def test_updated_at_strictly_increases_within_one_millisecond(world: World, api: Api, case: dict[str, Any]) -> None:
    """Whatever changes the case: who asks for what is newer than the last time misses nothing."""
    url = f"/v1/cases/{case['id']}"
    with world.clock.held() as now:
        seen = [update(api, case, {"number": n})["updated_at"] for n in range(5)]
        seen += [api.json("PATCH", url, json={"title": f"Title {n}"})["updated_at"] for n in range(5)]
        seen.append(api.json("POST", url, json={"archived": True})["updated_at"])
    assert seen == [wire_time(now + timedelta(milliseconds=n)) for n in range(11)]
    assert api.json("GET", url)["updated_at"] == seen[-1]


def test_the_history_says_who_and_what(api: Api, case: dict[str, Any]) -> None:
    update(api, case, {"name": "Eve"})
    update(api, case, {"name": "Ada", "number": 1})
    entry = api.json("GET", f"/v1/cases/{case['id']}/history")["data"][0]
    assert entry["changes"] == {"name": {"old": "Eve", "new": "Ada"}, "number": {"old": None, "new": 1}}
    assert (entry["kind"], entry["via"], entry["actor"]["type"], entry["actor"]["name"]) == (
        "data",
        "api",
        "token",
        "Test",
    )


def test_if_match_fails_only_for_the_keys_that_were_changed_since(api: Api, case: dict[str, Any]) -> None:
    url = f"/v1/cases/{case['id']}/data"
    seen = api.get(f"/v1/cases/{case['id']}").headers["etag"]
    update(api, case, {"name": "Eve"})
    assert api.post(url, json={"data": {"number": 1}}, headers={"If-Match": seen}).status_code == 200
    refused = api.post(url, json={"data": {"name": "Ada", "number": 2}}, headers={"If-Match": seen})
    assert refused.status_code == 412
    problems = {each["source"]["pointer"]: each["meta"]["value"] for each in refused.json()["errors"]}
    assert problems == {"/data/name": "Eve", "/data/number": 1}
    assert api.post(url, json={"data": {"name": "Ada"}}, headers={"If-Match": "*"}).status_code == 200


def test_if_match_names_no_key_that_was_not_sent(api: Api, case: dict[str, Any]) -> None:
    """Also where one entry of the history changed several, and a later one others."""
    seen = api.get(f"/v1/cases/{case['id']}").headers["etag"]
    update(api, case, {"name": "Eve", "number": 1, "day": "2026-03-01"})
    update(api, case, {"number": 2, "agreed": True})
    refused = api.post(
        f"/v1/cases/{case['id']}/data",
        json={"data": {"name": "Ada", "amount": 1, "number": 9}},
        headers={"If-Match": seen},
    )
    assert refused.status_code == 412
    assert [(each["source"]["pointer"], each["meta"]["value"]) for each in refused.json()["errors"]] == [
        ("/data/name", "Eve"),
        ("/data/number", 2),
    ]


def test_an_idempotency_key_has_one_effect(api: Api, case: dict[str, Any]) -> None:
    url, headers = f"/v1/cases/{case['id']}/data", {"Idempotency-Key": '"k-1"'}
    first = api.post(url, json={"data": {"number": 1}}, headers=headers)
    update(api, case, {"number": 2})
    again = api.post(url, json={"data": {"number": 1}}, headers={"Idempotency-Key": "k-1"})
    assert again.content == first.content
    assert again.headers["idempotency-replayed"] == "true"
    assert again.headers["etag"] == first.headers["etag"]
    assert values(api.json("GET", f"/v1/cases/{case['id']}"))["number"] == 2
    other = api.post(url, json={"data": {"number": 3}}, headers=headers)
    assert (other.status_code, errors(other)) == (422, {"Idempotency-Key": "idempotency_key_reused"})


def test_a_failed_request_may_be_repeated_under_its_key(api: Api, case: dict[str, Any]) -> None:
    url, headers = f"/v1/cases/{case['id']}/data", {"Idempotency-Key": "k-2"}
    assert api.post(url, json={"data": {"amount": -1}}, headers=headers).status_code == 400
    assert api.post(url, json={"data": {"amount": 1}}, headers=headers).status_code == 200


def test_a_dry_run_shows_and_writes_nothing(api: Api, case: dict[str, Any]) -> None:
    shown = update(api, case, {"name": "Eve"}, params={"dry_run": "true"})
    assert values(shown)["name"] == "Eve"
    assert api.json("GET", f"/v1/cases/{case['id']}") == case


def test_a_receipt_for_who_prefers_it(api: Api, case: dict[str, Any]) -> None:
    response = api.post(
        f"/v1/cases/{case['id']}/data", json={"data": {"name": "Eve"}}, headers={"Prefer": "return=minimal"}
    )
    receipt = response.json()
    assert response.headers["preference-applied"] == "return=minimal"
    assert receipt["changed"] == {"name": {"old": None, "new": "Eve"}}
    assert (receipt["id"], receipt["version"], receipt["status"]) == (case["id"], 2, "draft")


def test_an_unknown_member_of_the_body_is_ignored_and_named(api: Api, case: dict[str, Any]) -> None:
    response = api.post(f"/v1/cases/{case['id']}/data", json={"data": {"name": "Eve"}, "dtaa": 1})
    assert response.status_code == 200
    assert "dtaa" in response.headers["warning"]


def test_strict_refuses_what_would_be_ignored(api: Api, case: dict[str, Any]) -> None:
    """[outsider 2026-11-29] `Prefer: handling=strict` (RFC 7240): nothing is changed, and no case is made."""
    at, prefer = f"/v1/cases/{case['id']}/data", {"Prefer": "return=minimal, handling=strict"}
    for address, body in ((at, {"data": {"name": "Eve"}}), ("/v1/cases", {"title": "A case"})):
        refused = api.post(address, json=body | {"dtaa": 1}, headers=prefer)
        assert (refused.status_code, errors(refused)) == (400, {"/dtaa": "unknown_member"})
        assert refused.headers["preference-applied"] == "handling=strict"
    done = api.post(at, json={"data": {"name": "Eve"}}, headers=prefer)
    assert (done.status_code, done.headers["preference-applied"]) == (200, "return=minimal, handling=strict")
    assert done.json()["version"] == 2
