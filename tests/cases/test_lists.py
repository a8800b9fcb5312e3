"""Lists: pages, sorting, direct filters, `filter`, counts (contract section 4)."""

import json
from typing import Any
from urllib.parse import quote

import pytest

from dossier.cases.jobs import backfill_index, fold_counts
from dossier.foundation.identifiers import new_id
from tests.world import Api, World, errors

FIELDS = [
    {"key": "plate", "type": "text", "name": "Plate", "indexed": True},
    {"key": "amount", "type": "number", "name": "Amount", "indexed": True},
    {"key": "colours", "type": "multiple_choice", "name": "Colours",
     "options": [{"value": "red", "label": "R"}, {"value": "blue", "label": "B"}]},
]  # fmt: skip


@pytest.fixture
def cases(world: World, api: Api, workspace: Any, make_template: Any, make_case: Any) -> list[dict[str, Any]]:
    """Five cases that differ in everything that can be filtered."""
    world.member(workspace, "ada@example.org", given_name="Ada", family_name="Łovelace")
    template = {"id": make_template(schema=FIELDS)["id"]}
    made = []
    for number in range(5):
        world.clock.forward(milliseconds=5)
        contacts = [{"email": f"c{number % 2}@example.org", "given_name": "Eve", "family_name": f"Müller{number % 2}"}]
        data = [{"key": "amount", "value": number}, {"key": "plate", "value": f"P{number}"}]
        more = {"template": template, "schema": data} if number else {}
        owner = {"owner": {"email": "ada@example.org"}} if number in (1, 2) else {}
        made.append(make_case(title=f"Case {number}", contacts=contacts, reference=f"R{number}", **more, **owner))
    api.json("PATCH", f"/v1/cases/{made[3]['id']}", json={"status": "closed", "waiting_for": "contact"})
    return made


def titles(api: Api, **params: Any) -> list[str]:
    params = {"page[size]": 100, "sort": "+created_at"} | params
    page = api.json("GET", "/v1/cases", params=params)
    assert page["meta"]["total_count"] == len(page["data"])
    counted = api.json("GET", "/v1/cases/count", params=params)
    assert counted == {"count": len(page["data"])}
    return [row["title"].removeprefix("Case ") for row in page["data"]]


def filtered(api: Api, **attributes: Any) -> list[str]:
    return titles(api, filter=json.dumps({"attributes": attributes}))


def test_a_row_is_the_case_without_steps_and_schema(api: Api, cases: list[dict[str, Any]]) -> None:
    rows = {row["id"]: row for row in api.json("GET", "/v1/cases", params={"page[size]": 100})["data"]}
    whole = api.json("GET", f"/v1/cases/{cases[1]['id']}")
    assert rows[cases[1]["id"]] == {name: value for name, value in whole.items() if name not in ("steps", "schema")}


def test_pages_never_overlap(api: Api, cases: list[dict[str, Any]]) -> None:
    pages = [api.json("GET", "/v1/cases", params={"page[size]": 2, "page[number]": n}) for n in (1, 2, 3, 4)]
    assert pages[0]["meta"] == {"total_count": 5, "total_pages": 3, "page_size": 2, "current_page": 1}
    seen = [row["title"] for page in pages for row in page["data"]]
    assert seen == [f"Case {n}" for n in (4, 3, 2, 1, 0)]
    assert pages[3]["data"] == []
    far = api.json("GET", "/v1/cases", params={"page[number]": 10**99})
    assert far["data"] == []


@pytest.mark.parametrize("sort", ["created_at", "+created_at", "%20created_at"])
def test_ascending_is_written_in_three_ways(api: Api, cases: list[dict[str, Any]], sort: str) -> None:
    page = api.json("GET", f"/v1/cases?sort={quote(sort, safe='%+')}")
    assert [row["title"] for row in page["data"]] == [f"Case {n}" for n in range(5)]


def test_sorted_by_the_last_change(api: Api, cases: list[dict[str, Any]]) -> None:
    assert titles(api, sort="-updated_at")[0] == "3"


def test_direct_filters(api: Api, cases: list[dict[str, Any]]) -> None:
    assert titles(api, status="closed") == ["3"]
    assert titles(api, parent_status="draft") == ["0", "1", "2", "4"]
    assert titles(api, waiting_for="contact") == ["3"]
    assert titles(api, reference="R4") == ["4"]
    assert titles(api, **{"template[id]": cases[1]["template"]}) == ["1", "2", "3", "4"]
    assert titles(api, **{"owner[email]": "ADA@example.org"}) == ["1", "2"]
    assert titles(api, **{"owner[id]": cases[1]["owner"]["id"]}) == ["1", "2"]
    assert titles(api, **{"contact[email]": "C1@Example.org"}) == ["1", "3"]
    assert titles(api, **{"contact[given_name]": "eve", "contact[family_name]": "MÜLLER0"}) == ["0", "2", "4"]
    assert titles(api, **{"contact[email]": "c1@example.org", "contact[family_name]": "Müller0"}) == []
    assert titles(api, status="draft", reference="R3") == []


def test_archived(api: Api, cases: list[dict[str, Any]]) -> None:
    api.json("POST", f"/v1/cases/{cases[2]['id']}", json={"archived": True})
    assert titles(api) == titles(api, archived="false") == ["0", "1", "3", "4"]
    assert titles(api, archived="true") == ["2"]
    assert titles(api, archived="any") == ["0", "1", "2", "3", "4"]
    assert "2" in titles(api, filter="{}"), "with a filter nothing is implied"


