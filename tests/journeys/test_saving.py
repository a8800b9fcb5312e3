"""What is typed is saved, or says that it is not; nothing acts on the way to what is meant."""

import re
from typing import Any

import pytest
from playwright.sync_api import expect

from dossier.workspaces.model import Workspace
from tests.cli.served import until
from tests.many import left_to_ci, some
from tests.world import Api, World, values

pytestmark = pytest.mark.long
STREAM = re.compile(r"/live(\?|$)")  # and not live.js
SCHEMA = [
    {"key": "day", "type": "date", "name": "Day"},
    {"key": "mail", "type": "email", "name": "Mail"},
    {"key": "note", "type": "text", "name": "Note"},
    {
        "key": "kind",
        "type": "choices",
        "name": "Kind",
        "options": [{"value": each, "label": each.upper()} for each in "abc"],
    },
    {
        "key": "some",
        "type": "multiple_choice",
        "name": "Some",
        "options": [{"value": each, "label": each.upper()} for each in "abc"],
    },
]


@pytest.fixture
def han(world: World, workspace: Workspace) -> Any:
    return world.member(workspace, f"han-{workspace.slug}@example.org", "administrator", given_name="Han")


@pytest.fixture
def case(api: Api) -> str:
    steps = [{"key": "call", "title": "Call", "type": "task"}]
    template = api.json("POST", "/v1/case_templates", 201, json={"title": "T", "schema": SCHEMA, "steps": steps})["id"]
    return str(api.json("POST", "/v1/cases", json={"title": "Saved", "template": {"id": template}})["id"])


def held(api: Api, case: str, key: str) -> Any:
    return values(api.json("GET", f"/v1/cases/{case}"))[key]


@pytest.mark.parametrize("delay", some([30, 250]))
def test_a_date_can_be_typed(han: Any, case: str, api: Api, person: Any, delay: int) -> None:
    """[B2] Digit by digit, slowly and fast; it is saved once, when the field is left."""
    page = person(han).go(f"/workspace/cases/{case}")
    page.get_by_label("Day").focus()
    page.keyboard.type("02172026", delay=delay)
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    expect(page.locator("#field-day-form")).to_have_class("mb-3 dossier-saved")
    assert held(api, case, "day") in ("2026-02-17", "2026-02-17")
    assert len(api.json("GET", f"/v1/cases/{case}/history")["data"]) == 2


def test_a_save_that_fails_says_so_and_keeps_the_text(han: Any, case: str, api: Api, person: Any) -> None:
    """[B5] Offline, an error of the server, signed out: on the field, with a way to try again; back online it saves itself."""
    somebody = person(han)
    page = somebody.go(f"/workspace/cases/{case}")
    note = page.get_by_label("Note")
    somebody.be_offline(True)
    note.fill("typed offline")
    note.press("Tab")
    alert = page.locator("#field-note-form [role=alert]")
    expect(alert).to_contain_text("Not saved")
    expect(note).to_have_value("typed offline")
    somebody.be_offline(False)
    expect(page.locator("#field-note-form")).to_have_class("mb-3 dossier-saved")
    assert held(api, case, "note") == "typed offline"
    page.route("**/fields/note", lambda route: route.fulfill(status=500, body="{}"))
    note.fill("typed into an error")
    note.press("Tab")
    expect(alert).to_contain_text("the server could not do it")
    page.unroute("**/fields/note")
    page.get_by_role("button", name="Try again").click()
    expect(alert).to_have_count(0)  # the form says still that it was saved before
    until(lambda: held(api, case, "note") == "typed into an error")
    expect(page.locator("#field-note-form.htmx-request")).to_have_count(0)  # and the page knows it
    cookies = somebody.context.cookies()
    somebody.context.clear_cookies()
    note.fill("typed signed out")
    note.press("Tab")
    expect(alert).to_contain_text("you are signed out")
    expect(note).to_have_value("typed signed out")
    somebody.context.add_cookies(cookies)
    page.get_by_role("button", name="Try again").click()
    expect(alert).to_have_count(0)
    expect(page.locator("#field-note-form")).to_have_class("mb-3 dossier-saved")
    until(lambda: held(api, case, "note") == "typed signed out")


def test_what_is_typed_while_it_is_saved_stays(han: Any, case: str, api: Api, person: Any) -> None:
    """[B5 H10] On a slow network one goes back into the field before its answer is there: both texts are kept, no one is in conflict."""
    page = person(han).go(f"/workspace/cases/{case}")
    note, underway = page.get_by_label("Note"), []
    page.route("**/fields/note", lambda route: underway.append(route))
    note.fill("first")
    note.press("Tab")
    until(lambda: page.wait_for_timeout(20) or underway)
    note.press("End")
    page.keyboard.type(" and second")
    with page.expect_response("**/fields/note"):
        underway.pop().continue_()
    until(lambda: held(api, case, "note") == "first")
    page.unroute("**/fields/note")
    page.wait_for_timeout(100)
    expect(note).to_have_value("first and second")
    note.press("Tab")
    until(lambda: held(api, case, "note") == "first and second")
    expect(page.locator("#field-note-form [role=alert]")).to_have_count(0)


