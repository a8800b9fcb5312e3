"""`POST /v1/forms`: each row of its table, prefill, and what is answered."""

import base64
import json
from typing import Any

import pytest

from dossier.foundation.errors import Invalid
from dossier.foundation.identifiers import new_id
from dossier.workspaces import actions as workspaces
from dossier.workspaces.model import Workspace
from tests.forms.support import ask, in_days, publish
from tests.many import left_to_ci
from tests.world import Api, World, errors


@pytest.fixture(autouse=True)
def template(world: World, workspace: Workspace) -> Any:
    options = [{"key": "intro", "type": "text", "label": "Intro", "default": "Hello"},
               {"key": "terms", "type": "file", "label": "Terms"}]  # fmt: skip
    return publish(world, workspace, options=options)


def test_a_form_is_made_and_sent(api: Api, workspace: Workspace) -> None:
    response = api.post(
        "/v1/forms",
        json={
            "flow": {"slug": "accident"},
            "user": {"email": "Eve@example.org", "given_name": "Eve", "phone": "+32 470 12 34 56", "locale": "fr"},
            "external_args": {"crm": 7},
        },
    )
    assert response.status_code == 201, response.text
    form = response.json()
    assert response.headers["location"] == f"/v1/forms/{form['id']}"
    assert response.headers["etag"] == '"1"'
    assert (form["status"], form["user"]["phone"], form["user"]["anonymous"]) == ("pending", "+32470123456", False)
    assert form["active_from"] == form["created_at"]
    assert form["active_until"] > form["created_at"]
    assert form["flow"]["version"] == 1
    assert form["flow"]["slug"] == "accident"
    assert form["options"] == {"intro": "Hello", "terms": None}
    assert form["responses"] == []
    assert form["workspace"] == {"id": str(workspace.id), "slug": workspace.slug}
    assert "/r/" in form["links"]["fill"]
    assert api.json("GET", f"/v1/forms/{form['id']}") == form
    assert form["links"]["app"].endswith(f"/workspace/forms/{form['id']}")


def test_an_option_that_is_not_known_may_be_anything(api: Api) -> None:
    brand = {"id": "acme"}
    form = ask(api, options={"brand": brand})
    assert form["options"]["brand"] == brand
    assert api.json("GET", f"/v1/forms/{form['id']}")["options"]["brand"] == brand


def test_a_warning_stays_short_however_much_is_not_known(api: Api) -> None:
    """A header that clients and proxies do not take would lose the answer, and the form be made once more."""
    unknown = {f"unknown_{n}": n for n in range(3000)}
    response = api.post("/v1/forms", json={"flow": {"slug": "accident"}, "data": unknown, **unknown})
    warning = response.headers["warning"]
    assert response.status_code == 201
    assert "unknown_19, and 2980 more" in warning
    assert warning.endswith('299 - "data.unknown_19 is kept, and fills in nothing", 299 - "and 2980 more"')
    assert len(warning) < 4000


def test_prefill_is_read_leniently(api: Api) -> None:
    sent = {
        "amount": "500000",
        "hurt": "true",
        "day": "2026-03-01T23:30:00Z",
        "kind": "a car",
        "note": 7,
        "user_title": "Dr",
        "papers": [str(new_id())],
    }
    response = api.post("/v1/forms", json={"flow": {"slug": "accident"}, "data": sent})
    assert response.json()["data"] == sent
    warning = response.headers["warning"]
    assert "data.user_title" in warning
    assert "data.papers" in warning
    assert "data.amount" not in warning
    for key, value in (("amount", 500000), ("hurt", True), ("day", "2026-03-01"), ("kind", "car"), ("note", "7")):
        condition = (
            f'{{"attributes":{{"data.{key}":{{"$eq":{str(value).lower() if value is True else repr(value)}}}}}}}'
        )
        found = api.json("GET", "/v1/forms/count", params={"filter": condition.replace("'", '"')})
        assert found == {"count": 1}, key


