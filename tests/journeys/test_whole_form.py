"""[F10] One form from the mail to the case, at a phone: declined and asked again, by a code, without a connection, on a line that breaks, in another browser."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, FrameLocator, Page, expect

from tests.cli.served import until
from tests.forms.support import at_address
from tests.journeys.conftest import Person
from tests.journeys.test_handler import ada
from tests.journeys.test_portal import PHONE
from tests.journeys.test_portal_proofs import at_hand, photograph
from tests.many import left_to_ci
from tests.world import Api, World

__all__ = ["ada"]

TEMPLATE: dict[str, Any] = {
    "slug": "whole",
    "title": "Accident report",
    "locale": "en",
    "access": "email_code",
    "decline": True,
    "pages": [
        {"key": "you", "title": "About you", "elements": [
            {"key": "name", "type": "text", "label": "Your name", "required": True, "field": "data.name"},
            {"key": "hurt", "type": "checkbox", "label": "Was somebody hurt?", "required": True, "field": "data.hurt"},
            {"key": "who", "type": "text", "label": "Who was hurt?", "required": True, "visible_when": {"data.hurt": {"$eq": True}}}]},
        {"key": "what", "title": "What happened", "elements": [
            {"key": "day", "type": "date", "label": "When was it?", "required": True, "field": "data.day"},
            {"key": "amount", "type": "number", "label": "Damage in euro", "field": "data.amount"},
            {"key": "kind", "type": "choices", "label": "What kind?", "required": True, "field": "data.kind",
             "options": [{"value": "car", "label": "Car"}, {"value": "bike", "label": "Bicycle"}]}]},
        {"key": "bike", "title": "Your bicycle", "visible_when": {"data.kind": {"$eq": "bike"}}, "elements": [
            {"key": "brand", "type": "text", "label": "Which brand?", "required": True, "field": "data.brand"}]},
        {"key": "car", "title": "Your car", "visible_when": {"data.kind": {"$eq": "car"}}, "elements": [
            {"key": "plate", "type": "text", "label": "Number plate", "required": True}]},
        {"key": "papers", "title": "Papers and signature", "elements": [
            {"key": "photos", "type": "file", "label": "Photos", "accept": ["image/*"], "field": "data.photos"},
            {"key": "sign", "type": "signature", "label": "Sign here", "required": True}]},
    ],
}  # fmt: skip
FIELDS: list[dict[str, Any]] = [
    {"key": "name", "type": "text", "name": "Name"},
    {"key": "hurt", "type": "checkbox", "name": "Somebody hurt"},
    {"key": "day", "type": "date", "name": "Day"},
    {"key": "amount", "type": "number", "name": "Damage"},
    {"key": "kind", "type": "choices", "name": "Kind", "options": TEMPLATE["pages"][1]["elements"][2]["options"]},
    {"key": "brand", "type": "text", "name": "Brand"},
    {"key": "photos", "type": "file", "name": "Photos"},
]
STEP = {"key": "ask", "title": "Ask them", "type": "form", "recipient": "main", "form": "whole"}
EVE = {"key": "main", "given_name": "Eve", "family_name": "Adam", "email": "eve@example.org"}


SLOW = {"latency": 40, "downloadThroughput": 200_000, "uploadThroughput": 400_000}


class Desk:
    """Whoever handles the case, and the outbox: nothing of it leaves the house."""

    def __init__(self, person: Person, api: Api, case: str) -> None:
        self.person, self.api, self.case, self.read = person, api, case, set[str]()

    def go(self) -> Page:
        return self.person.go(f"/workspace/cases/{self.case}")

    def mail(self, subject: str) -> FrameLocator:
        """The mail to who is asked that has this subject and was not read yet, as the outbox shows it; it is waited for."""
        found: list[str] = []

        def came() -> bool:
            listed = self.api.json("GET", "/v1/messages", params={"status": "sent"})["data"]
            mails = [each["id"] for each in listed if each["to"] == [EVE["email"]] and subject in each["subject"]]
            found[:] = [each for each in mails if each not in self.read]
            return bool(found)

        until(came)
        self.read.update(found)
        page = self.person.go(f"/workspace/messages/{found[0]}")
        expect(page.get_by_text("It was kept in the outbox; nothing left the house.")).to_be_visible()
        return page.frame_locator("iframe")

    def link(self, subject: str) -> str:
        """Where it leads."""
        to = self.mail(subject).locator("a[href*='/r/']").get_attribute("href")
        assert to
        return to

    def code(self) -> str:
        """The one that the newest mail holds."""
        said = self.mail("Your code").get_by_text("is your code to open").inner_text()
        return said.partition(" ")[0]

    def read_case(self) -> dict[str, Any]:
        found: dict[str, Any] = self.api.json("GET", f"/v1/cases/{self.case}")
        return found

    def answers(self) -> dict[str, Any]:
        """What is kept of the newest response."""
        form = next(each["data"]["form"] for each in self.read_case()["steps"] if each["id"] == "ask")
        found: dict[str, Any] = self.api.json("GET", f"/v1/forms/{form}")["responses"][0]["data"]
        return found

    def looks_through(self) -> Page:
        page = self.go()
        page.get_by_label("Forms", exact=True).get_by_role("link", name="Accident report").click()
        expect(page.get_by_role("heading", name="Accident report")).to_be_visible()
        return page


@pytest.fixture
def desk(world: World, ada: Any, api: Api, make_template: Any, make_case: Any, person: Any) -> Iterator[Desk]:
    api.json("POST", "/v1/form_templates", 201, json=TEMPLATE)
    template = make_template(schema=FIELDS, steps=[STEP])["id"]
    case = make_case(title="A fall", template={"id": template}, contacts=[EVE], owner={"email": ada.email})
    with at_address(world, world.server.url):
        yield Desk(person(ada), api, case["id"])


class Somebody:
    """Who is asked, at a phone; `link`: where they came in."""

    def __init__(self, context: BrowserContext, desk: Desk) -> None:
        self.context, self.page, self.desk, self.link = context, context.new_page(), desk, ""

    def comes_in(self, link: str) -> Page:
        """By the link of the mail and the code of another one."""
        self.link = link
        self.page.goto(link)
        self.page.get_by_role("button", name="Send me a code").click()
        self.page.get_by_label("Code").fill(self.desk.code())
        self.page.get_by_role("button", name="Go on").click()
        expect(self.page.locator("main")).to_have_attribute("data-state", "continue")
        return self.page

    def leaves(self) -> None:
        """The link comes by mail, to finish later."""
        self.page.goto(self.link)
        self.page.get_by_role("button", name="Send me the link, to finish later").click()
        expect(self.page.get_by_role("status")).to_contain_text("The link was sent to you")

    def signs(self) -> None:
        """With a finger, or what the machine has of one."""
        pad = self.page.locator(".p-pad")
        pad.scroll_into_view_if_needed()
        box = pad.bounding_box()
        assert box
        self.page.mouse.move(box["x"] + 30, box["y"] + 60)
        self.page.mouse.down()
        for step in range(1, 12):
            self.page.mouse.move(box["x"] + 30 + 20 * step, box["y"] + 60 + (30 if step % 2 else -20))
        self.page.mouse.up()
        self.saved()

    def hands_in(self) -> None:
        self.page.get_by_role("button", name="Hand in").click()
        expect(self.page.get_by_role("heading", name="Thank you, it was handed in")).to_be_visible()

    def goes_on(self, heading: str) -> None:
        self.page.get_by_role("button", name="Continue").click()
        expect(self.page.get_by_role("heading", name=heading)).to_be_visible()

    def saved(self) -> None:
        expect(self.page.locator("#p-saved")).to_have_attribute("data-how", "saved")


@contextmanager
def somebody(chromium: Browser, desk: Desk) -> Iterator[Somebody]:
    """In a browser of their own."""
    context = chromium.new_context(viewport=PHONE, has_touch=True, is_mobile=True, reduced_motion="reduce")  # type: ignore[arg-type]
    yield Somebody(context, desk)
    context.close()


@left_to_ci(
    "the whole life of a form, in a browser of everybody in turn",
    "journeys/test_portal.py::test_the_whole_of_it_on_a_phone",
    "journeys/test_studio.py::test_somebody_is_asked_and_reminded",
    "steps/test_form_files.py::test_a_file_goes_to_the_case",
)
@pytest.mark.long
def test_the_whole_of_a_form_from_the_mail_to_the_case(desk: Desk, chromium: Browser) -> None:
    desk.go().get_by_role("button", name="Start Ask them").click()
    link = desk.link("has a question for you")
    declines_and_is_asked_again(desk, chromium, link)
    content = photograph() + os.urandom(1_200_000)  # behind the picture: what cannot be made smaller on the way
    with somebody(chromium, desk) as first:
        answers_with_and_without_a_connection(first, desk.link("look at this again"))
        sends_a_photo_on_a_line_that_breaks(first, content)
        first.leaves()
    with somebody(chromium, desk) as second:
        resumes_and_hands_in(second, desk.link("Go on later"))
        refuses_one(desk)
        corrects_it(second, desk.link("look at this again"))
    shows_all_of_it(desk, content)


def declines_and_is_asked_again(desk: Desk, chromium: Browser, link: str) -> None:
    with somebody(chromium, desk) as one:
        page = one.comes_in(link)
        page.get_by_text("I do not want to answer").click()
        page.get_by_label("Why not?").fill("I sold that bicycle")
        page.get_by_role("button", name="Decline").click()
        expect(page.locator("main")).to_have_attribute("data-state", "declined")
    page = desk.looks_through()
    expect(page.get_by_text("I sold that bicycle")).to_be_visible()
    page.get_by_label("Your words").fill("It was yours on that day.")
    page.get_by_role("button", name="Ask again").click()
    expect(page.get_by_text("asked again, not handed in yet")).to_be_visible()


def answers_with_and_without_a_connection(one: Somebody, link: str) -> None:
    """What concerns them is asked by what they answer; two pages are answered where there is no connection."""
    page = one.comes_in(link)
    expect(page.get_by_text("It was yours on that day.")).to_be_visible()
    page.get_by_role("button", name="Go on").click()
    expect(page.get_by_label("Who was hurt?")).to_be_hidden()
    page.get_by_role("radio", name="Yes").check()
    page.get_by_label("Who was hurt?").fill("Bob")
    one.saved()
    at_hand(one, "what")
    one.context.set_offline(True)
    page.get_by_label("Your name").fill("Eve Adam")
    one.goes_on("What happened")
    page.get_by_label("When was it?").fill("2026-02-01")
    page.get_by_label("Damage in euro").fill("12.50")
    page.get_by_role("radio", name="Bicycle").check()
    expect(page.locator("#p-saved")).to_have_text("Offline: kept on this device")
    assert one.desk.answers() == {"hurt": True, "who": "Bob"}
    one.context.set_offline(False)
    one.saved()
    until(lambda: len(one.desk.answers()) == 6)
    one.goes_on("Your bicycle")
    page.get_by_label("Which brand?").fill("Gazelle")
    one.goes_on("Papers and signature")


def sends_a_photo_on_a_line_that_breaks(one: Somebody, content: bytes) -> None:
    pieces: list[int] = []
    one.page.on(
        "request", lambda each: pieces.append(int(each.headers["upload-offset"])) if each.method == "PATCH" else None
    )
    line = one.context.new_cdp_session(one.page)
    line.send("Network.enable")
    line.send("Network.emulateNetworkConditions", {"offline": False, **SLOW})
    one.page.locator("input[type=file]").set_input_files(
        [{"name": "dent.jpg", "mimeType": "image/jpeg", "buffer": content}]
    )
    until(lambda: one.page.evaluate("document.querySelector('progress.p-bar[aria-label]')?.value ?? 0") > 0, 60)
    line.send("Network.emulateNetworkConditions", {"offline": True, **SLOW})
    expect(one.page.locator("#p-saved")).to_have_attribute("data-how", "offline")
    line.send("Network.emulateNetworkConditions", {"offline": False, **SLOW})
    one.saved()
    expect(one.page.locator(".p-files button")).to_have_count(1)
    assert pieces.count(0) == 1, "it did not begin again"


def resumes_and_hands_in(one: Somebody, link: str) -> None:
    """In another browser: all is there, and what is missing is named."""
    page = one.comes_in(link)
    page.get_by_role("link", name="Check and hand in").click()
    for answer in ("Eve Adam", "Bob", "Bicycle", "Gazelle", "dent.jpg"):
        expect(page.get_by_text(answer, exact=True)).to_be_visible()
    page.get_by_role("button", name="Hand in").click()
    page.get_by_role("alert").get_by_role("link", name="Sign here").click()
    one.signs()
    page.get_by_role("button", name="Continue").click()
    one.hands_in()


def refuses_one(desk: Desk) -> None:
    page = desk.looks_through()
    expect(page.locator("[data-state=received]")).to_have_count(9)
    brand = page.locator("#item-brand")
    brand.get_by_role("radio", name="Refuse").check()
    brand.get_by_role("textbox").fill("The papers say Koga.")
    page.get_by_role("button", name="Save, and accept the rest that came").click()
    expect(page.locator("[data-state=accepted]")).to_have_count(8)
    page.get_by_role("button", name="Ask again").click()
    expect(page.get_by_text("asked again, not handed in yet")).to_be_visible()


def corrects_it(one: Somebody, link: str) -> None:
    """That alone is asked, on the same link, with the handler's words."""
    assert link == one.link
    page = one.page
    page.goto(link)
    page.get_by_role("button", name="Go on").click()
    expect(page.get_by_role("heading", name="Your bicycle")).to_be_visible()
    expect(page.get_by_text("The papers say Koga.")).to_be_visible()
    page.get_by_label("Which brand?").fill("Koga")
    page.get_by_role("button", name="Continue").click()
    one.hands_in()