@left_to_ci(
    "waits until a page asks again after two seconds",
    "journeys/test_saving.py::test_what_happens_before_a_page_listens_is_seen",
)
def test_a_page_that_heard_nothing_for_a_while_looks(han: Any, case: str, api: Api, person: Any) -> None:
    """[R4 B5] What others change while a server starts again, or the network is away, is there when the page hears again."""
    somebody = person(han)
    streams: list[Any] = []

    def once_cut(route: Any) -> None:
        streams.append(route)
        cut = {"content_type": "text/event-stream", "body": "retry: 2000\n\n"}
        route.fulfill(**cut) if len(streams) == 1 else route.continue_()

    somebody.page.route(STREAM, once_cut)
    page = somebody.go(f"/workspace/cases/{case}")
    until(lambda: page.wait_for_timeout(20) or streams)
    api.json("POST", f"/v1/cases/{case}/data", json={"data": {"note": "changed meanwhile"}})
    expect(page.get_by_label("Note")).to_have_value("changed meanwhile")


def test_what_happens_before_a_page_listens_is_seen(han: Any, case: str, api: Api, person: Any) -> None:
    """Between the page and its stream something may change, as a message is sent that was just written."""
    somebody = person(han)

    def meanwhile(route: Any) -> None:
        api.json("POST", f"/v1/cases/{case}/data", json={"data": {"note": "changed meanwhile"}})
        somebody.page.wait_for_timeout(700)  # it is told to all who listen by then
        route.continue_()

    somebody.page.route(STREAM, meanwhile, times=1)
    page = somebody.go(f"/workspace/cases/{case}")
    expect(page.get_by_label("Note")).to_have_value("changed meanwhile", timeout=8_000)


def test_a_wrong_address_is_refused_on_the_field(han: Any, case: str, api: Api, person: Any) -> None:
    """[B5] The browser's own check does not stop it in silence."""
    page = person(han).go(f"/workspace/cases/{case}")
    mail = page.locator("#field-mail")
    mail.fill("nobody@@x")
    mail.press("Tab")
    expect(page.locator("#field-mail-form [role=alert]")).to_contain_text("Mail")
    expect(mail).to_have_value("nobody@@x")
    assert held(api, case, "mail") is None


def test_arrow_keys_choose_and_do_not_act(han: Any, case: str, api: Api, person: Any) -> None:
    """[H3] A status, a field: saved when it is left or on Enter; focus stays (H4)."""
    page = person(han).go(f"/workspace/cases/{case}")
    page.locator("#status").focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    page.wait_for_timeout(200)
    assert api.json("GET", f"/v1/cases/{case}")["status"] == "draft"
    page.keyboard.press("Enter")
    expect(page.locator("#summary")).to_contain_text("In progress")
    assert api.json("GET", f"/v1/cases/{case}")["status"] == "in_progress"
    expect(page.locator("#status")).to_be_focused()
    page.locator("#field-kind").focus()
    page.keyboard.press("ArrowDown")
    page.wait_for_timeout(200)
    assert held(api, case, "kind") is None
    page.keyboard.press("Tab")
    expect(page.locator("#field-kind-form")).to_have_class("mb-3 dossier-saved")
    assert held(api, case, "kind") == "a"


def test_focus_and_scroll_stay(han: Any, case: str, api: Api, person: Any) -> None:
    """[H4] A checkbox of a group, a step: nothing jumps to the top of the page."""
    page = person(han).go(f"/workspace/cases/{case}")
    page.set_viewport_size({"width": 390, "height": 500})
    page.get_by_label("B", exact=True).check()
    expect(page.locator("#field-some-form")).to_have_class("mb-3 dossier-saved")
    expect(page.get_by_label("B", exact=True)).to_be_focused()
    start = page.get_by_role("button", name="Start Call")
    start.scroll_into_view_if_needed()
    before = page.evaluate("scrollY")
    start.click()
    expect(page.get_by_role("button", name="Done: Call")).to_be_visible()
    assert abs(page.evaluate("scrollY") - before) < 120
    assert page.evaluate("document.activeElement !== document.body")


def test_an_undo_that_is_refused_stays_on_the_case(han: Any, case: str, api: Api, person: Any) -> None:
    """[H8] Said beside its button, by the field's name; nothing else of the page goes away."""
    for text in ("first", "second"):
        api.json("POST", f"/v1/cases/{case}/data", json={"data": {"note": text}})
    somebody = person(han)
    page = somebody.go(f"/workspace/cases/{case}")
    page.get_by_text("more in the same minute").click()
    page.get_by_role("button", name="Undo").nth(1).click()
    expect(page.locator("#timeline-card [role=alert]")).to_contain_text("“Note” was changed again since")
    expect(page.get_by_label("Note")).to_have_value("second")
    somebody.look("case-undo-refused")
    page.get_by_role("button", name="Undo").first.click()
    expect(page.get_by_label("Note")).to_have_value("first")
