"""Files on cases: put there and taken off, listed, renamed, erased; what holds a file keeps it."""

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from dossier import files
from dossier.cases.actions.filing import FILES
from dossier.files import actions
from dossier.files.store import leaving
from dossier.foundation.actor import Scope
from dossier.foundation.database import Transaction
from dossier.foundation.identifiers import new_id
from dossier.workspaces.model import Workspace
from tests.files.support import JSON, content, kept, sent
from tests.files.test_changing import later, objects
from tests.world import Api, World, errors


@pytest.fixture
def case(make_case: Any) -> dict[str, Any]:
    return make_case()


def on(api: Api, case: dict[str, Any], **more: Any) -> dict[str, Any]:
    """A file that was sent for a case."""
    return kept(api, data={"case": case["id"]}, **more)


def listed(api: Api, case: dict[str, Any], **parameters: str) -> list[dict[str, Any]]:
    return api.json("GET", f"/v1/cases/{case['id']}/files", params=parameters)["data"]


def newest(api: Api, case: dict[str, Any]) -> dict[str, Any]:
    return api.json("GET", f"/v1/cases/{case['id']}/history")["data"][0]


def told(file: dict[str, Any]) -> dict[str, Any]:
    """A file as what holds it shows it."""
    return {name: file[name] for name in ("id", "name", "type", "uri")}


# ---- put on, taken off ----


def test_a_file_is_sent_for_a_case(api: Api, case: dict[str, Any]) -> None:
    as_form = on(api, case)
    as_json = api.json("POST", "/v1/attachments", 201, json=JSON | {"case": case["id"]})
    for made in (as_form, as_json):
        assert (made["case"], made["held"], made["expires_at"]) == (case["id"], True, None)
        found = api.json("GET", f"/v1/attachments/{made['id']}", params={"data": "false"})
        assert found == made
    assert [each["id"] for each in listed(api, case)] == [as_json["id"], as_form["id"]]
    assert {each["field"] for each in listed(api, case)} == {None}
    entry = newest(api, case)
    assert (entry["kind"], entry["changes"]) == ("files", {"files": {"old": [], "new": [told(as_json)]}})


def test_a_file_is_put_on_a_case_and_on_another_one_and_on_none(
    api: Api, case: dict[str, Any], make_case: Callable[..., dict[str, Any]]
) -> None:
    made, other = kept(api), make_case()
    path = f"/v1/attachments/{made['id']}"
    tags = {api.get(path).headers["etag"]}
    for where in (case, other):
        put = api.patch(path, json={"case": where["id"]})
        assert (put.status_code, put.json()["case"]) == (200, where["id"])
        assert api.patch(path, json={"case": where["id"]}).json() == put.json(), "what is so already is no change"
        tags.add(put.headers["etag"])
    assert len(tags) == 3
    assert (listed(api, case), [each["id"] for each in listed(api, other)]) == ([], [made["id"]])
    off = api.json("PATCH", path, json={"case": None, "name": "loose.txt"})
    assert (off["case"], off["held"], off["expires_at"]) == (None, True, None), "its history holds it"
    assert newest(api, case)["changes"] == {"files": {"old": [told(off)], "new": []}}
    assert newest(api, other)["changes"] == {"files": {"old": [told(off)], "new": []}}


def test_cases_that_a_file_cannot_be_put_on(
    world: World, api: Api, workspace: Workspace, make_case: Any, case: dict[str, Any]
) -> None:
    elsewhere = world.workspace()
    with world.client(world.token(elsewhere)) as others:
        theirs = others.json("POST", "/v1/cases", json={"title": "Theirs"})
    made = kept(api)
    for id, code in ((theirs["id"], "not_found"), (str(new_id()), "not_found"), ("one", "invalid_uuid")):
        for refused in (
            api.patch(f"/v1/attachments/{made['id']}", json={"case": id}),
            api.post("/v1/attachments", json=JSON | {"case": id}),
            sent(api, data={"case": id}),
        ):
            assert (refused.status_code, errors(refused)) == (400, {"/case": code})
    with world.client(world.token(workspace, elsewhere)) as both:
        across = both.patch(f"/v1/attachments/{made['id']}", json={"case": theirs["id"]})
        assert (across.status_code, errors(across)) == (400, {"/case": "not_found"})
    assert len(objects(world, workspace)) == 1, "nothing is kept of what was refused"
    api.json("POST", f"/v1/cases/{case['id']}", json={"archived": True})
    for refused in (
        sent(api, data={"case": case["id"]}),
        api.patch(f"/v1/attachments/{made['id']}", json={"case": case["id"]}),
    ):
        assert (refused.status_code, errors(refused)) == (409, {"": "archived"})


