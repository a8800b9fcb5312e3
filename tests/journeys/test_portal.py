"""[F7] Whoever is asked, at a phone: with scripts and without, offline, on two devices, from right to left, by keyboard alone."""

from collections.abc import Iterator
from typing import Any
from zlib import crc32

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from dossier.workspaces.model import Workspace
from tests.journeys.conftest import ALL_RULES, AXE, PICTURES, SCREENSHOTS, SETTLED
from tests.many import left_to_ci
from tests.portal.support import ACCIDENT, WHOLE, Made, make_form
from tests.portal.test_files import picture
from tests.world import World

PHONE = {"width": 390, "height": 844}
DESKTOP = {"width": 1280, "height": 900}
VIEWS = ((PHONE, "light"), (DESKTOP, "dark"), (PHONE, "dark"), (DESKTOP, "light"))
ARABIC = {
    "title": "تقرير حادث",
    "description": "أخبرنا بما حدث. لن يستغرق الأمر أكثر من خمس دقائق.",
    "pages.you.title": "معلومات عنك",
    "pages.what.title": "ماذا حدث",
    "elements.name.label": "الاسم",
    "elements.phone.label": "رقم الهاتف",
    "elements.phone.help": "لن نتصل إلا بشأن هذا التقرير.",
    "elements.hurt.label": "هل أصيب أحد؟",
}


STICKING_OUT = """() => document.documentElement.scrollWidth <= innerWidth ? [] :
  [...document.body.querySelectorAll("*")].filter((each) => { const box = each.getBoundingClientRect(); return box.right > 321 || box.left < -1; })
    .slice(0, 4).map((each) => each.outerHTML.slice(0, 160))"""


class Phone:
    """Somebody with the link, at a browser."""

    def __init__(self, made: Made, context: BrowserContext) -> None:
        self.made, self.context = made, context
        self.page: Page = context.new_page()
        self.problems: list[str] = []
        self.page.on("pageerror", lambda error: self.problems.append(str(error)))
        self.page.on("console", lambda said: self.problems.append(said.text) if "Refused to" in said.text else None)

    def go(self, *parts: str) -> Page:
        self.page.goto("/".join((self.made.url, *parts)))
        return self.page

    def begin(self) -> Page:
        self.go()
        self.page.get_by_role("button", name="Start").click()
        return self.page

    def saved(self) -> None:
        expect(self.page.locator("#p-saved")).to_have_attribute("data-how", "saved")

    def look(self, name: str) -> None:
        """Axe finds nothing, in both themes and at both sizes; nothing sticks out at 320 px; pictures, if wanted.

        With DOSSIER_MANY=1 or pictures; without, axe is asked of a screen once, of every other one at a desktop in the dark.
        """
        turn = crc32(name.encode()) % 2
        for size, theme in VIEWS if PICTURES else VIEWS[turn : turn + 1]:
            self.page.set_viewport_size(size)  # type: ignore[arg-type]
            self.page.emulate_media(color_scheme=theme)  # type: ignore[arg-type]
            self.page.evaluate(SETTLED)
            if PICTURES:
                kind = "phone" if size is PHONE else "desktop"
                self.page.screenshot(path=SCREENSHOTS / f"portal-{name}-{kind}-{theme}.png", full_page=True)
            assert self.violations() == [], f"{name} {theme}"
        self.page.set_viewport_size({"width": 320, "height": 640})
        assert self.page.evaluate(STICKING_OUT) == [], f"{name} is wider than 320"
        self.page.set_viewport_size(PHONE)  # type: ignore[arg-type]
        assert self.problems == []

    def violations(self) -> list[str]:
        if self.page.evaluate("typeof axe === 'undefined'"):
            self.page.evaluate(AXE)
        found = self.page.evaluate(f"axe.run({{{ALL_RULES}}})")["violations"]
        return [f"{each['id']}: {node['html'][:160]}" for each in found for node in each["nodes"]]


@pytest.fixture
def phone(chromium: Browser) -> Iterator[Any]:
    contexts: list[BrowserContext] = []

    def make(made: Made, **more: Any) -> Phone:
        contexts.append(chromium.new_context(viewport=PHONE, reduced_motion="reduce", **more))  # type: ignore[arg-type]
        return Phone(made, contexts[-1])

    yield make
    for context in contexts:
        context.close()


