"""[F9] The whole of a form for everybody: as a screen reader has it, by the keyboard alone, at 320 pixels and 400 %, from right to left, in every state."""

import os
import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from dossier.foundation.actor import Scope, system
from tests.journeys.test_portal import ARABIC, STICKING_OUT, Phone, made, phone
from tests.many import left_to_ci
from tests.portal.support import WHOLE, Made, make_form
from tests.portal.test_files import picture
from tests.world import World

__all__ = ["made", "phone"]

TREE = Path(__file__).with_name("portal_tree.yaml")
"""What a screen reader is told of a whole form; written anew with DOSSIER_TREE=1, and read through."""
ZOOMED = {"width": 320, "height": 256}  # 1280 by 1024 at 400 %
FOCUSED = """() => { const here = document.activeElement;
  const shown = (each) => each && getComputedStyle(each).outlineStyle !== "none" && parseFloat(getComputedStyle(each).outlineWidth) >= 2;
  return here === document.body || shown(here) || shown(here.closest(".p-choice")) ? "" : here.outerHTML.slice(0, 120); }"""
WIDE_TEXT = "* { line-height: 1.5 !important; letter-spacing: .12em !important; word-spacing: .16em !important }"


def walk(person: Phone) -> Iterator[str]:
    """The whole of a form, whatever its language, a state at a time."""
    page = person.go()
    yield "start"
    page.locator("form[action*='/start'] button").click()
    yield "you"
    go_on(page)
    expect(page.get_by_role("alert")).to_be_visible()
    yield "you, wrong"
    page.locator("[name='name.value']").fill("Eve Adam")
    page.locator("[name='hurt.value']").first.check()
    page.locator("[name='who.0.who_name.value']").fill("Bob")
    person.saved()
    yield "you, with a group"
    go_on(page)
    page.locator("[name='day.value']").fill("2026-02-01")
    page.locator("[name='amount.value']").fill("12")
    page.locator("[name='kind.value'][value='bike']").check()
    person.saved()
    yield "what"
    go_on(page)
    page.locator("[name='brand.value']").fill("Gazelle")
    go_on(page)
    page.locator("input[type=file]").set_input_files(
        [{"name": "dent.jpg", "mimeType": "image/jpeg", "buffer": picture()}]
    )
    page.locator("[name='sign.typed']").fill("Eve Adam")
    page.locator("[name='sign.typed']").blur()
    expect(page.locator(".p-files button")).to_be_visible()
    person.saved()
    yield "papers"
    go_on(page)
    page.locator("main[data-state=check]").wait_for()
    yield "check"
    page.go_back()
    page.goto(person.made.url)
    yield "continue"
    page.goto(person.made.url + "/check")
    page.locator("form[action*='/submit'] button").click()
    page.locator("main[data-state=done]").wait_for()
    yield "done"


def go_on(page: Page) -> None:
    page.locator(".p-acts button[value=next]").click()


# ---- as a screen reader has it ----


@left_to_ci(
    "walks through the whole form, and reads every page's tree",
    "journeys/test_portal.py::test_the_whole_of_it_on_a_phone",
)
@pytest.mark.long
def test_a_screen_reader_is_told_this(made: Made, phone: Any) -> None:
    person: Phone = phone(made)
    told = "".join(f"# {name}\n{told_of(person)}\n\n" for name in walk(person))
    if os.environ.get("DOSSIER_TREE"):
        TREE.write_text(told)
    assert told == TREE.read_text()


def told_of(person: Phone) -> str:
    """The accessibility tree of the page, without what differs from run to run."""
    tree = person.page.locator("body").aria_snapshot()
    tree = tree.replace(f"Workspace {person.made.form.workspace_slug}", "Workspace").replace(person.made.address, "")
    tree = tree.replace(person.made.form.reference, "REFERENCE").replace(person.made.form.workspace_slug, "workspace")
    return re.sub(r"\d{1,2} \w{3} \d{4}, \d{2}:\d{2}", "MOMENT", re.sub(r"/files/[0-9a-f-]{36}", "/files/ID", tree))