def test_putting_a_file_on_a_case_is_taken_back(api: Api, case: dict[str, Any]) -> None:
    made = on(api, case)
    entry = newest(api, case)
    api.json("PATCH", f"/v1/attachments/{made['id']}", json={"name": "other.txt"})
    api.json("POST", f"/v1/cases/{case['id']}/undo", json={"entry": entry["id"]})
    assert listed(api, case) == []
    api.json("POST", f"/v1/cases/{case['id']}/undo", json={"entry": newest(api, case)["id"]})
    assert [each["name"] for each in listed(api, case)] == ["other.txt"]
    renaming = next(
        each for each in api.json("GET", f"/v1/cases/{case['id']}/history")["data"] if each["kind"] == "file_renamed"
    )
    refused = api.post(f"/v1/cases/{case['id']}/undo", json={"entry": renaming["id"]})
    assert (refused.status_code, errors(refused)) == (409, {"": "not_undoable"})


def undo(api: Api, case: dict[str, Any], entry: dict[str, Any]) -> Any:
    return api.post(f"/v1/cases/{case['id']}/undo", json={"entry": entry["id"]})


@pytest.mark.parametrize("by_way_of", [[None], []])
def test_a_file_that_is_elsewhere_by_now_is_not_taken_back(api: Api, case: dict[str, Any], make_case: Any, by_way_of: list[None]) -> None:  # fmt: skip
    """It has one case. Taken off the other one, it comes back."""
    made, other = on(api, case), make_case()
    path = f"/v1/attachments/{made['id']}"
    for where in (*by_way_of, other["id"]):
        api.json("PATCH", path, json={"case": where})
    entry = newest(api, case)
    refused = undo(api, case, entry)
    assert (refused.status_code, errors(refused)) == (409, {"": "on_another_case"})
    assert refused.json()["errors"][0]["meta"] == {"case": other["id"]}
    assert made["name"] in refused.json()["errors"][0]["detail"]
    assert ([*listed(api, case)], [each["id"] for each in listed(api, other)]) == ([], [made["id"]])
    api.json("PATCH", path, json={"case": None})
    assert undo(api, case, entry).status_code == 200
    assert api.json("GET", path)["case"] == case["id"]


def test_two_move_a_file_at_once_and_it_is_on_one_case(api: Api, make_case: Any) -> None:
    """Several times: by both ways that put it on a case."""
    for _ in range(3):
        first, second, back = make_case(), make_case(), make_case()
        made = on(api, back)
        path = f"/v1/attachments/{made['id']}"
        api.json("PATCH", path, json={"case": None})
        entry = newest(api, back)
        with ThreadPoolExecutor(3) as pool:
            moves = [pool.submit(api.patch, path, json={"case": each["id"]}) for each in (first, second)]
            taken_back = pool.submit(undo, api, back, entry)
            assert [each.result().status_code for each in moves] == [200, 200]
            assert taken_back.result().status_code in (200, 409)
        where = [each["id"] for each in (first, second, back) if listed(api, each)]
        assert where == [api.json("GET", path)["case"]]


def test_an_erased_file_is_not_taken_back_and_is_taken_off(api: Api, case: dict[str, Any]) -> None:
    made, tombstone = on(api, case), on(api, case)
    api.json("PATCH", f"/v1/attachments/{made['id']}", json={"case": None})
    entry = newest(api, case)
    for each in (made, tombstone):
        api.json("DELETE", f"/v1/attachments/{each['id']}", 204, params={"force": "true"})
    refused = undo(api, case, entry)
    assert (refused.status_code, errors(refused)) == (409, {"": "erased"})
    assert made["name"] in refused.json()["errors"][0]["detail"]
    path = f"/v1/attachments/{tombstone['id']}"
    for body in ({"case": case["id"]}, {"case": None, "name": "x"}, {"case": None, "scope": "public"}):
        assert api.patch(path, json=body).status_code == 410, body
    assert api.json("PATCH", path, json={"case": None})["case"] is None
    assert listed(api, case) == []


# ---- lists ----