def test_what_would_only_be_warned_of_is_refused_where_that_is_preferred(api: Api) -> None:
    body = {"flow": {"slug": "accident"}, "data": {"nope": 1}, "options": {"colour": "red"}, "more": 1}
    response = api.post("/v1/forms", json=body)
    assert response.status_code == 201
    assert all(name in response.headers["warning"] for name in ("more", "data.nope", "options.colour"))
    assert response.json()["options"]["colour"] == "red"
    strict = {"Prefer": "handling=strict"}
    body.pop("more")
    refused = api.post("/v1/forms", json=body, headers=strict)
    assert (refused.status_code, errors(refused)) == (
        400,
        {"/data/nope": "not_as_sent", "/options/colour": "not_as_sent"},
    )
    taken = api.post("/v1/forms", json={"flow": {"slug": "accident"}}, headers=strict)
    assert taken.headers["preference-applied"] == "handling=strict"
    assert api.json("GET", "/v1/forms/count") == {"count": 2}


def test_what_is_made_once_is_warned_of_each_time(api: Api) -> None:
    body = {"flow": {"slug": "accident"}, "data": {"nope": 1}, "more": 1}
    first, again = (api.post("/v1/forms", json=body, headers={"Idempotency-Key": "k"}) for _ in range(2))
    assert again.headers["idempotency-replayed"] == "true"
    assert "data.nope" in again.headers["warning"]
    assert again.headers["warning"] == first.headers["warning"]


def test_what_is_said_and_does_nothing_is_named(api: Api, world: World, workspace: Workspace) -> None:
    """A member that nobody reads, a password where none is asked, a language that nothing speaks, an option of another type."""
    options = [{"key": "count", "type": "number", "label": "Count"}]
    publish(world, workspace, slug="counted", options=options)
    body = {
        "flow": {"slug": "counted", "nick": "c"},
        "user": {"given_name": "Eve", "colour": "red", "locale": "tlh"},
        "owner": {"phone": "1"},
        "options": {"count": "many"},
        "password": "wrong horse",
    }
    warning = api.post("/v1/forms", json=body).headers["warning"]
    for name in ("flow.nick", "user.colour", "owner.phone", "user.locale", "options.count", "password"):
        assert name in warning, warning
    assert "given_name" not in warning
    refused = api.post("/v1/forms", json=body, headers={"Prefer": "handling=strict"})
    assert set(errors(refused)) == {"/flow/nick", "/user/colour", "/owner/phone"}
    known = {"flow": {"slug": "counted"}, "user": body["user"] | {"colour": None}, "password": "wrong horse"}
    known["user"] = {"locale": "tlh"}
    refused = api.post("/v1/forms", json=known, headers={"Prefer": "handling=strict"})
    assert set(errors(refused)) == {"/user/locale", "/password"}
    read = ask(api, flow={"slug": "counted"}, options={"count": "12"}, user={"locale": "de-AT"})
    assert read["options"] == {"count": 12}