# ---- by the keyboard alone ----


class Keys:
    """A keyboard, and nothing else."""

    def __init__(self, page: Page) -> None:
        self.page, self.unseen = page, set[str]()

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)

    def to(self, selector: str) -> None:
        """With Tab alone; where the focus is, is seen at each stop."""
        for _ in range(60):
            self.press("Tab")
            self.unseen.add(self.page.evaluate(FOCUSED))
            if self.page.evaluate("(one) => document.activeElement.matches(one)", selector):
                return
        pytest.fail(f"no way to {selector}")

    def type(self, selector: str, text: str) -> None:
        self.to(selector)
        self.page.keyboard.type(text)

    def go_on(self) -> None:
        self.to(".p-acts button[value=next]")
        self.press("Enter")


@left_to_ci("walks through the whole form key by key", "journeys/test_portal.py::test_by_keyboard_alone")
@pytest.mark.long
def test_the_whole_form_by_keyboard(made: Made, phone: Any) -> None:
    person: Phone = phone(made)
    page, keys = person.go(), Keys(person.page)
    keys.to("form[action*='/start'] button")
    keys.press("Enter")
    page.wait_for_url("**/pages/you")
    keys.go_on()
    expect(page.get_by_role("alert")).to_be_focused()
    keys.to(".p-summary a")
    keys.press("Enter")
    expect(page.locator("[name='name.value']")).to_be_focused()
    page.keyboard.type("Eve Adam")
    keys.to("[name='hurt.value']")
    keys.press("Space")
    keys.type("[name='who.0.who_name.value']", "Bob")
    keys.go_on()
    page.wait_for_url("**/pages/what")
    keys.type("[name='day.value']", "02012026")
    keys.to("[name='kind.value']")
    keys.press("ArrowDown", "Space")
    keys.type("[name='story.value']", "It fell.")
    keys.go_on()
    page.wait_for_url("**/pages/bike")
    keys.type("[name='brand.value']", "Gazelle")
    keys.press("Enter")
    page.wait_for_url("**/pages/more")
    keys.to("[name='parts.value'][value=front]")
    keys.press("Space")
    keys.type("[name='sign.typed']", "Eve Adam")
    keys.go_on()
    page.wait_for_url("**/check")
    keys.to("form[action*='/submit'] button")
    keys.press("Enter")
    expect(page.get_by_role("heading", name="Thank you, it was handed in")).to_be_visible()
    keys.to("[name='rating']")
    keys.press("ArrowDown")
    keys.to("form[action*='/rating'] button")
    keys.press("Enter")
    expect(page.get_by_text("Thank you for telling how it was.")).to_be_visible()
    data = made.data()
    assert (data["day"], data["kind"], data["parts"], data["sign"]["name"]) == (
        "2026-02-01",
        "bike",
        ["front"],
        "Eve Adam",
    )
    assert keys.unseen == {""}, "the focus is seen wherever it is"


# ---- small, large, from right to left ----


@left_to_ci(
    "walks through the whole form, three layouts a page", "journeys/test_portal.py::test_the_whole_of_it_on_a_phone"
)
@pytest.mark.long
def test_nothing_scrolls_sideways_at_400_percent(made: Made, phone: Any) -> None:
    """[WCAG 2.2, 1.4.10 and 1.4.12] Also with text set as wide as readers may want it, and twice as large."""
    person: Phone = phone(made)
    for name in walk(person):
        page = person.page
        page.set_viewport_size(ZOOMED)  # type: ignore[arg-type]
        assert page.evaluate(STICKING_OUT) == [], name
        wide = page.evaluate(
            """(rules) => { const sheet = new CSSStyleSheet(); sheet.replaceSync(rules); document.adoptedStyleSheets = [sheet];
              const wide = document.documentElement.scrollWidth - innerWidth; document.adoptedStyleSheets = []; return wide; }""",
            WIDE_TEXT,
        )
        assert wide <= 0, f"{name}, with wide text"
        page.set_viewport_size({"width": 640, "height": 800})
        large = page.evaluate(
            """() => { document.documentElement.style.fontSize = "200%"; const wide = document.documentElement.scrollWidth - innerWidth;
              document.documentElement.style.fontSize = ""; return wide; }"""
        )
        assert large <= 0, f"{name}, twice as large"
        page.set_viewport_size({"width": 390, "height": 844})