def test_no_key_stands_where_a_case_shows_its_files(api: Api, case: dict[str, Any]) -> None:
    made = api.json("POST", "/v1/attachments", 201, json=JSON | {"case": case["id"], "scope": "public"})
    assert "?key=" in made["uri"]
    assert listed(api, case)[0]["uri"] == made["uri"].partition("?")[0]
    assert api.json("GET", "/v1/files")["data"][0]["uri"] == made["uri"], "a list of attachments"


def test_files_are_found_by_their_case(api: Api, case: dict[str, Any]) -> None:
    made, _ = on(api, case), kept(api)
    assert [each["id"] for each in api.json("GET", "/v1/files", params={"case[id]": case["id"]})["data"]] == [
        made["id"]
    ]
    assert api.json("GET", "/v1/files/count", params={"case[id]": str(new_id())}) == {"count": 0}
    condition = json.dumps({"relationships": {"case": {"attributes": {"id": {"$eq": case["id"]}}}}})
    assert [each["id"] for each in api.json("GET", "/v1/files", params={"filter": condition})["data"]] == [made["id"]]
    on(api, case)
    assert [each["id"] for each in listed(api, case, sort="+created_at", **{"page[size]": "1"})] == [made["id"]]
    assert api.get(f"/v1/cases/{new_id()}/files").status_code == 404
    assert api.get("/v1/cases/one/files").status_code == 400
    assert api.get(f"/v1/cases/{case['id']}/files", params={"x": "1"}).status_code == 400


# ---- renaming ----


def test_a_new_name_is_an_entry_of_the_case(world: World, api: Api, case: dict[str, Any]) -> None:
    made = on(api, case)
    renamed = api.json("PATCH", f"/v1/attachments/{made['id']}", json={"name": "signed.txt"})
    entry = newest(api, case)
    assert (entry["kind"], entry["changes"]) == (
        "file_renamed",
        {"files": {"old": [told(made)], "new": [told(renamed)]}},
    )
    api.json("PATCH", f"/v1/attachments/{made['id']}", json={"scope": "public"})
    assert newest(api, case)["id"] == entry["id"], "a case does not show who may read it"
    api.json("POST", f"/v1/cases/{case['id']}", json={"archived": True})
    api.json("PATCH", f"/v1/attachments/{made['id']}", json={"name": "again.txt"})
    assert newest(api, case)["kind"] == "file_renamed", "an archived case hears of what it shows, as of its contacts"


def test_past_a_hundred_cases_a_job_tells_the_rest_of_a_new_name(
    monkeypatch: pytest.MonkeyPatch, world: World, api: Api, workspace: Workspace, make_template: Any, make_case: Any
) -> None:
    monkeypatch.setattr("dossier.files.actions.held.AT_ONCE", 1)
    template = {"id": make_template(schema=[{"key": "papers", "type": "file", "name": "Papers"}])["id"]}
    made = kept(api)
    cases = [make_case(template=template, schema=[{"key": "papers", "value": made["id"]}]) for _ in range(3)]
    renamed = api.json("PATCH", f"/v1/attachments/{made['id']}", json={"name": "other.txt"})
    assert [newest(api, case)["kind"] for case in cases].count("file_renamed") == 1
    for _ in range(2):
        world.server.run(FILES.tell_all(world.services, str(workspace.id)))
    for case in cases:
        entry, before = api.json("GET", f"/v1/cases/{case['id']}/history")["data"][:2]
        assert entry["changes"] == {"files": {"old": [told(made)], "new": [told(renamed)]}}
        assert (entry["actor"]["type"], entry["via"], before["kind"]) == ("token", "api", "data")


# ---- erasing ----


def test_a_file_that_a_case_has_or_had_is_not_erased(api: Api, case: dict[str, Any]) -> None:
    made = on(api, case)
    path = f"/v1/attachments/{made['id']}"
    for _ in range(2):
        refused = api.delete(path)
        assert (refused.status_code, errors(refused)) == (409, {"": "in_use"})
        assert refused.json()["errors"][0]["meta"] == {"holders": [{"type": "case", "id": case["id"]}]}
        api.json("PATCH", path, json={"case": None})


def test_ten_holders_are_named(database_url: str, api: Api, make_case: Any) -> None:
    made = kept(api)
    for _ in range(11):
        api.json("PATCH", f"/v1/attachments/{made['id']}", json={"case": make_case()["id"]})
    refused = api.delete(f"/v1/attachments/{made['id']}")
    assert len(refused.json()["errors"][0]["meta"]["holders"]) == 10