@pytest.mark.parametrize(
    ("members", "problem"),
    [
        ({"flow": {}}, {"/flow": "invalid_type"}),
        ({"company": {}}, {"/company": "missing_member"}),
        ({"company": {"id": "x"}}, {"/company/id": "invalid_uuid"}),
        ({"company": {}, "workspace": {}}, {"/company": "missing_member", "/workspace": "missing_member"}),
        ({"user": {"email": "nobody"}}, {"/user/email": "invalid_email"}),
        ({"user": {"phone": "12"}}, {"/user/phone": "invalid_phone"}),
        ({"active_until": "2020-01-01"}, {"/active_until": "invalid_value"}),
        ({"active_until": "soon"}, {"/active_until": "invalid_value"}),
        ({"active_until": "9999-12-31"}, {"/active_until": "invalid_value"}),
        ({"active_until": "9999-12-31T23:59:59Z"}, {"/active_until": "invalid_value"}),
        ({"active_from": "9999-12-31"}, {"/active_from": "invalid_value"}),
        ({"active_from": "0001-01-01"}, {"/active_from": "invalid_value"}),
        ({"active_from": "2001-01-01"}, {"/active_from": "invalid_value"}),
        ({"active_from": "2001-01-01", "draft": True}, {"/active_from": "invalid_value"}),
        ({"active_from": "2099-02-01", "active_until": "2099-01-01"}, {"/active_until": "invalid_value"}),
        ({"owner": {"email": "nobody@example.org"}}, {"/owner/email": "unknown_owner"}),
        ({"branding": {"slug": "nope"}}, {"/branding/slug": "not_found"}),
        ({"case": {"id": "0192f0c1-2e83-7000-8000-000000000000"}}, {"/case/id": "not_found"}),
        ({"redirect_url": "http://example.org/"}, {"/redirect_url": "invalid_value"}),
        ({"redirect_url": "https://example.org/"}, {"/redirect_url": "host_not_listed"}),
        ({"webhooks": {"https://example.org/": ["nope"]}}, {"/webhooks/https:~1~1example.org~1/0": "unknown_event"}),
        ({"webhooks": {"http://192.0.2.1/": []}}, {"/webhooks/http:~1~1192.0.2.1~1": "https_only"}),
        ({"webhooks": {"https://10.0.0.1/": []}}, {"/webhooks/https:~1~110.0.0.1~1": "forbidden_address"}),
        ({"external_args": {"a": "x" * 70_000}}, {"/external_args": "too_large"}),
        ({"options": {"terms": {"id": "0192f0c1-2e83-7000-8000-000000000000"}}}, {"/options/terms": "not_found"}),
        ({"options": {"terms": {"id": "no uuid"}}}, {"/options/terms": "not_found"}),
        ({"options": {"terms": {"base64": "?", "name": "a.txt"}}}, {"/options/terms/base64": "invalid_value"}),
        ({"options": {"terms": {"base64": "aGk=aGk=", "name": "a.txt"}}}, {"/options/terms/base64": "invalid_value"}),
        ({"options": {"terms": {"base64": "a", "name": "a.txt"}}}, {"/options/terms/base64": "invalid_value"}),
        ({"options": {"terms": {"base64": " \n", "name": "a.txt"}}}, {"/options/terms/base64": "empty_file"}),
    ],
)
def test_what_cannot_be(api: Api, members: dict[str, Any], problem: dict[str, str]) -> None:
    response = api.post("/v1/forms", json={"flow": {"slug": "accident"}} | members)
    assert (response.status_code, errors(response)) == (400, problem), response.text
    assert api.json("GET", "/v1/forms/count") == {"count": 0}


def test_what_began_long_ago_goes_on_where_it_says_until_when(api: Api, world: World) -> None:
    assert ask(api, active_from="2001-01-01", active_until=None)["active_until"] is None
    assert ask(api, active_from="2001-01-01", active_until=in_days(world, 1))["status"] == "pending"
    assert ask(api, active_from=in_days(world, -59))["status"] == "pending"
    ask(api, 400, active_from=in_days(world, -60))


def test_everything_that_is_wrong_is_said_together(api: Api) -> None:
    response = api.post(
        "/v1/forms",
        json={"flow": {"slug": "accident"}, "user": {"email": "x"}, "redirect_url": "nope", "branding": {"slug": "x"}},
    )
    assert errors(response).keys() == {"/user/email", "/redirect_url", "/branding/slug"}


def test_a_template_that_is_not_there(api: Api, world: World, workspace: Workspace) -> None:
    assert ask(api, 404, flow={"slug": "nope"})["errors"][0]["code"] == "unknown_template"
    assert ask(api, 404, flow={"customization": str(new_id())})
    publish(world, workspace, slug="off", presets=[{"key": "a", "name": "A", "enabled": False}])
    assert ask(api, 404, flow={"slug": "off"})


def test_names_that_contradict_each_other(api: Api, world: World, workspace: Workspace) -> None:
    publish(world, workspace, slug="other")
    preset = ask(api)["flow"]["customization"]
    assert ask(api, flow={"customization": preset})["flow"]["slug"] == "accident"
    assert ask(api, flow={"slug": preset})["flow"]["slug"] == "accident"
    assert ask(api, 400, flow={"customization": preset, "slug": "other"})["errors"][0]["code"] == "contradiction"


