"""A member fills a form in, in the app: by the pages that people outside have, every kind of question, as that member."""

import base64
from typing import Any

import httpx
import pytest

from dossier.workspaces.model import Workspace
from tests.forms.answering import Contact
from tests.forms.support import ask, publish
from tests.portal.support import hidden, problems, state
from tests.portal.test_files import picture
from tests.world import Api, Browser, World

FIRST: list[dict[str, Any]] = [
    {"key": "amount", "type": "number", "label": "How much", "required": True, "field": "data.amount"},
    {"key": "double", "type": "computed", "label": "Twice that", "formula": "amount * 2"},
    {"key": "hurt", "type": "checkbox", "label": "Was somebody hurt?"},
    {"key": "who", "type": "group", "label": "Who was hurt", "visible_when": {"data.hurt": {"$eq": True}},
     "repeat": {"min": 1, "max": 3}, "elements": [{"key": "name", "type": "text", "label": "Name", "required": True}]},
]  # fmt: skip
SECOND: list[dict[str, Any]] = [
    {"key": "photos", "type": "file", "label": "Photos", "max_files": 2, "accept": ["image/*"], "field": "data.photos"},
    {"key": "sign", "type": "signature", "label": "Sign here", "required": True},
]
PAGES = [
    {"key": "one", "title": "What happened", "elements": FIRST},
    {"key": "two", "title": "Papers", "elements": SECOND},
]


@pytest.fixture
def handler(world: World, workspace: Workspace) -> Browser:
    return world.browser(world.member(workspace, f"fills-{workspace.slug}@example.org"))


@pytest.fixture
def form(world: World, workspace: Workspace, api: Api, make_template: Any, make_case: Any) -> dict[str, Any]:
    publish(world, workspace, pages=PAGES)
    step = {"key": "ask", "title": "Ask", "type": "form", "form": "accident", "internal": True}
    fields = [
        {"key": "amount", "type": "number", "name": "Amount"},
        {"key": "photos", "type": "file", "name": "Photos", "max_files": 5},
    ]
    case = make_case(template={"id": make_template(schema=fields, steps=[step])["id"]})
    steps = api.json("POST", f"/v1/cases/{case['id']}/start/ask", json={})["steps"]
    made: dict[str, Any] = api.json("GET", f"/v1/forms/{steps[0]['data']['form']}")
    return made


def address_of(form: dict[str, Any]) -> str:
    return f"/workspace/forms/{form['id']}/fill"


def fill(browser: Browser, form: dict[str, Any], page: str, files: Any = (), **fields: Any) -> httpx.Response:
    """What is typed on a page, sent as its form sends it."""
    address = f"{address_of(form)}/pages/{page}"
    data = hidden(browser.get(address).text) | fields
    sent = [("photos.file", (name, content)) for name, content in files]
    return browser.post(address, data=data, files=sent or None)


def test_it_is_filled_in_page_by_page_and_handed_in_by_a_member_as_such(
    handler: Browser, api: Api, form: dict[str, Any]
) -> None:
    case = form["case"]["id"]
    assert address_of(form) in handler.get(f"/workspace/cases/{case}").text
    first = handler.get(address_of(form))
    assert "What happened" in first.text
    assert state(first) == "start"
    wrong = fill(handler, form, "one", **{"amount.value": "many"})
    assert wrong.status_code == 400
    assert any("must be a number" in each for each in problems(wrong))
    more = fill(handler, form, "one", **{"amount.value": "12", "hurt.value": "true"})
    assert "Who was hurt" in more.text
    assert "24" in more.text, "what follows is shown"
    fill(handler, form, "one", **{"amount.value": "12", "hurt.value": "true", "who.0.name.value": "Jo", "add": "who"})
    second = fill(
        handler, form, "one", **{"amount.value": "12", "hurt.value": "true", "who.0.name.value": "Jo", "who.1.name.value": "Al"}
    )  # fmt: skip
    assert second.url.path.endswith("/pages/two")
    check = fill(handler, form, "two", [("a.jpg", picture())], **{"sign.typed": "Hanna"})
    assert check.url.path.endswith("/check"), problems(check)
    assert "a.jpg" in check.text
    done = handler.send_form(f"{address_of(form)}/submit")
    assert str(done.url.path).endswith("/review")
    kept = {each["key"]: each["value"] for each in api.json("GET", f"/v1/cases/{case}")["schema"]}
    assert kept["amount"] == 12
    assert [each["name"] for each in kept["photos"]] == ["a.jpg"]
    (entry,) = [each for each in api.json("GET", f"/v1/cases/{case}/history")["data"] if each["kind"] == "form"]
    assert (entry["actor"]["type"], entry["via"]) == ("member", "form")
    assert entry["changes"]["amount"]["source"]["element"] == "amount"
    (response,) = api.json("GET", f"/v1/forms/{form['id']}")["responses"]
    answers = api.json("GET", f"/v1/responses/{response['id']}")
    assert "Hanna" in str(answers)