def test_filter_replaces_the_direct_filters(api: Api, cases: list[dict[str, Any]]) -> None:
    condition = json.dumps({"attributes": {"status": {"$ne": "closed"}}})
    assert titles(api, filter=condition, reference="R3") == ["0", "1", "2", "4"]


def test_filter_by_attributes_data_and_relationships(world: World, api: Api, cases: list[dict[str, Any]]) -> None:
    assert filtered(api, **{"data.amount": {"$ge": 2, "$lt": 4}}) == ["2", "3"]
    assert filtered(api, **{"data.plate": {"$in": ["P1", "P4"]}}) == ["1", "4"]
    assert filtered(api, **{"data.amount": {"$eq": None}}) == ["0"]
    assert filtered(api, created_at={"$gt": "2001-01-01"}, title={"$contains": "ase 4"}) == ["4"]
    assert filtered(api, **{"$not": {"data.amount": {"$gt": 1}}}) == ["0", "1"]
    whole = {"$or": [{"relationships": {"owner": {"attributes": {"given_name": {"$eq": "ADA"}}}}},
                     {"attributes": {"status": {"$eq": "closed"}}}]}  # fmt: skip
    assert titles(api, filter=json.dumps(whole)) == ["1", "2", "3"]


def test_an_indexed_field_answers_the_same_once_it_is_ready(
    world: World, api: Api, workspace: Any, cases: list[dict[str, Any]]
) -> None:
    conditions = [{"$eq": "P2"}, {"$gt": "P2"}, {"$le": "P3"}, {"$in": ["P1", None]}, {"$ne": "P1"}, {"$contains": "2"}]
    before = [filtered(api, **{"data.plate": each}) for each in conditions]
    for field in ("plate", "amount"):
        world.server.run(backfill_index(world.database, str(workspace.id), field))
    start = len(world.statements)
    assert [filtered(api, **{"data.plate": each}) for each in conditions] == before
    assert filtered(api, **{"data.amount": {"$eq": 2.0}}) == ["2"]
    assert any("case_field_values" in query and "SELECT f.workspace_id" in query for query in world.statements[start:])
    api.json("POST", f"/v1/cases/{cases[1]['id']}/data", json={"data": {"plate": "NEW"}})
    assert filtered(api, **{"data.plate": {"$eq": "NEW"}}) == ["1"]
    assert filtered(api, **{"data.plate": {"$eq": "P1"}}) == []


def test_counts_stay_exact_when_they_are_folded(world: World, api: Api, cases: list[dict[str, Any]]) -> None:
    assert api.json("GET", "/v1/cases/count") == {"count": 5}
    world.server.run(fold_counts(world.database))
    assert api.json("GET", "/v1/cases/count") == {"count": 5}
    api.delete(f"/v1/cases/{cases[0]['id']}")
    api.json("POST", f"/v1/cases/{cases[1]['id']}", json={"archived": True})
    assert api.json("GET", "/v1/cases/count") == {"count": 3}
    world.server.run(fold_counts(world.database))
    assert api.json("GET", "/v1/cases/count") == {"count": 3}
    assert api.json("GET", "/v1/cases/count", params={"archived": "any"}) == {"count": 4}


@pytest.mark.parametrize(
    ("query", "parameter"),
    [
        ("page[size]=101", "page[size]"),
        ("page[size]=0", "page[size]"),
        ("page[number]=0", "page[number]"),
        ("page[number]=x", "page[number]"),
        ("sort=title", "sort"),
        ("archived=maybe", "archived"),
        ("statuss=draft", "statuss"),
        ("status=a&status=b", "status"),
        ("template[id]=nope", "template[id]"),
        ("parent_status=done", "parent_status"),
        ("contact[email]=nope", "contact[email]"),
        ("filter=nope", "filter"),
        ("filter=[]", "filter"),
        ('filter={"attributes":{"status":{"$like":"x"}}}', "filter"),
        ('filter={"attributes":{"colour":{"$eq":"x"}}}', "filter"),
        ('filter={"attributes":{"data.A-B":{"$eq":"x"}}}', "filter"),
        ('filter={"attributes":{"created_at":{"$gt":"soon"}}}', "filter"),
        ('filter={"relationships":{"father":{"attributes":{}}}}', "filter"),
        ("filter=" + '{"$not":' * 1000 + "{}" + "}" * 1000, "filter"),
    ],
)
def test_what_a_list_refuses(api: Api, query: str, parameter: str) -> None:
    response = api.get(f"/v1/cases?{quote(query, safe='=&[]')}")
    assert (response.status_code, list(errors(response))) == (400, [parameter])


def test_parameters_that_are_not_ours_are_ignored(api: Api, cases: list[dict[str, Any]]) -> None:
    assert api.json("GET", "/v1/cases?utm_source=x&_=123")["meta"]["total_count"] == 5


def test_naming_an_uncovered_workspace_is_forbidden_whether_or_not_it_exists(
    world: World, api: Api, workspace: Any, cases: list[dict[str, Any]]
) -> None:
    other = world.workspace()
    assert len(titles(api, **{"workspace[id]": str(workspace.id)})) == 5
    assert len(titles(api, **{"workspace[slug]": workspace.slug})) == 5
    in_filter = json.dumps({"relationships": {"workspace": {"attributes": {"id": {"$eq": str(other.id)}}}}})
    answers = [
        api.get("/v1/cases", params=params)
        for params in (
            {"workspace[id]": str(other.id)},
            {"workspace[id]": str(new_id())},
            {"workspace[slug]": other.slug},
            {"workspace[slug]": "no-such"},
            {"filter": in_filter},
        )
    ]
    assert {(answer.status_code, answer.text) for answer in answers} == {(403, answers[0].text)}
