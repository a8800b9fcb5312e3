"""`GET /v1/forms` and `/count`: direct filters, both grammars of `filter`, groups, twins."""

import json
from typing import Any

import pytest

from dossier.forms.actions import Origin, create
from dossier.forms.model.new import NewForm
from dossier.forms.store import reading
from dossier.foundation.actor import Scope, system
from dossier.foundation.identifiers import new_id
from dossier.workspaces.model import Workspace
from tests.forms.support import ask, in_days, publish
from tests.forms.test_states import brought
from tests.world import Api, World


@pytest.fixture(autouse=True)
def template(world: World, workspace: Workspace) -> Any:
    elements = [
        {"key": "amount", "type": "number", "label": "Amount"},
        {"key": "colours", "type": "multiple_choice", "label": "C",
         "options": [{"value": "r", "label": "Red"}, {"value": "b", "label": "Blue"}]},
        {"key": "papers", "type": "file", "label": "Papers"},
        {"key": "where", "type": "address", "label": "Where"},
    ]  # fmt: skip
    return publish(world, workspace, pages=[{"key": "one", "title": "One", "elements": elements}])


def found(api: Api, **params: Any) -> int:
    page = api.json("GET", "/v1/forms", params=params)
    assert api.json("GET", "/v1/forms/count", params=params) == {"count": page["meta"]["total_count"]}
    return int(page["meta"]["total_count"])


def test_direct_filters(api: Api, world: World, workspace: Workspace) -> None:
    world.member(workspace, f"{workspace.slug}@example.org")
    form = ask(
        api,
        user={"email": "Ève@example.org", "given_name": "Ève", "phone": "+32470123456", "internal_ref": "C-7"},
        owner={"email": f"{workspace.slug}@example.org"},
    )
    ask(api)
    for name, value in {
        "user[email]": "ÈVE@example.org",
        "user[given_name]": "ève",
        "user[phone]": "+32470123456",
        "user[internal_ref]": "C-7",
        "owner[email]": f"{workspace.slug}@example.org",
        "owner[id]": form["owner"]["id"],
        "reference": form["reference"],
    }.items():
        assert found(api, **{name: value}) == 1, name
        assert found(api, **{name: value, "user[family_name]": "Nobody"}) == 0, name
    for number in ("+32 470 12 34 56", "+32470/12.34.56"):
        assert found(api, **{"user[phone]": number}) == 1, number
        assert found(api, filter=json.dumps({"user": {"phone": [number, None]}})) == 2, number
        whole = {"relationships": {"user": {"attributes": {"phone": {"$in": [number]}}}}}
        assert found(api, filter=json.dumps(whole)) == 1, number
    assert found(api, **{"user[phone]": "0470"}) == 0
    for name, value in {
        "workspace[slug]": workspace.slug,
        "workspace[id]": str(workspace.id),
        "flow[customization]": form["flow"]["customization"],
        "status": "pending",
        "active": "true",
        "completed": "false",
        "processed": "false",
        "archived": "any",
    }.items():
        assert found(api, **{name: value}) == 2, name
    assert found(api, **{"case[id]": str(new_id())}) == 0
    for name, value in {"status": "nope", "active": "maybe", "owner[id]": "x", "nope": "1", "user[email]": "x"}.items():
        assert api.get("/v1/forms", params={name: value}).status_code == 400, name
    for path in ("/v1/forms", "/v1/forms/count"):
        assert api.get(path, params={"workspace[slug]": "elsewhere"}).status_code == 403


def test_flow_slugs_may_be_several(api: Api, world: World, workspace: Workspace) -> None:
    publish(world, workspace, slug="other")
    publish(world, workspace, slug="third")
    for slug in ("accident", "other", "third"):
        ask(api, flow={"slug": slug})
    assert found(api, **{"flow[slug]": "accident"}) == 1
    assert found(api, **{"flow[slug]": "accident,other"}) == 2
    assert found(api, **{"flow[slug][]": ["accident", "other"]}) == 2
    assert found(api, **{"flow[slug]": ["accident", "third"], "status": "pending"}) == 2
    assert found(api, **{"flow[slug]": "nope"}) == 0