@pytest.fixture
def made(world: World) -> Made:
    return make_form(world, world.workspace(), WHOLE)


@pytest.mark.long
def test_the_whole_of_it_on_a_phone(made: Made, phone: Any) -> None:
    person = phone(made)
    page = person.go()
    person.look("start")
    page.get_by_role("button", name="Start").click()
    person.look("page")
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_role("alert")).to_contain_text("Answer “Your name”")
    person.look("errors")
    page.get_by_role("link", name="Answer “Your name”").click()
    page.get_by_label("Your name").fill("Eve Adam")
    page.get_by_role("radio", name="Yes").check()
    expect(page.get_by_role("heading", name="Who was hurt")).to_be_visible()
    page.get_by_label("Name", exact=True).fill("Bob")
    person.saved()
    person.look("group")
    page.get_by_role("button", name="Continue").click()
    page.get_by_label("When was it?").fill("2026-02-01")
    page.get_by_label("Damage in euro").fill("1250,50")
    page.get_by_role("radio", name="Bicycle").check()
    person.look("what")
    page.get_by_role("button", name="Continue").click()
    page.get_by_label("Which brand?").fill("Gazelle")
    page.get_by_role("button", name="Continue").click()
    page.locator("input[type=file]").set_input_files(
        [{"name": "dent.jpg", "mimeType": "image/jpeg", "buffer": picture()}]
    )
    expect(page.locator(".p-files")).to_contain_text("dent.jpg")
    person.saved()
    box = page.locator(".p-pad").bounding_box()
    assert box
    page.locator(".p-pad").scroll_into_view_if_needed()
    box = page.locator(".p-pad").bounding_box()
    assert box
    page.mouse.move(box["x"] + 30, box["y"] + 60)
    page.mouse.down()
    for step in range(1, 12):
        page.mouse.move(box["x"] + 30 + 20 * step, box["y"] + 60 + (30 if step % 2 else -20))
    page.mouse.up()
    person.saved()
    person.look("papers")
    page.get_by_role("button", name="Continue").click()
    person.look("check")
    page.get_by_role("button", name="Hand in").click()
    expect(page.get_by_role("heading", name="Thank you, it was handed in")).to_be_visible()
    person.look("done")
    data = made.data()
    assert data["name"] == "Eve Adam"
    assert data["who"] == [{"who_name": "Bob"}]
    assert len(data["photos"]) == 1
    assert data["sign"]["method"] == "drawn"


@pytest.mark.long
def test_without_any_script(made: Made, phone: Any) -> None:
    person = phone(made, java_script_enabled=False)
    page = person.go()
    page.get_by_role("button", name="Start").click()
    page.get_by_label("Your name").fill("Eve")
    page.get_by_role("radio", name="Yes").check()
    page.get_by_role("button", name="Continue").click()
    page.get_by_label("Name", exact=True).fill("Bob")
    page.get_by_role("button", name="Add another one").click()
    page.get_by_label("Name", exact=True).nth(1).fill("Carl")
    page.get_by_role("button", name="Continue").click()
    page.get_by_label("When was it?").fill("2026-02-01")
    page.get_by_role("button", name="Continue").click()
    page.locator("input[type=file]").set_input_files(
        [{"name": "dent.jpg", "mimeType": "image/jpeg", "buffer": picture()}]
    )
    page.get_by_role("button", name="Send the file").click()
    expect(page.locator(".p-files")).to_contain_text("dent.jpg")
    page.get_by_label("Or type your name").fill("Eve Adam")
    page.get_by_role("button", name="Continue").click()
    page.get_by_role("button", name="Hand in").click()
    expect(page.get_by_role("heading", name="Thank you, it was handed in")).to_be_visible()
    assert made.data()["who"] == [{"who_name": "Bob"}, {"who_name": "Carl"}]


@left_to_ci(
    "another journey does it with two pages",
    "journeys/test_portal_proofs.py::test_two_pages_on_without_a_connection_and_back",
)
@pytest.mark.long
def test_offline_it_waits_and_is_sent_when_it_can_be(made: Made, phone: Any) -> None:
    person = phone(made)
    page = person.begin()
    person.context.set_offline(True)
    page.get_by_label("Your name").fill("Eve")
    page.get_by_label("Your phone").click()
    expect(page.locator("#p-saved")).to_have_text("Offline: kept on this device")
    page.get_by_role("button", name="Continue").click()
    expect(page.locator("#p-saved")).to_have_text("Offline: kept on this device")
    assert made.data() == {}
    person.context.set_offline(False)
    person.saved()
    assert made.data()["name"] == "Eve"


