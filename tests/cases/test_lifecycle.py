"""Editing, archiving, deleting, history, reading as of a time, undo (contract sections 5 and 7)."""

from random import Random
from typing import Any

import pytest

from dossier.foundation.identifiers import new_id
from tests.world import Api, World, errors, values

FIELDS = [{"key": "name", "type": "text", "name": "Name"}, {"key": "n", "type": "number", "name": "N"}]


@pytest.fixture
def case(make_template: Any, make_case: Any) -> dict[str, Any]:
    return make_case(template={"id": make_template(schema=FIELDS)["id"]}, title="First")


def update(api: Api, case: dict[str, Any], **data: Any) -> dict[str, Any]:
    return api.json("POST", f"/v1/cases/{case['id']}/data", json={"data": data})


def history(api: Api, case: dict[str, Any]) -> list[dict[str, Any]]:
    return api.json("GET", f"/v1/cases/{case['id']}/history", params={"page[size]": 100})["data"]


def test_patch(world: World, api: Api, workspace: Any, case: dict[str, Any]) -> None:
    world.member(workspace, "ada@example.org", given_name="Ada", family_name="Łovelace")
    sent = {
        "title": "Second",
        "description": "D",
        "waiting_for": "owner",
        "status": "pending",
        "owner": {"email": "ada@example.org"},
    }
    patched = api.json("PATCH", f"/v1/cases/{case['id']}", json=sent)
    assert (patched["title"], patched["waiting_for"], patched["parent_status"]) == ("Second", "owner", "pending")
    assert patched["owner"]["email"] == "ada@example.org"
    assert api.json("PATCH", f"/v1/cases/{case['id']}", json={"owner": None})["owner"] is None


@pytest.mark.parametrize(
    ("sent", "where"),
    [
        ({"title": None}, "/title"),
        ({"tilte": "x"}, "/tilte"),
        ({"status": "nope"}, "/status"),
        ({"waiting_for": "x"}, "/waiting_for"),
    ],
)
def test_what_patch_refuses(api: Api, case: dict[str, Any], sent: Any, where: str) -> None:
    response = api.patch(f"/v1/cases/{case['id']}", json=sent)
    assert (response.status_code, list(errors(response))) == (400, [where])


def test_an_archived_case_is_left_alone(api: Api, case: dict[str, Any]) -> None:
    archived = api.json("POST", f"/v1/cases/{case['id']}", json={"archived": True})
    assert archived["archived_at"]
    assert api.json("POST", f"/v1/cases/{case['id']}", json={"archived": True}) == archived
    for path, body in (
        ("data", {"data": {"n": 1}}),
        ("contacts", {"contacts": [{"email": "a@example.org"}]}),
        ("start/x", {}),
    ):
        assert api.post(f"/v1/cases/{case['id']}/{path}", json=body).status_code == 409
    assert api.json("POST", f"/v1/cases/{case['id']}", json={"archived": False})["archived_at"] is None


def test_deleting_erases_values_history_and_stored_answers(world: World, api: Api, case: dict[str, Any]) -> None:
    secret = "canary-of-the-deleted"
    headers = {"Idempotency-Key": "d-1"}
    api.post(f"/v1/cases/{case['id']}/data", json={"data": {"name": secret}}, headers=headers)
    assert api.delete(f"/v1/cases/{case['id']}").status_code == 204
    assert api.get(f"/v1/cases/{case['id']}").status_code == 404
    tables = ("cases", "case_events", "idempotency_keys", "case_tombstones", "case_field_values")

    async def rows(tx: Any) -> list[str]:
        return [
            str(row) for table in tables for row in await tx.all(f"SELECT t::text, encode('', 'hex') FROM {table} t")
        ]

    found = world.do(rows)
    assert not any(secret in row or secret.encode().hex() in row for row in found)
    assert any(case["id"] in row for row in found), "a tombstone remains"


def test_the_case_as_it_was(world: World, api: Api, case: dict[str, Any]) -> None:
    states = [case]
    for number in range(3):
        world.clock.forward(seconds=2)
        states.append(update(api, case, n=number, name=f"v{number}"))
    world.clock.forward(seconds=2)
    api.json("PATCH", f"/v1/cases/{case['id']}", json={"title": "Renamed", "status": "closed"})
    for state in states:
        response = api.get(f"/v1/cases/{case['id']}", params={"at": state["updated_at"]})
        assert response.json() == state
    assert api.get(f"/v1/cases/{case['id']}", params={"at": "2001-01-01T00:00:00Z"}).status_code == 404
    assert api.get(f"/v1/cases/{case['id']}", params={"at": "yesterday"}).status_code == 400