def test_several_that_are_called_so(world: World, workspace: Workspace, template: Any) -> None:
    other = world.workspace()
    publish(world, other)
    with world.client(world.token(workspace, other)) as api:
        refused = ask(api, 409)
        candidates = refused["errors"][0]["meta"]["candidates"]
        assert {each["workspace"]["slug"] for each in candidates} == {workspace.slug, other.slug}
        assert ask(api, company={"slug": other.slug})["workspace"]["slug"] == other.slug
        assert ask(api, flow={"customization": candidates[0]["customization"]})
    publish(world, workspace, slug="twice", presets=[{"key": "a", "name": "A"}, {"key": "b", "name": "B"}])
    with world.client(world.token(workspace)) as api:
        assert ask(api, 409, flow={"slug": "twice"})["errors"][0]["code"] == "ambiguous"


def test_a_workspace_that_is_not_covered(api: Api, world: World) -> None:
    other = world.workspace()
    for named in ({"slug": other.slug}, {"id": str(other.id)}, {"slug": "nobody-has-it"}):
        assert ask(api, 403, workspace=named, flow={"slug": "nope"}, user={"email": "x"})
    assert ask(api, 400, company={})


def test_a_form_that_nobody_could_open(api: Api, world: World, workspace: Workspace) -> None:
    publish(world, workspace, slug="coded", access="email_code")
    publish(world, workspace, slug="texted", access="sms_code")
    publish(world, workspace, slug="locked", access="password")
    assert ask(api, 422, flow={"slug": "coded"})["errors"][0]["code"] == "no_way_in"
    assert ask(api, 422, flow={"slug": "texted"}, user={"email": "a@example.org"})["errors"][0]["code"] == "no_way_in"
    assert ask(api, flow={"slug": "coded"}, user={"email": "a@example.org"})["status"] == "pending"
    assert ask(api, 400, flow={"slug": "locked"})["errors"][0]["source"] == {"pointer": "/password"}
    assert "password" not in ask(api, flow={"slug": "locked"}, password="secret words")
    assert ask(api, 400, flow={"slug": "coded"}, user={"email": "x"})  # values come before what the business refuses


def test_drafts_schedules_and_ends(api: Api, world: World) -> None:
    draft = ask(api, draft=True)
    assert (draft["status"], draft["active_from"], draft["active_until"], draft["notifications"]) == (
        "draft",
        None,
        None,
        [],
    )
    never = ask(api, active_until=None)
    assert never["active_until"] is None
    day = ask(api, active_from="2099-01-01", active_until="2099-01-31")
    assert (day["active_from"], day["active_until"]) == ("2099-01-01T00:00:00.000Z", "2099-02-01T00:00:00.000Z")
    later = ask(api, active_from=in_days(world, 1), user={"email": "a@example.org"})
    assert [(each["status"], each["at"]) for each in later["notifications"]] == [("pending", later["active_from"])]


def test_a_dry_run_makes_nothing(api: Api) -> None:
    body = {"flow": {"slug": "accident"}, "data": {"nope": 1}}
    response = api.post("/v1/forms", params={"dry_run": "true"}, json=body)
    assert response.status_code == 200, response.text
    shown = response.json()
    assert (shown["id"], shown["links"]) == (None, {"fill": None, "app": None})
    assert "data.nope" in response.headers["warning"]
    assert api.json("GET", "/v1/forms/count") == {"count": 0}


def test_a_repeated_key_makes_one_form(api: Api) -> None:
    body, key = {"flow": {"slug": "accident"}}, {"Idempotency-Key": "one"}
    first = api.json("POST", "/v1/forms", 201, json=body, headers=key)
    again = api.post("/v1/forms", json=body, headers=key)
    assert (again.json(), again.headers["idempotency-replayed"]) == (first, "true")
    assert api.post("/v1/forms", json=body | {"draft": True}, headers=key).status_code == 422
    assert api.json("GET", "/v1/forms/count") == {"count": 1}


def test_owner_and_case(api: Api, world: World, workspace: Workspace, make_case: Any) -> None:
    world.member(workspace, f"{workspace.slug}@example.org", given_name="Ann")
    owned = ask(api, owner={"email": f"{workspace.slug}@example.org"})
    assert owned["owner"]["given_name"] == "Ann"
    case = make_case(owner={"email": f"{workspace.slug}@example.org"})
    form = ask(api, case={"id": case["id"]})
    assert (form["case"], form["owner"]["given_name"]) == ({"id": case["id"]}, "Ann")
    assert ask(api)["owner"] is None