def test_the_older_grammar(api: Api, workspace: Workspace) -> None:
    ask(api, external_args={"crm": {"id": 7, "tags": ["a", "b"]}, "kind": "x"}, user={"email": "Eve@example.org"})
    ask(api, external_args={"crm": {"id": 8}}, draft=True)
    for asked, number in (
        ({"company": {"slug": workspace.slug}}, 2),
        ({"workspace": {"id": str(workspace.id)}, "flow": {"slug": ["accident", "other"]}}, 2),
        ({"user": {"email": "eve@EXAMPLE.org"}}, 1),
        ({"active": True}, 1),
        ({"active": False}, 1),
        ({"completed": False, "processed": False, "archived": False}, 2),
        ({"external_args": {"crm": {"id": 7}}}, 1),
        ({"external_args": {"crm": {"id": [7, 8]}}}, 2),
        ({"external_args": {"crm": {"id": "7"}}}, 0),
        ({"external_args": {"kind": "x", "crm": {"id": 8}}}, 0),
        ({}, 2),
    ):
        assert found(api, filter=json.dumps(asked)) == number, asked
    for asked in (
        {"nope": 1},
        {"user": {"nope": 1}},
        {"active": "yes"},
        {"active": True, "attributes": {}},
        {"external_args": 1},
        {"user": 1},
        {"owner": {"email": {}}},
        {"company": {"id": "x"}},
    ):
        assert api.get("/v1/forms", params={"filter": json.dumps(asked)}).status_code == 400, asked
    elsewhere = json.dumps({"company": {"slug": "elsewhere"}})
    assert api.get("/v1/forms", params={"filter": elsewhere}).status_code == 403


def test_conditions(api: Api, world: World, workspace: Workspace) -> None:
    form = ask(api, data={"amount": 5}, options={"intro": "x"}, external_args={"kind": "x"})
    brought(world, workspace, ask(api, data={"amount": 7})["id"], "completed")
    ask(api, active_from=in_days(world, 1))
    for asked, number in (
        ({"attributes": {"data.amount": {"$gt": 4}}}, 1),  # of what was handed in, what was filled in counts no more
        ({"attributes": {"completed": {"$eq": True}}}, 1),
        ({"attributes": {"active": {"$ne": True}}}, 2),
        ({"attributes": {"options.intro": {"$eq": "x"}, "external_args.kind": {"$in": ["x", "y"]}}}, 1),
        ({"attributes": {"completed_at": {"$defined": False}}}, 3),
        ({"attributes": {"active_from": {"$gt": in_days(world, 0)}}}, 1),
        ({"relationships": {"flow": {"attributes": {"slug": {"$eq": "accident"}}}}}, 3),
        ({"relationships": {"case": {"attributes": {"id": {"$defined": True}}}}}, 0),
    ):
        assert found(api, filter=json.dumps(asked)) == number, asked
    assert api.get("/v1/forms", params={"filter": '{"attributes":{"nope":{"$eq":1}}}'}).status_code == 400
    assert form["id"]


def test_pages_and_order(api: Api) -> None:
    ids = [ask(api)["id"] for _ in range(3)]
    page = api.get("/v1/forms", params={"page[size]": 2})
    assert [each["id"] for each in page.json()["data"]] == [ids[2], ids[1]]
    assert [each["id"] for each in api.json("GET", page.links["next"]["url"])["data"]] == [ids[0]]
    assert [each["id"] for each in api.json("GET", "/v1/forms", params={"sort": "+created_at"})["data"]] == ids
    api.json("PATCH", f"/v1/forms/{ids[0]}", json={"active_until": None})
    assert api.json("GET", "/v1/forms", params={"sort": "-updated_at"})["data"][0]["id"] == ids[0]


