"""Forms in the app: the list, one form with all that is done with it, and sending a new one."""

import re
from html import unescape
from typing import Any

import pytest

from dossier.workspaces.model import Workspace
from tests.world import Api, Browser, World

PAGE = {
    "key": "p",
    "title": "About you",
    "elements": [
        {"key": "name", "type": "text", "label": "Your name", "required": True, "field": "contact.given_name"},
        {"key": "amount", "type": "number", "label": "How much"},
        {"key": "hurt", "type": "checkbox", "label": "Somebody was hurt"},
        {"key": "who", "type": "text", "label": "Who was hurt", "visible_when": {"data.hurt": {"$eq": True}}},
    ],
}
DOCUMENT = {
    "title": "Accident",
    "slug": "accident",
    "pages": [PAGE],
    "options": [{"key": "intro", "type": "text", "label": "Words at the top", "default": "Welcome"}],
    "texts": {"fr": {"pages.p.title": "Vous", "elements.name.label": "Votre nom"}},
}


@pytest.fixture
def administrator(world: World, workspace: Workspace) -> Browser:
    return world.browser(world.member(workspace, f"a-{workspace.slug}@example.org", "administrator"))


@pytest.fixture
def preset(api: Api) -> str:
    api.json("POST", "/v1/form_templates", 201, json=DOCUMENT)
    return str(api.json("GET", "/v1/form_templates")["data"][0]["id"])


def made(api: Api, **more: Any) -> Any:
    user = {"email": "anna@example.org", "given_name": "Anna", "family_name": "Peeters"}
    return api.json("POST", "/v1/forms", 201, json={"flow": {"slug": "accident"}, "user": user, **more})


def page(browser: Browser, path: str) -> str:
    answer = browser.get(path)
    assert answer.status_code == 200, answer.text
    return unescape(answer.text)


def test_a_form_is_sent_from_the_app(administrator: Browser, preset: str, api: Api) -> None:
    shown = page(administrator, "/workspace/forms/new")
    assert "Accident" in shown
    assert "Words at the top" in shown
    assert "How much" in shown, "what is known already can be filled in"
    sent = administrator.send_form(
        "/workspace/forms/new",
        **{"preset": preset, "user.email": "anna@example.org", "user.given_name": "Anna", "user.locale": "fr"},
        **{"data.amount": "12,5", "options.intro": "Hello", "owner": "me", "active_until": "2099-01-31"},
    )
    assert re.search("/workspace/forms/[0-9a-f-]{36}$", str(sent.url))
    (form,) = api.json("GET", "/v1/forms")["data"]
    assert (form["status"], form["user"]["email"], form["user"]["locale"]) == ("pending", "anna@example.org", "fr")
    assert form["options"]["intro"] == "Hello"
    assert form["owner"]["email"].startswith("a-")
    assert form["active_until"].startswith(("2099-01-31", "2099-02-01T00"))
    text = unescape(sent.text)
    assert 'value="2099-01-31"' in text
    assert form["links"]["fill"] in text
    assert "Invitation" in text


def test_what_cannot_be_sent_is_said_and_what_was_typed_stays(administrator: Browser, preset: str, api: Api) -> None:
    refused = administrator.send_form(
        "/workspace/forms/new", **{"preset": preset, "user.email": "nobody", "user.given_name": "Anna"}
    )
    assert refused.status_code == 400
    assert 'value="Anna"' in refused.text
    assert api.json("GET", "/v1/forms")["data"] == []
    assert administrator.get("/workspace/forms/new?preset=00000000-0000-0000-0000-000000000000").status_code == 404


@pytest.mark.parametrize(
    ("path", "fields", "status"),
    [
        ("change", {"draft": "true"}, "draft"),
        ("change", {"active_until": "2099-01-31"}, "pending"),
        ("change", {"archived": "true"}, "pending"),
        ("remind", {}, "pending"),
        ("link", {}, "pending"),
        ("recipient", {"user.email": "bea@example.org", "user.given_name": "Bea"}, "pending"),
    ],
)
def test_what_is_done_with_a_form_is_done(
    administrator: Browser, preset: str, api: Api, path: str, fields: dict[str, str], status: str
) -> None:
    form = made(api)
    address = f"/workspace/forms/{form['id']}"
    answer = administrator.send_form(f"{address}/{path}", **fields)
    assert (answer.status_code, str(answer.url.path)) == (200, address), answer.text
    after = api.json("GET", f"/v1/forms/{form['id']}")
    assert after["status"] == status
    assert after != form
    if path in ("link", "recipient"):
        assert after["links"]["fill"] != form["links"]["fill"]
        assert after["links"]["fill"] in page(administrator, address)
    assert preset