def test_each_answer_is_saved_while_one_types_and_two_members_meet_at_an_element(
    handler: Browser, world: World, workspace: Workspace, form: dict[str, Any]
) -> None:
    colleague = world.browser(world.member(workspace, f"second-{workspace.slug}@example.org"))

    def put(browser: Browser, value: Any, base: int) -> httpx.Response:
        token = {"x-csrf-token": browser.form_token()}
        return browser.put(f"{address_of(form)}/answers/amount", json={"value": value, "base": base}, headers=token)

    saved = put(handler, 12, 0)
    assert (saved.status_code, saved.json()["version"]) == (200, 1)
    assert 'value="12"' in colleague.get(f"{address_of(form)}/pages/one").text
    assert put(colleague, 13, 1).json()["version"] == 2
    clash = put(handler, 14, 1)
    assert (clash.status_code, clash.json()["value"], clash.json()["mine"]) == (409, 13, 14)
    unsafe = handler.put(f"{address_of(form)}/answers/amount", json={"value": 1})
    assert unsafe.status_code == 403, "without the token of the session's pages"


def test_a_file_comes_in_several_goes_and_a_colleague_keeps_it(
    handler: Browser, world: World, workspace: Workspace, api: Api, form: dict[str, Any]
) -> None:
    headers = {"x-csrf-token": handler.form_token(), "tus-resumable": "1.0.0"}
    content = picture()
    name = base64.b64encode(b"a.jpg").decode()
    begun = handler.post(
        f"{address_of(form)}/uploads",
        headers=headers | {"upload-length": str(len(content)), "upload-metadata": f"filename {name}"},
    )
    assert begun.status_code == 201, begun.text
    at = begun.headers["location"]
    half = len(content) // 2
    for offset, piece in ((0, content[:half]), (half, content[half:])):
        more = {"upload-offset": str(offset), "content-type": "application/offset+octet-stream"}
        assert handler.patch(at, content=piece, headers=headers | more).status_code == 204
    id = at.rpartition("/")[2]
    token = {"x-csrf-token": headers["x-csrf-token"]}
    saved = handler.put(f"{address_of(form)}/answers/photos", json={"value": [id], "base": 0}, headers=token)
    assert (saved.json()["value"], saved.json()["errors"]) == ([id], [])
    assert handler.get(f"{address_of(form)}/files/{id}/picture").headers["content-type"] == "image/webp"
    colleague = world.browser(world.member(workspace, f"second-{workspace.slug}@example.org"))
    fill(colleague, form, "two", **{"sign.typed": "Cole", "photos.value": id})
    assert id in colleague.get(f"{address_of(form)}/pages/two").text
    stolen = colleague.put(
        f"{address_of(ask(api))}/answers/photos",
        json={"value": [id], "base": 0},
        headers={"x-csrf-token": colleague.form_token()},
    )
    assert stolen.json()["errors"][0]["code"] == "not_found", "a file of somebody else's is no answer of another form"


def test_what_was_handed_in_is_not_filled_in_again(handler: Browser, form: dict[str, Any]) -> None:
    fill(handler, form, "one", **{"amount.value": "12"})
    fill(handler, form, "two", **{"sign.typed": "Hanna"})
    handler.send_form(f"{address_of(form)}/submit")
    assert handler.get(address_of(form)).url.path.endswith("/review")
    token = {"x-csrf-token": handler.form_token()}
    late = handler.put(f"{address_of(form)}/answers/amount", json={"value": 13, "base": 0}, headers=token)
    assert late.status_code == 409


def test_a_member_answers_for_who_was_asked(handler: Browser, world: World, workspace: Workspace, api: Api) -> None:
    """On the telephone, also where the link asks for a code."""
    publish(world, workspace, pages=PAGES, access="email_code")
    made = ask(api, user={"email": "eve@example.org", "given_name": "Eve"})
    page = handler.get(address_of(made))
    assert "You answer for Eve" in page.text
    Contact(world, workspace, made).answers(amount=5)
    assert 'value="5"' in handler.get(f"{address_of(made)}/pages/one").text
    assert fill(handler, made, "one", **{"amount.value": "6"}).url.path.endswith("/pages/two")
    assert not [name for name in handler.cookies if "form" in name], "no session of a link is begun"


def test_a_form_that_is_ended_or_not_there_says_so(handler: Browser, form: dict[str, Any]) -> None:
    handler.send_form(f"/workspace/cases/{form['case']['id']}/archive", archived="true")
    assert "cannot be answered now" in handler.get(address_of(form)).text
    gone = handler.get("/workspace/forms/00000000-0000-7000-8000-000000000000/fill")
    assert gone.status_code == 404
    assert handler.get("/workspace/forms/x/fill/pages/one").status_code == 404


def test_a_limited_member_fills_in_what_is_theirs_alone(
    world: World, workspace: Workspace, api: Api, form: dict[str, Any]
) -> None:
    limited = world.member(workspace, f"less-{workspace.slug}@example.org", "limited")
    browser = world.browser(limited)
    assert browser.get(address_of(form)).status_code == 404
    token = {"x-csrf-token": browser.form_token()}
    assert browser.put(f"{address_of(form)}/answers/amount", json={"value": 1}, headers=token).status_code == 404
    api.json("PATCH", f"/v1/cases/{form['case']['id']}", json={"owner": {"email": limited.email}})
    assert fill(browser, form, "one", **{"amount.value": "12"}).url.path.endswith("/pages/two")


def test_who_is_not_signed_in_is_asked_to(world: World, form: dict[str, Any]) -> None:
    stranger = Browser(base_url=world.server.url)
    assert stranger.get(f"{address_of(form)}/pages/one").headers["location"].startswith("/sign-in?next=")
    assert stranger.put(f"{address_of(form)}/answers/amount", json={}).status_code == 401