@left_to_ci("fills a form in on two devices", "journeys/test_portal.py::test_the_whole_of_it_on_a_phone")
@pytest.mark.long
def test_two_devices_meet_at_an_element(made: Made, phone: Any) -> None:
    one, other = phone(made), phone(made)
    here = one.begin()
    there = other.go()
    there.get_by_role("button", name="Go on").click()
    there.get_by_label("Your name").fill("Theirs")
    there.get_by_label("Your phone").click()
    other.saved()
    here.get_by_label("Your name").fill("Mine")
    here.get_by_label("Your phone").click()
    expect(here.get_by_role("alert")).to_contain_text("Theirs")
    one.look("conflict")
    here.get_by_role("button", name="Use what I typed here").click()
    one.saved()
    assert made.data()["name"] == "Mine"


@pytest.mark.long
def test_from_right_to_left(world: World, phone: Any) -> None:
    made = make_form(world, world.workspace(), WHOLE | {"texts": {"ar": ARABIC}})
    person = phone(made, locale="ar")
    page = person.go()
    expect(page.locator("html")).to_have_attribute("dir", "rtl")
    person.look("arabic-start")
    page.get_by_role("button", name="ابدأ").click()
    page.get_by_label("الاسم").fill("ليلى")
    page.get_by_role("button", name="متابعة").click()
    expect(page.get_by_role("alert")).to_contain_text("أجب عن «هل أصيب أحد؟»")
    person.look("arabic-errors")


@pytest.mark.long
def test_by_keyboard_alone(world: World, phone: Any) -> None:
    made = make_form(world, world.workspace(), ACCIDENT)
    person = phone(made)
    page = person.go()
    _tab_to(page, "Start")
    page.keyboard.press("Enter")
    page.wait_for_url("**/pages/you")
    _tab_to(page, "Your name")
    page.keyboard.type("Eve")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("radio", name="No")).to_be_checked()
    _tab_to(page, "Continue")
    page.keyboard.press("Enter")
    page.wait_for_url("**/pages/what")
    assert made.data() == {"name": "Eve", "hurt": False}


def _tab_to(page: Page, name: str) -> None:
    """With the key alone, until what has that name has the focus."""
    label = """() => { const each = document.activeElement;
      return each.labels?.length ? each.labels[0].textContent : each.textContent; }"""
    for _ in range(40):
        page.keyboard.press("Tab")
        if page.evaluate(label).strip().startswith(name):
            return
    pytest.fail(f"no way to {name}")


@left_to_ci("asks axe at every gate of a form", "journeys/test_portal.py::test_the_whole_of_it_on_a_phone")
@pytest.mark.long
def test_every_gate_is_for_everybody(world: World, phone: Any) -> None:
    workspace: Workspace = world.workspace()
    for members, name in (
        ({"status": "draft"}, "not-yet"),
        ({"status": "declined"}, "declined"),
        ({"access": "email_code"}, "code"),
    ):
        person = phone(make_form(world, workspace, WHOLE, **members))
        person.go()
        person.look(name)
        if name == "code":
            person.page.get_by_role("button", name="Send me a code").click()
            person.page.get_by_label("Code").fill("12")
            person.page.get_by_role("button", name="Go on").click()
            person.look("code-wrong")
    missing = phone(make_form(world, workspace, WHOLE))
    missing.go("x")
    missing.page.goto(world.server.url + "/r/" + "A" * 43)
    missing.look("missing")


@left_to_ci(
    "another journey counts the same bytes",
    "journeys/test_portal_everybody.py::test_the_first_page_is_60_kilobytes_at_most",
)
@pytest.mark.long
def test_the_first_page_is_small(made: Made, phone: Any) -> None:
    person, sizes = phone(made), []
    person.page.on("response", lambda answer: sizes.append(len(answer.body()) if answer.ok else 0))
    person.begin()
    person.page.wait_for_load_state("networkidle")
    assert 0 < sum(sizes[-8:]) <= 60_000 * 2