def test_every_state_of_many_changes_can_be_read_again(world: World, api: Api, case: dict[str, Any]) -> None:
    chance, address = Random(11), f"/v1/cases/{case['id']}"
    changes = (
        ("data", lambda: {"data": {"n": chance.randint(1, 9)}}),
        ("data", lambda: {"data": {"name": chance.choice(["Eve", "Ada", None]), "n": chance.randint(1, 9)}}),
        ("", lambda: {"title": chance.choice(["One", "Two"]), "status": chance.choice(["pending", "closed"])}),
        ("contacts", lambda: {"contacts": [{"email": "a@example.org", "given_name": chance.choice(["Ann", "Bea"])}]}),
    )
    states = [case]
    for _ in range(25):
        world.clock.forward(seconds=1)
        path, body = chance.choice(changes)
        states.append(api.json("PATCH" if not path else "POST", f"{address}/{path}".rstrip("/"), json=body()))
    start = len(world.statements)
    for state in states:
        assert api.json("GET", address, params={"at": state["updated_at"]}) == state
    assert len(world.statements) - start <= 5 * len(states)


def test_undo_takes_one_entry_back(api: Api, case: dict[str, Any]) -> None:
    update(api, case, n=1, name="Eve")
    update(api, case, name="Ada")
    first = history(api, case)[1]
    refused = api.post(f"/v1/cases/{case['id']}/undo", json={"entry": first["id"]})
    assert refused.status_code == 409
    assert "name" in refused.json()["errors"][0]["detail"]
    undone = api.json("POST", f"/v1/cases/{case['id']}/undo", json={"entry": history(api, case)[0]["id"]})
    assert values(undone) == {"n": 1, "name": "Eve"}
    assert history(api, case)[0]["kind"] == "undone"
    again = api.json("POST", f"/v1/cases/{case['id']}/undo", json={"entry": first["id"]})
    assert values(again) == {"n": None, "name": None}


def test_undo_of_other_things(api: Api, case: dict[str, Any]) -> None:
    api.json("PATCH", f"/v1/cases/{case['id']}", json={"title": "Renamed", "status": "closed"})
    undone = api.json("POST", f"/v1/cases/{case['id']}/undo", json={"entry": history(api, case)[0]["id"]})
    assert (undone["title"], undone["status"], undone["parent_status"]) == ("First", "draft", "draft")
    api.json("POST", f"/v1/cases/{case['id']}", json={"archived": True})
    undone = api.json("POST", f"/v1/cases/{case['id']}/undo", json={"entry": history(api, case)[0]["id"]})
    assert undone["archived_at"] is None
    created = history(api, case)[-1]
    assert api.post(f"/v1/cases/{case['id']}/undo", json={"entry": created["id"]}).status_code == 409
    unknown = api.post(f"/v1/cases/{case['id']}/undo", json={"entry": str(new_id())})
    assert (unknown.status_code, errors(unknown)) == (400, {"/entry": "unknown_entry"})


def test_undo_of_a_contact(api: Api, case: dict[str, Any]) -> None:
    def put(**contact: Any) -> Any:
        return api.json("POST", f"/v1/cases/{case['id']}/contacts", json={"contacts": [{"key": "main", **contact}]})

    put(email="eve@example.org", given_name="Eve")
    put(email="eve@example.org", given_name="Eva")
    undone = api.json("POST", f"/v1/cases/{case['id']}/undo", json={"entry": history(api, case)[0]["id"]})
    assert undone["contacts"][0]["given_name"] == "Eve"
    assert api.json("GET", f"/v1/cases/{case['id']}")["contacts"][0]["given_name"] == "Eve"


def test_history_is_a_list_newest_first(api: Api, case: dict[str, Any]) -> None:
    for number in range(5):
        update(api, case, n=number)
    page = api.json("GET", f"/v1/cases/{case['id']}/history", params={"page[size]": 2, "page[number]": 2})
    assert page["meta"] == {"total_count": 6, "total_pages": 3, "page_size": 2, "current_page": 2}
    assert [entry["version"] for entry in page["data"]] == [4, 3]
    assert history(api, case)[-1]["kind"] == "created"


def test_many_cases_at_once(api: Api, make_case: Any, make_template: Any) -> None:
    template = {"id": make_template(schema=FIELDS)["id"]}
    first, second, archived = (make_case(template=template) for _ in range(3))
    api.json("POST", f"/v1/cases/{archived['id']}", json={"archived": True})
    missing = str(new_id())
    sent = [
        {"id": second["id"], "data": {"n": 2}},
        {"id": missing, "data": {"n": 2}},
        {"id": first["id"], "data": {"n": "x", "name": "Eve"}},
        {"id": archived["id"], "data": {"n": 2}},
    ]
    results = api.json("POST", "/v1/cases/data", json={"cases": sent})["results"]
    assert [each["id"] for each in results] == [each["id"] for each in sent]
    assert [each["status"] for each in results] == [200, 404, 400, 409]
    assert results[0]["changed"] == {"n": {"old": None, "new": 2}}
    assert results[2]["errors"][0]["source"]["pointer"] == "/data/n"
    assert values(api.json("GET", f"/v1/cases/{first['id']}")) == {"n": None, "name": None}
    twice = [{"id": first["id"], "data": {}}, {"id": first["id"].upper(), "data": {}}]
    assert errors(api.post("/v1/cases/data", json={"cases": twice})) == {"/cases/1/id": "duplicate"}
    too_many = [{"id": str(new_id()), "data": {}} for _ in range(101)]
    assert api.post("/v1/cases/data", json={"cases": too_many}).status_code == 400