def test_what_a_form_refuses_is_said_on_its_page(administrator: Browser, preset: str, api: Api) -> None:
    form = made(api, user={"given_name": "Anna"})
    refused = administrator.send_form(f"/workspace/forms/{form['id']}/remind")
    assert refused.status_code == 409
    assert "nobody to write to" in unescape(refused.text)
    refused = administrator.send_form(f"/workspace/forms/{form['id']}/change", processed="true")
    assert (refused.status_code, api.json("GET", f"/v1/forms/{form['id']}")["status"]) == (422, "pending")
    assert preset


def test_a_form_is_deleted_by_an_administrator_alone(
    world: World, workspace: Workspace, administrator: Browser, preset: str, api: Api
) -> None:
    form = made(api)
    handler = world.browser(world.member(workspace, f"h-{workspace.slug}@example.org", "handler"))
    assert handler.send_form(f"/workspace/forms/{form['id']}/delete").status_code == 403
    administrator.send_form(f"/workspace/forms/{form['id']}/delete")
    assert administrator.get(f"/workspace/forms/{form['id']}").status_code == 404
    assert preset


def test_limited_members_see_their_own_forms(world: World, workspace: Workspace, preset: str, api: Api) -> None:
    limited = world.member(workspace, f"l-{workspace.slug}@example.org", "limited")
    form, mine = made(api), made(api, owner={"email": f"l-{workspace.slug}@example.org"})
    browser = world.browser(limited)
    shown = page(browser, "/workspace/forms")
    assert mine["reference"] in shown
    assert form["reference"] not in shown
    assert browser.get(f"/workspace/forms/{form['id']}").status_code == 404
    assert preset


def test_the_list_is_filtered_and_many_are_reminded_or_ended(administrator: Browser, preset: str, api: Api) -> None:
    anna, nobody = made(api), made(api, user={"given_name": "Nobody"})
    draft = made(api, draft=True)
    shown = page(administrator, "/workspace/forms?status=pending")
    assert anna["reference"] in shown
    assert draft["reference"] not in shown
    filtered = page(administrator, "/workspace/forms?a=user.given_name&o=eq&v=Nobody&a=expired_at&o=empty&v=")
    assert (nobody["reference"] in filtered, anna["reference"] in filtered) == (True, False)
    answer = administrator.send_form("/workspace/forms/bulk", act="remind", form=[anna["id"], nobody["id"]])
    text = unescape(answer.text)
    assert "1 person was reminded" in text
    assert "nobody to write to" in text
    written = api.json("GET", f"/v1/forms/{anna['id']}")["notifications"]
    assert any("reminder" in map(str, each.values()) for each in written)
    administrator.send_form("/workspace/forms/bulk", act="expire", form=[anna["id"]])
    assert api.json("GET", f"/v1/forms/{anna['id']}")["expired_at"]
    administrator.send_form("/workspace/forms/bulk", act="archive", form=[anna["id"]])
    assert api.json("GET", f"/v1/forms/{anna['id']}")["archived"]
    assert anna["reference"] in page(administrator, "/workspace/forms?archived=true")
    assert administrator.send_form("/workspace/forms/bulk", act="burn", form=[anna["id"]]).status_code == 400
    assert preset


def test_a_view_of_forms_is_kept_and_a_file_made(administrator: Browser, preset: str, api: Api) -> None:
    made(api)
    administrator.send_form("/workspace/forms/views", name="Open ones", query="?status=pending")
    assert "Open ones" in page(administrator, "/workspace/forms")
    answer = administrator.get("/workspace/forms/export.csv?keys=true")
    assert answer.status_code == 200, answer.text
    lines = answer.text.splitlines()
    assert lines[0].startswith("reference,name,status")
    assert "Anna" in lines[1]
    assert preset