def shows_all_of_it(desk: Desk, content: bytes) -> None:
    """Each value of the case says to which question of which form, and in which response, it was given."""
    page = desk.go()
    shown = {"Name": "Eve Adam", "Day": "2026-02-01", "Damage": "12.50", "Brand": "Koga"}
    for name, value in shown.items():
        expect(page.get_by_label(name, exact=True)).to_have_value(value)
    expect(page.get_by_role("link", name="dent.jpg").first).to_be_visible()
    for name, question, response in (
        ("Name", "Your name", 2),
        ("Somebody hurt", "Was somebody hurt?", 2),
        ("Day", "When was it?", 2),
        ("Damage", "Damage in euro", 2),
        ("Kind", "What kind?", 2),
        ("Brand", "Which brand?", 3),
        ("Photos", "Photos", 2),
    ):
        said = page.locator(f"form[data-saves]:has-text('{name}')").get_by_role("link", name=f"“{question}”")
        expect(said).to_have_text(f"“{question}” in “Accident report”, response {response}")
    expect(page.get_by_label("Forms", exact=True)).to_contain_text("9 of 9 received, 8 accepted")
    expect(page.locator("#steps-card")).to_contain_text("1 done")
    values = {each["key"]: each["value"] for each in desk.read_case()["schema"]}
    address = f"{desk.person.world.server.url}/workspace/files/{values['photos'][0]['id']}/content"
    assert page.request.get(address).body() == content, "whole, whatever broke on the way"
    history = desk.api.json("GET", f"/v1/cases/{desk.case}/history")["data"]
    (last, first) = [each for each in history if each["kind"] == "form"]
    assert {key: each["source"]["element"] for key, each in first["changes"].items() if "source" in each} == {
        each: each for each in ("name", "hurt", "day", "amount", "kind", "brand", "photos")
    }
    assert [key for key, each in last["changes"].items() if "source" in each] == ["brand"]
    desk.person.look("whole-form-case")