def test_groups(api: Api, world: World, workspace: Workspace) -> None:
    ask(api, user={"email": "a@example.org"}, data={"amount": 5, "colours": ["r", "b"], "where": {"city": "Gent"}})
    ask(api, user={"email": "a@example.org"}, data={"amount": "5.50", "colours": "Red"})
    ask(api, draft=True)

    def by(name: str) -> dict[str, int]:
        answer = api.json("GET", "/v1/forms/count", params={"group-by": name})
        assert answer["count"] == 3
        groups: dict[str, int] = answer["by"][name]
        return groups

    assert by("status") == {"pending": 2, "draft": 1}
    assert by("user.email") == {"a@example.org": 2, "null": 1}
    assert by("user.anonymous") == {"false": 2, "true": 1}
    assert by("flow.slug") == {"accident": 3}
    assert by("workspace.slug") == {workspace.slug: 3}
    assert by("owner.email") == {"null": 3}
    assert by("data.amount") in ({"5": 1, "5.50": 1, "null": 1}, {"5": 1, "5.5": 1, "null": 1})
    assert by("data.colours") == {"r": 2, "b": 1, "null": 1}
    assert by("data.nowhere") == {"null": 3}
    for name, status, code in (
        ("nope", 400, "invalid_parameter"),
        ("user.nope", 400, "invalid_parameter"),
        ("data.papers", 422, "cannot_group"),
        ("data.where", 422, "cannot_group"),
    ):
        refused = api.get("/v1/forms/count", params={"group-by": name})
        assert (refused.status_code, refused.json()["errors"][0]["code"]) == (status, code), name


def test_twins(api: Api) -> None:
    made = api.post("/v1/requests", json={"flow": {"slug": "accident"}})
    assert made.status_code == 201
    form = made.json()
    for response in (
        made,
        api.get("/v1/requests"),
        api.get(f"/v1/requests/{form['id']}"),
        api.patch(f"/v1/requests/{form['id']}", json={"archived": True}),
        api.patch(f"/v1/requests/{form['id']}", json={"processed": True}),
        api.get("/v1/requests/nope"),
        api.get(f"/v1/requests/{new_id()}"),
    ):
        assert response.headers["deprecation"].startswith("@"), response.url
        assert 'rel="successor-version"' in response.headers["link"], response.url
    listed = api.get("/v1/requests", params={"archived": "any", "page[size]": 1})
    assert [each["id"] for each in listed.json()] == [form["id"]]
    assert listed.headers["x-total-count"] == "1"
    assert 'rel="last"' in listed.headers["link"]
    assert api.get("/v1/requests", params={"workspace[slug]": "elsewhere"}).status_code == 403
    assert api.get("/v1/requests", params={"filter": "{"}).status_code == 400


def test_limited_members_see_their_own(world: World, workspace: Workspace, api: Api, make_case: Any) -> None:

    email = f"{workspace.slug}@example.org"
    member = world.member(workspace, email, "limited")
    owned, foreign = ask(api, owner={"email": email}), ask(api)
    of_case = ask(api, case={"id": make_case(owner={"email": email})["id"]})
    limited = system(scope=Scope((workspace.id,), member.id))

    async def seen(transaction: Any) -> list[bool]:
        return [await reading.get(transaction, each["id"]) is not None for each in (owned, of_case, foreign)]

    assert world.do(seen, limited) == [True, True, False]
    origin = Origin("", world.services.cipher)
    made = world.do(lambda tx: create(tx, NewForm((workspace.id,), "accident"), origin), limited)
    assert made.form.owner["email"] == email


def test_a_character_that_no_text_has_is_refused_wherever_it_stands(api: Api) -> None:
    for name in ("flow[slug]", "flow[slug][]", "user[email]"):
        refused = api.get("/v1/forms/count", params={name: "a\0b"})
        assert (refused.status_code, refused.json()["errors"][0]["source"]["parameter"]) == (400, name)


def test_whatever_the_address_a_twin_refuses_it_in_one_header(api: Api) -> None:
    for odd in ("%1F", "%C5%82%F0%9F%98%80", "a%0D%0Ax-made: up"):
        refused = api.get(f"/v1/requests/{odd}")
        assert refused.status_code == 400, odd
        assert refused.headers["link"].startswith("</v1/forms/")
        assert "x-made" not in refused.headers