def test_a_held_file_is_erased_by_force_and_leaves_its_name(
    world: World, api: Api, workspace: Workspace, case: dict[str, Any]
) -> None:
    made = api.post("/v1/attachments", json=JSON | {"case": case["id"]}, headers={"Idempotency-Key": "f"}).json()
    path = f"/v1/attachments/{made['id']}"
    assert api.delete(path, params={"force": "maybe"}).status_code == 400
    assert api.delete(path, params={"force": "true", "dry_run": "true"}).status_code == 204
    assert content(api, made["id"]).status_code == 200
    assert api.delete(path, params={"force": "true"}).status_code == 204
    found = api.json("GET", path, params={"data": "false"})
    assert found["erased_at"]
    for name in ("id", "name", "metadata", "case", "held"):
        assert found[name] == made[name]
    for refused in (
        content(api, made["id"]),
        api.get(path),
        api.patch(path, json={"name": "x"}),
        api.delete(path, params={"force": "true"}),
        api.post("/v1/attachments", json=JSON | {"case": case["id"]}, headers={"Idempotency-Key": "f"}),
    ):
        assert (refused.status_code, errors(refused)) == (410, {"": "erased"})
    assert errors(api.delete(path)) == {"": "in_use"}
    assert [each["id"] for each in listed(api, case)] == [made["id"]]
    with later(world, days=8):
        world.server.run(actions.delete_left(world.services))
    assert objects(world, workspace) == []
    api.delete(f"/v1/cases/{case['id']}")
    assert api.get(path).status_code == 404
    assert _used(world, workspace) == 0, "what it took is given back once"


def _used(world: World, workspace: Workspace) -> int:
    def work(transaction: Transaction) -> Any:
        return leaving.used(transaction.within(Scope((workspace.id,))), workspace.id)

    return int(world.do(work))


def test_with_a_case_go_the_files_that_nothing_else_has_or_had(
    world: World, api: Api, workspace: Workspace, case: dict[str, Any], make_case: Any
) -> None:
    other = make_case()
    alone, once, shared = on(api, case), on(api, case), on(api, case)
    api.json("PATCH", f"/v1/attachments/{once['id']}", json={"case": None})
    api.json("PATCH", f"/v1/attachments/{shared['id']}", json={"case": other["id"]})
    assert api.delete(f"/v1/cases/{case['id']}").status_code == 204
    assert [api.get(f"/v1/attachments/{each['id']}").status_code for each in (alone, once, shared)] == [404, 404, 200]
    with later(world, days=8):
        world.server.run(actions.delete_left(world.services))
    assert len(objects(world, workspace)) == 1
    assert api.delete(f"/v1/cases/{other['id']}").status_code == 204
    assert api.json("GET", "/v1/files/count") == {"count": 0}
    assert _used(world, workspace) == 0


def test_who_erases_a_file_while_a_case_takes_it_is_told_so(
    world: World, api: Api, workspace: Workspace, make_case: Any
) -> None:
    """Several times: each file is erased and on no case, or on its case and there."""
    for _ in range(5):
        made, case = kept(api), make_case()
        path = f"/v1/attachments/{made['id']}"
        with ThreadPoolExecutor(2) as pool:
            erased = pool.submit(api.delete, path)
            put = pool.submit(api.patch, path, json={"case": case["id"]})
            answers = erased.result().status_code, put.result().status_code
        assert answers in {(204, 404), (409, 200)}
        assert len(listed(api, case)) == (answers == (409, 200))


# ---- who sees them ----


def test_a_limited_member_sees_the_files_of_the_cases_that_they_see(
    world: World, api: Api, workspace: Workspace, make_case: Any
) -> None:
    member = world.member(workspace, "limited@example.org", "limited")
    own, other = make_case(owner={"email": "limited@example.org"}), make_case()
    seen, hidden = on(api, own), on(api, other)

    async def get(id: str) -> Any:
        async with world.database.reading(Scope((workspace.id,), member.id)) as reading:
            return await files.get(reading, id)

    assert world.server.run(get(seen["id"]))
    assert world.server.run(get(hidden["id"])) is None
    api.json("PATCH", f"/v1/attachments/{seen['id']}", json={"case": None})
    assert world.server.run(get(seen["id"])) is None