@left_to_ci("walks through the whole form, in Arabic", "journeys/test_portal.py::test_from_right_to_left")
@pytest.mark.long
def test_the_whole_form_from_right_to_left(world: World, phone: Any) -> None:
    made = make_form(world, world.workspace(), WHOLE | {"texts": {"ar": ARABIC}})
    person: Phone = phone(made, locale="ar")
    for name in walk(person):
        page = person.page
        expect(page.locator("html")).to_have_attribute("dir", "rtl")
        heading = page.locator("h1").bounding_box()
        assert heading
        assert page.evaluate("getComputedStyle(document.querySelector('main')).direction") == "rtl"
        person.look(f"arabic-{name.replace(', ', '-').replace(' ', '-')}")


# ---- every state, in every theme ----

OVER = timedelta(minutes=1)


@left_to_ci("asks all of axe in every state of a form", "journeys/test_portal.py::test_the_whole_of_it_on_a_phone")
@pytest.mark.long
def test_axe_finds_nothing_in_any_state(world: World, phone: Any) -> None:
    workspace, now = world.workspace(), world.clock()
    states: list[tuple[str, dict[str, Any]]] = [
        ("not-yet", {"active_from": now + timedelta(days=1)}),
        ("expired", {"active_until": now - OVER}),
        ("closed", {"archived_at": now}),
        ("declined", {"status": "declined"}),
        ("code", {"access": "sms_code"}),
        ("code", {"access": "password"}),
        ("start", {"active_until": now + timedelta(days=2)}),
    ]
    for number, (state, members) in enumerate(states):
        person: Phone = phone(make_form(world, workspace, WHOLE, **members))
        page = person.go()
        expect(page.locator("main")).to_have_attribute("data-state", state)
        person.look(f"state-{state}-{number}")
    locked = make_form(world, workspace, WHOLE, access="password")
    world.do(lambda tx: _lock(tx, locked), system(scope=Scope((workspace.id,))))
    person = phone(locked)
    expect(person.go().locator("main")).to_have_attribute("data-state", "locked")
    person.look("state-locked")


async def _lock(transaction: Any, made: Made) -> None:
    await transaction.send(
        "INSERT INTO form_entries (workspace_id, form_id, link, wrong) VALUES (%(workspace)s, %(form)s, 1, 30)",
        workspace=made.form.workspace_id,
        form=made.form.id,
    )


@pytest.mark.long
def test_colours_that_a_reader_sets_are_kept(made: Made, phone: Any) -> None:
    """In forced colours what is chosen, and what is wrong, is seen too."""
    person: Phone = phone(made, forced_colors="active")
    page = person.begin()
    page.get_by_role("radio", name="Yes").check()
    chosen = page.locator(".p-choice:has(:checked)")
    assert chosen.evaluate("(each) => getComputedStyle(each).outlineStyle") == "solid"


# ---- as small as it has to be ----


@pytest.mark.long
def test_the_first_page_is_60_kilobytes_at_most(made: Made, phone: Any) -> None:
    """As it is sent, with all that it brings: of the page where one begins, and of the first page of questions."""
    person: Phone = phone(made)
    for page in (person.go(), person.begin()):
        page.wait_for_load_state("networkidle")
        sent: int = page.evaluate(
            """() => [...performance.getEntriesByType("navigation"), ...performance.getEntriesByType("resource")]
              .filter((each) => !each.initiatorType.includes("fetch")).reduce((sum, each) => sum + each.encodedBodySize, 0)"""
        )
        scripts: int = page.evaluate(
            """() => performance.getEntriesByType("resource").filter((each) => each.name.endsWith("/portal.js"))
              .reduce((sum, each) => sum + each.decodedBodySize, 0)"""
        )
        assert 0 < sent <= 60_000, sent
        assert 0 < scripts <= 10_000, scripts
