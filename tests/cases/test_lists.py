"""Lists: pages, sorting, direct filters, `filter`, counts (contract section 4)."""

import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import quote

import psycopg
import pytest

from dossier.cases.actions.later import BACKFILL
from dossier.cases.store.collection import COUNTERS
from dossier.cli.doctor import _index
from dossier.foundation.identifiers import new_id
from dossier.migrations.runner import statements
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
    far = api.json("GET", "/v1/cases", params={"page[number]": 2**63 - 1})
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
        world.server.run(BACKFILL.fill_field(world.services, str(workspace.id), field))
    start = len(world.statements)
    assert [filtered(api, **{"data.plate": each}) for each in conditions] == before
    assert filtered(api, **{"data.amount": {"$eq": 2.0}}) == ["2"]
    assert any("case_field_values" in query and "SELECT f.workspace_id" in query for query in world.statements[start:])
    api.json("POST", f"/v1/cases/{cases[1]['id']}/data", json={"data": {"plate": "NEW"}})
    assert filtered(api, **{"data.plate": {"$eq": "NEW"}}) == ["1"]
    assert filtered(api, **{"data.plate": {"$eq": "P1"}}) == []


def test_a_page_and_the_number_of_all_are_one_statement(world: World, api: Api, cases: list[dict[str, Any]]) -> None:
    condition = json.dumps({"attributes": {"status": {"$ne": "closed"}}})
    for asked, rows, total in (({}, 5, 5), ({"filter": condition, "page[size]": 3}, 3, 4), ({"reference": "no"}, 0, 0)):
        start = len(world.statements)
        page = api.json("GET", "/v1/cases", params=asked)
        assert (len(page["data"]), page["meta"]["total_count"]) == (rows, total)
        assert len(world.statements) - start <= 2, "that of the token, and one more"
    beyond = api.json("GET", "/v1/cases", params={"filter": condition, "page[number]": 9})
    assert (beyond["data"], beyond["meta"]["total_count"]) == ([], 4)


def test_counts_stay_exact_when_they_are_folded(world: World, api: Api, cases: list[dict[str, Any]]) -> None:
    assert api.json("GET", "/v1/cases/count") == {"count": 5}
    world.server.run(COUNTERS.fold_all(world.services))
    assert api.json("GET", "/v1/cases/count") == {"count": 5}
    api.delete(f"/v1/cases/{cases[0]['id']}")
    api.json("POST", f"/v1/cases/{cases[1]['id']}", json={"archived": True})
    assert api.json("GET", "/v1/cases/count") == {"count": 3}
    world.server.run(COUNTERS.fold_all(world.services))
    assert api.json("GET", "/v1/cases/count") == {"count": 3}
    assert api.json("GET", "/v1/cases/count", params={"archived": "any"}) == {"count": 4}