def test_somebody_with_an_address_is_the_contact_of_the_workspace(api: Api, make_case: Any) -> None:
    case = make_case(contacts=[{"email": "eve@example.org"}])
    ask(api, user={"email": "EVE@example.org", "given_name": "Eve"})
    shown = api.json("GET", f"/v1/cases/{case['id']}")
    assert shown["contacts"][0]["given_name"] == "Eve"
    history = api.json("GET", f"/v1/cases/{case['id']}/history")["data"][0]
    assert history["reason"] == "The contact was changed on another case."
    assert api.json("GET", "/v1/contacts", params={"email": "eve@example.org"})["meta"]["total_count"] == 1


def test_a_file_inside_an_option(api: Api) -> None:
    content = base64.b64encode(b"Our terms").decode()
    form = ask(api, options={"terms": {"base64": f"data:text/plain;base64,{content}", "name": "terms.txt"}})
    terms = form["options"]["terms"]
    assert (terms["name"], terms["metadata"]["size"], terms["held"]) == ("terms.txt", 9, True)
    given = api.get(f"/v1/attachments/{terms['id']}", headers={"Accept": "application/octet-stream"})
    assert given.content == b"Our terms"
    again = ask(api, options={"terms": {"id": terms["id"]}})
    assert again["options"]["terms"]["id"] == terms["id"]
    assert api.delete(f"/v1/attachments/{terms['id']}").status_code == 409
    for each in (form, again):
        assert api.delete(f"/v1/forms/{each['id']}").status_code == 204
    assert api.get(f"/v1/attachments/{terms['id']}").status_code == 404


@left_to_ci("sends many megabytes inside JSON")
def test_a_large_file_inside_an_option(api: Api) -> None:
    content = base64.b64encode(b"x" * 3_000_000).decode()
    form = ask(api, options={"terms": {"data": content, "name": "terms.txt", "type": "text/plain"}})
    assert form["options"]["terms"]["metadata"]["size"] == 3_000_000
    assert ask(api, 413, external_args={"a": "x" * 71 * 1024 * 1024})
    assert api.post("/v1/cases", json={"title": content}).status_code == 413


def test_where_somebody_goes_on_afterwards(api: Api, world: World, workspace: Workspace) -> None:
    world.do(lambda tx: workspaces.set_redirect_hosts(tx, workspace.slug, ["www.example.org", "localhost"]))
    for url in ("https://www.example.org/thanks?a=1", "http://localhost:8000/"):
        assert ask(api, redirect_url=url)["redirect_url"] == url
    assert ask(api, 400, redirect_url="https://example.org/")
    publish(world, workspace, slug="thanks", redirect_url="https://www.example.org/thanks")
    publish(world, workspace, slug="elsewhere", redirect_url="https://example.com/")
    assert ask(api, flow={"slug": "thanks"})["redirect_url"] == "https://www.example.org/thanks"
    assert ask(api, flow={"slug": "elsewhere"})["redirect_url"] is None
    with pytest.raises(Invalid):
        world.do(lambda tx: workspaces.set_redirect_hosts(tx, workspace.slug, ["https://example.org"]))


def test_who_is_asked_fills_in_what_asks_for_them(world: World, workspace: Workspace, api: Api) -> None:
    bound = [
        {"key": "mail", "type": "email", "label": "E-mail", "field": "contact.email"},
        {"key": "given", "type": "text", "label": "Given name", "field": "contact.given_name"},
        {"key": "family", "type": "text", "label": "Family name", "field": "contact.family_name"},
    ]
    publish(world, workspace, slug="bound", pages=[{"key": "one", "title": "One", "elements": bound}])
    form = ask(
        api,
        flow={"slug": "bound"},
        user={"email": "eve@example.org", "given_name": "Eve"},
        data={"given": "Eva"},
    )
    assert form["data"] == {"given": "Eva"}
    for key, value, count in (("mail", "eve@example.org", 1), ("given", "Eva", 1), ("given", "Eve", 0)):
        condition = json.dumps({"attributes": {f"data.{key}": {"$eq": value}}})
        assert api.json("GET", "/v1/forms/count", params={"filter": condition}) == {"count": count}, (key, value)