@pytest.mark.parametrize(
    ("query", "parameter"),
    [
        ("page[size]=101", "page[size]"),
        ("page[size]=0", "page[size]"),
        ("page[number]=0", "page[number]"),
        ("page[number]=x", "page[number]"),
        ("page[number]=9223372036854775808", "page[number]"),
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


# ---- cases made while the index is ready ----

INDEXED = [
    {"key": "plate", "type": "text", "name": "Plate", "indexed": True},
    {"key": "amount", "type": "number", "name": "Amount", "indexed": True, "default": 7500},
    {"key": "day", "type": "date", "name": "Day", "indexed": True},
    {"key": "kind", "type": "choices", "name": "Kind", "indexed": True, "options": [{"value": "a", "label": "A"}]},
    {"key": "many", "type": "multiple_choice", "name": "Many", "indexed": True, "options": [{"value": "a", "label": "A"}, {"value": "b", "label": "B"}]},
    {"key": "yes", "type": "checkbox", "name": "Yes", "indexed": True},
]  # fmt: skip
VALUES = {"plate": "1-ABC-123", "day": "2026-03-01", "kind": "a", "many": ["b"], "yes": True}


@pytest.fixture
def ready(world: World, workspace: Any, make_template: Any) -> str:
    """A template whose fields are indexed, and ready."""
    template = make_template(schema=INDEXED, unknown_fields="add")["id"]
    world.server.run(BACKFILL.fill_missing(world.services))
    return str(template)


def counted(api: Api, **attributes: Any) -> int:
    answer = api.json("GET", "/v1/cases/count", params={"filter": json.dumps({"attributes": attributes})})
    return int(answer["count"])


def schema_of(values: dict[str, Any]) -> list[dict[str, Any]]:
    return [{"key": key, "value": value} for key, value in values.items()]


@pytest.mark.long
@pytest.mark.parametrize("door", ["create", "update", "bulk", "undo", "app"])
def test_a_value_is_found_by_every_filter_whatever_door_it_came_through(
    world: World, workspace: Any, api: Api, make_case: Any, ready: str, door: str
) -> None:
    """[F01 B1] At once, with the index ready; what equals and what does not equal are all."""
    make_case(title="Noise", template={"id": ready}, schema=[{"key": "amount", "value": 1}])
    if door == "create":
        make_case(template={"id": ready}, schema=schema_of(VALUES))
    elif door == "app":
        browser = world.browser(world.member(workspace, f"door-{workspace.slug}@example.org"))
        made = browser.send_form("/workspace/cases", template=ready, title="By hand")
        case = str(made.url).rpartition("/")[2].partition("?")[0]
        for key, value in VALUES.items():
            text = "true" if value is True else value[0] if isinstance(value, list) else value
            assert browser.send_form(f"/workspace/cases/{case}/fields/{key}", value=text).status_code == 200
    else:
        case = make_case(template={"id": ready})["id"]
        if door == "bulk":
            api.json("POST", "/v1/cases/data", json={"cases": [{"id": case, "data": VALUES}]})
        else:
            api.json("POST", f"/v1/cases/{case}/data", json={"data": VALUES})
        if door == "undo":
            api.json("POST", f"/v1/cases/{case}/data", json={"data": dict.fromkeys(VALUES)})
            entry = api.json("GET", f"/v1/cases/{case}/history")["data"][0]["id"]
            api.json("POST", f"/v1/cases/{case}/undo", json={"entry": entry})
    conditions = {
        "data.plate": ("1-ABC-123", "x"), "data.amount": (7500, 2), "data.day": ("2026-03-01", "2020-01-01"),
        "data.kind": ("a", "b"), "data.yes": (True, False),
    }  # fmt: skip
    for name, (value, other) in conditions.items():
        assert counted(api, **{name: {"$eq": value}}) == 1, name
        assert counted(api, **{name: {"$in": [value, other]}}) == 1, name
        assert counted(api, **{name: {"$eq": value}}) + counted(api, **{name: {"$ne": value}}) == 2, name
    assert counted(api, **{"data.many": {"$contains": "b"}}) == 1
    assert counted(api, **{"data.amount": {"$gt": 7000}}) == 1
    assert counted(api, **{"data.day": {"$le": "2026-03-01"}}) == 1


def test_an_own_field_of_an_indexed_key_is_found(api: Api, make_case: Any, ready: str) -> None:
    """[F01] A case without the template, with a field of its own that is called the same."""
    make_case(schema=[{"key": "plate", "type": "text", "name": "Plate", "value": "OWN-1"}])
    assert counted(api, **{"data.plate": {"$eq": "OWN-1"}}) == 1


@pytest.mark.long
def test_cases_that_are_made_while_a_field_becomes_indexed_are_found(
    world: World, api: Api, make_template: Any
) -> None:
    """[F01] Whoever registers a field waits for the cases that are being made, and they for it."""
    template = make_template(schema=[{"key": "race", "type": "text", "name": "R"}])["id"]
    body = {"title": "T", "template": {"id": template}, "schema": [{"key": "race", "value": "r"}]}
    indexed = {"title": "Claim", "schema": [{"key": "race", "type": "text", "name": "R", "indexed": True}]}

    def create(_: int) -> None:
        api.json("POST", "/v1/cases", json=body)

    with ThreadPoolExecutor(6) as pool:
        making = [pool.submit(create, number) for number in range(60)]
        api.json("PUT", f"/v1/case_templates/{template}", json=indexed)
        world.server.run(BACKFILL.fill_missing(world.services))
        for each in making:
            each.result()
    assert counted(api, **{"data.race": {"$eq": "r"}}) == 60


def test_a_database_from_before_is_indexed_anew(
    world: World, api: Api, make_case: Any, ready: str, database_url: str
) -> None:
    """[F01] What the index lacks is looked up in the cases until the job has been there, then answered from it."""
    make_case(template={"id": ready}, schema=[{"key": "plate", "value": "OLD-1"}])
    with psycopg.connect(database_url) as connection:
        connection.execute("DELETE FROM case_field_values WHERE text_value = 'OLD-1'")
        connection.execute(statements("0008_index_anew"))
    assert counted(api, **{"data.plate": {"$eq": "OLD-1"}}) == 1
    world.server.run(BACKFILL.fill_missing(world.services))
    assert counted(api, **{"data.plate": {"$eq": "OLD-1"}}) == 1
    with psycopg.connect(database_url) as connection:
        assert connection.execute("SELECT count(*) FROM case_field_values WHERE text_value = 'OLD-1'").fetchone() == (
            1,
        )
        assert connection.execute("SELECT bool_and(ready) FROM indexed_fields").fetchone() == (True,)


def test_doctor_compares_the_index_with_the_cases(
    world: World, api: Api, make_case: Any, ready: str, database_url: str
) -> None:
    """[F01] A value that the index lacks is found, and the repair is said."""
    make_case(template={"id": ready}, schema=[{"key": "plate", "value": "LOST-1"}])
    with psycopg.connect(database_url, autocommit=True) as connection:
        before = [each.verdict for each in _index(connection)]
        connection.execute("DELETE FROM case_field_values WHERE text_value = 'LOST-1'")
        after = [each.verdict for each in _index(connection)]
        connection.execute("UPDATE indexed_fields SET ready = false")
    world.server.run(BACKFILL.fill_missing(world.services))
    assert (before, after) == (["ok"], ["fail"])


def test_a_slow_filter_says_which_fields_have_no_index(
    api: Api, cases: list[dict[str, Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Above 200 ms a filter that looks at every case names its fields, on the list and on the count; others say nothing."""
    filters = {"filter": json.dumps({"attributes": {"data.nowhere": {"$eq": "x"}}})}
    for path in ("/v1/cases", "/v1/cases/count"):
        monkeypatch.setattr("dossier.listing.list_routes.SLOW", 60)
        assert "Warning" not in api.get(path, params=filters).headers
        monkeypatch.setattr("dossier.listing.list_routes.SLOW", 0)
        assert api.get(path, params=filters).headers["Warning"] == '299 - "fields without index: nowhere"'
        assert "Warning" not in api.get(path, params={"status": "draft"}).headers
    typed = {"filter": json.dumps({"attributes": {"data.a\r\nb: c": {"$eq": "x"}}})}
    assert "\n" not in api.get("/v1/cases", params=typed).headers.get("Warning", "")
