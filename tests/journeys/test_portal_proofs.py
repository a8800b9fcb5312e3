"""[F9] The portal for everybody: the page of all that is asked, a screen reader's tree, the keyboard alone, 400 %, inside other sites, lines that break."""

import hashlib
import io
import os
import re
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import pytest
from PIL import Image, ImageDraw, ImageFilter
from playwright.sync_api import expect

from dossier.foundation.actor import Scope, system
from dossier.workspaces import store as workspaces
from tests.cli.served import until
from tests.journeys.test_portal import Phone, made, phone
from tests.many import left_to_ci
from tests.portal.support import WHOLE, Made, make_form
from tests.portal.test_files import PAPERS
from tests.portal.test_personal import codes
from tests.world import World

__all__ = ["made", "phone"]


@left_to_ci("fills one form in after the other", "journeys/test_portal.py::test_the_whole_of_it_on_a_phone")
@pytest.mark.long
def test_all_that_is_asked_behind_one_code(world: World, phone: Any) -> None:
    workspace = world.workspace()
    for number, access in enumerate(("email_code", "direct", "password")):
        made = make_form(world, workspace, WHOLE | {"title": f"Question {number}"}, access=access)
    person: Phone = phone(made)
    page = person.page
    page.goto(f"{world.server.url}/me/{workspace.slug}")
    person.look("personal")
    page.get_by_label("Your e-mail address").fill("nobody")
    page.get_by_role("button", name="Send me a code").click()
    expect(page.get_by_role("alert")).to_contain_text("Type an e-mail address")
    person.look("personal-wrong")
    page.get_by_label("Your e-mail address").fill("eve@example.org")
    page.get_by_role("button", name="Send me a code").click()
    expect(page.get_by_label("Code")).to_be_visible()
    person.look("personal-code")
    until(lambda: bool(codes(world, workspace)))
    (code,) = codes(world, workspace)
    page.get_by_label("Code").fill(code)
    page.get_by_role("button", name="Go on").click()
    expect(page.get_by_role("heading", name="What is asked of you")).to_be_visible()
    person.look("personal-requests")
    page.goto(page.url + "?lang=ar")
    person.look("personal-requests-arabic")
    page.goto(page.url.partition("?")[0])
    page.get_by_role("button", name=re.compile("Start ?: *Question 0")).click()
    expect(page.get_by_role("heading", name="Question 0")).to_be_visible()
    page.goto(f"{world.server.url}/me/{workspace.slug}")
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("status")).to_contain_text("You are signed out.")
    person.look("personal-left")


# ---- without a connection ----


@pytest.mark.long
def test_two_pages_on_without_a_connection_and_back(made: Made, phone: Any) -> None:
    """What was typed on pages that were reached without a connection is kept, and sent when there is one."""
    person: Phone = phone(made)
    page = person.begin()
    page.get_by_role("radio", name="No").check()
    person.saved()
    at_hand(person, "what", "more")
    person.context.set_offline(True)
    page.get_by_label("Your name").fill("Eve")
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_role("heading", name="What happened")).to_be_visible()
    page.get_by_label("When was it?").fill("2026-02-01")
    page.get_by_label("Damage in euro").fill("12")
    person.look("offline")
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_role("heading", name="Papers and signature")).to_be_visible()
    page.get_by_label("Or type your name").fill("Eve Adam")
    page.go_back()
    expect(page.get_by_role("heading", name="What happened")).to_be_visible()
    expect(page.get_by_label("When was it?")).to_have_value("2026-02-01")
    page.get_by_role("link", name="Back").click()
    expect(page.get_by_label("Your name")).to_have_value("Eve")
    assert made.data() == {"hurt": False}
    person.context.set_offline(False)
    person.saved()
    until(lambda: len(made.data()) == 5)
    data = made.data()
    assert (data["name"], data["day"], data["amount"], data["sign"]["name"]) == ("Eve", "2026-02-01", 12, "Eve Adam")
    page.reload()
    expect(page.get_by_label("Your name")).to_have_value("Eve")
    assert page.evaluate("Object.keys(localStorage).length") == 0
    assert person.problems == []


def at_hand(person: Phone, *pages: str) -> None:
    """Wait until these pages can be gone to without a connection."""
    names = """(page) => performance.getEntriesByType("resource").some((each) => each.name.endsWith("/pages/" + page) && each.responseEnd)"""
    for page in pages:
        until(lambda page=page: person.page.evaluate(names, page), 30)
    person.page.wait_for_timeout(200)


@pytest.mark.long
def test_nothing_of_a_page_stays_on_the_device(made: Made, phone: Any) -> None:
    person: Phone = phone(made)
    person.begin()
    person.page.get_by_label("Your name").fill("Eve")
    person.saved()
    at_hand(person, "what", "more")
    kept = person.page.evaluate(
        "async () => [await caches.keys(), (await indexedDB.databases()).length,"
        " (await navigator.serviceWorker.getRegistrations()).length]"
    )
    assert kept == [[], 0, 0]


@left_to_ci(
    "fills a form in, and looks at what the device keeps at each turn",
    "journeys/test_portal_proofs.py::test_nothing_of_a_page_stays_on_the_device",
)
@pytest.mark.long
def test_what_waits_of_a_form_goes_when_it_is_over_and_of_all_at_signing_out(world: World, phone: Any) -> None:
    workspace = world.workspace()
    over, other = (make_form(world, workspace, PAPERS) for _ in range(2))
    person: Phone = phone(over)
    page = person.begin()
    keys = [f"dossier:{each.form.id}" for each in (over, other)]
    page.evaluate(
        "(keys) => { for (const each of [...keys, 'dossier:uploads:x']) localStorage.setItem(each, '{}'); }", keys
    )
    page.get_by_role("button", name="Continue").click()
    page.get_by_role("button", name="Hand in").click()
    page.get_by_role("heading", name="Thank you, it was handed in").wait_for()
    left = "() => Object.keys(localStorage).sort()"
    until(lambda: page.evaluate(left) == sorted([keys[1], "dossier:uploads:x"]))
    page.goto(f"{world.server.url}/me/{workspace.slug}?left")
    assert len(page.evaluate(left)) == 2, "a link takes nothing away"
    page.get_by_label("Your e-mail address").fill("eve@example.org")
    page.get_by_role("button", name="Send me a code").click()
    until(lambda: bool(codes(world, workspace)))
    page.get_by_label("Code").fill(codes(world, workspace)[0])
    page.get_by_role("button", name="Go on").click()
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("status")).to_contain_text("You are signed out.")
    assert page.evaluate(left) == ["dossier:uploads:x"]


# ---- pictures ----


def photograph(*, blurred: bool = False, dark: bool = False) -> bytes:
    """A page with something like writing on it, as a phone takes it."""
    drawn = Image.new("RGB", (1600, 1200), "white")
    pen = ImageDraw.Draw(drawn)
    for row in range(30, 1180, 40):
        for column in range(30, 1560, 36):
            pen.rectangle((column, row, column + 20, row + 18), fill="black")
    if blurred:
        drawn = drawn.filter(ImageFilter.GaussianBlur(24))
    if dark:
        drawn = drawn.point(lambda value: value // 12)
    kept = io.BytesIO()
    drawn.save(kept, "JPEG", quality=90)
    return kept.getvalue()


@left_to_ci("looks at pictures in a browser without a graphics card")
@pytest.mark.long
def test_a_blurred_and_a_dark_picture_are_warned_of_on_the_device(made: Made, phone: Any) -> None:
    person: Phone = phone(made)
    page = person.begin()
    person.go("pages", "more")
    chosen = [("sharp", photograph()), ("blurred", photograph(blurred=True)), ("dark", photograph(dark=True))]
    page.locator("input[type=file]").set_input_files(
        [{"name": f"{name}.jpg", "mimeType": "image/jpeg", "buffer": content} for name, content in chosen]
    )
    expect(page.locator(".p-files")).to_contain_text("blurred.jpg: This picture may be blurred")
    expect(page.locator(".p-files")).to_contain_text("dark.jpg: This picture is very dark")
    person.saved()
    expect(page.locator(".p-files [data-how=warn]")).to_have_count(2)
    expect(page.locator(".p-files button")).to_have_count(3)
    person.look("warned")
    assert len(made.data()["photos"]) == 3, "a warning is no refusal"


@left_to_ci("waits until pictures are a PDF, in a browser")
@pytest.mark.long
def test_pictures_of_a_paper_become_one_pdf(world: World, phone: Any) -> None:
    made = make_form(world, world.workspace(), PAPERS)
    person: Phone = phone(made)
    page = person.begin()
    page.locator("input[type=file]").set_input_files(
        [{"name": f"{name}.jpg", "mimeType": "image/jpeg", "buffer": photograph()} for name in ("one", "two")]
    )
    page.get_by_role("button", name="Make one PDF of these pictures").click()
    expect(page.locator(".p-files")).to_contain_text("Contract.pdf")
    expect(page.locator(".p-files li")).to_have_count(1)
    person.look("joined")
    assert len(made.data()["photos"]) == 1


# ---- a line that is slow, or breaks ----


@left_to_ci(
    "waits for a script that comes late on purpose",
    "portal/test_files.py::test_a_name_is_a_signature_and_so_are_strokes",
)
@pytest.mark.long
def test_one_signs_with_a_finger_however_late_its_script_comes(made: Made, phone: Any) -> None:
    person: Phone = phone(made)
    person.begin()

    def late(route: Any) -> None:
        person.page.wait_for_timeout(1000)
        route.continue_()

    person.page.route("**/signature_pad*", late)
    person.go("pages", "more")
    expect(person.page.locator(".p-pad")).to_be_visible(timeout=10_000)


@left_to_ci(
    "sends a photo over a line that is slow on purpose",
    "journeys/test_files.py::test_an_upload_goes_on_after_a_broken_line_and_a_closed_tab",
)
@pytest.mark.long
def test_a_photo_on_a_slow_line_that_breaks_goes_on_where_it_was(world: World, phone: Any) -> None:
    made = make_form(world, world.workspace(), PAPERS)
    person: Phone = phone(made)
    page = person.begin()
    content = photograph() + os.urandom(1_600_000)  # behind the picture: what cannot be made smaller on the way
    pieces: list[int] = []
    page.on(
        "request", lambda each: pieces.append(int(each.headers["upload-offset"])) if each.method == "PATCH" else None
    )
    line = person.context.new_cdp_session(page)
    line.send("Network.enable")
    slow = {"latency": 40, "downloadThroughput": 200_000, "uploadThroughput": 400_000}
    line.send("Network.emulateNetworkConditions", {"offline": False, **slow})
    page.locator("input[type=file]").set_input_files(
        [{"name": "photo.jpg", "mimeType": "image/jpeg", "buffer": content}]
    )
    until(lambda: page.evaluate("document.querySelector('progress.p-bar[aria-label]')?.value ?? 0") > 0, 60)
    line.send("Network.emulateNetworkConditions", {"offline": True, **slow})
    expect(page.locator("#p-saved")).to_have_attribute("data-how", "offline")
    page.wait_for_timeout(2500)
    line.send("Network.emulateNetworkConditions", {"offline": False, **slow})
    person.saved()
    expect(page.locator(".p-files button")).to_have_count(1)
    assert pieces.count(0) == 1, "it did not begin again"
    (id,) = made.data()["photos"]
    (kept,) = made.world.do(lambda tx: tx.all("SELECT size, sha256 FROM files WHERE id = %(id)s", id=id), made.scope())
    assert (kept["size"], bytes(kept["sha256"])) == (len(content), hashlib.sha256(content).digest())


# ---- inside the page of another site ----

AROUND = """<!doctype html><meta charset="utf-8"><title>Ours</title><h1>Our site</h1>
<script>window.heard = []; addEventListener("message", (event) => heard.push({origin: event.origin, data: event.data}));</script>
<iframe title="Form" width="380" height="800" src="ADDRESS"></iframe>"""


@pytest.fixture
def around() -> Iterator[Any]:
    """A server of somebody else's pages, by two names: the address of a page that shows a form inside."""
    shown: dict[str, str] = {}

    class Pages(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.end_headers()
            self.wfile.write(AROUND.replace("ADDRESS", shown["form"]).encode())

        def log_message(self, *_: Any) -> None:
            """Nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Pages) as server:
        Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        yield shown, *(f"http://{name}:{server.server_port}" for name in ("127.0.0.1", "localhost"))
        server.shutdown()


@left_to_ci(
    "fills a whole form in, inside the page of another site", "journeys/test_portal.py::test_the_whole_of_it_on_a_phone"
)
@pytest.mark.long
def test_inside_another_site_it_says_when_it_is_there_and_when_it_is_done(
    world: World, phone: Any, around: Any
) -> None:
    shown, site, other = around
    workspace = world.workspace()
    scope = system(scope=Scope((workspace.id,)))
    world.do(lambda tx: workspaces.set_embed_origins(tx, workspace.id, [site]), scope)
    made = make_form(world, workspace, PAPERS | {"embed": True})
    person: Phone = phone(made)
    page = person.page
    shown["form"] = f"{made.url}?embed_v=1"
    page.goto(site)
    inside = page.frame_locator("iframe")
    expect(inside.get_by_role("heading", name="Papers")).to_be_visible()
    until(lambda: bool(page.evaluate("heard.length")))
    assert page.evaluate("heard") == [{"origin": world.server.url, "data": {"type": "ready"}}]
    inside.get_by_role("button", name="Start").click()
    inside.get_by_label("Note").fill("From inside")
    expect(inside.locator("#p-saved")).to_have_attribute("data-how", "saved")
    expect(inside.locator("#p-saved")).to_be_visible()
    inside.get_by_role("button", name="Continue").click()
    inside.get_by_role("button", name="Hand in").click()
    expect(inside.get_by_role("heading", name="Thank you, it was handed in")).to_be_visible()
    done = {"type": "completed", "request_id": str(made.form.id)}
    until(lambda: done in [each["data"] for each in page.evaluate("heard")])
    assert made.data()["note"] == "From inside"
    inside.get_by_label("Easy", exact=True).check()
    inside.get_by_role("button", name="Send").click()
    expect(inside.get_by_text("Thank you for telling how it was.")).to_be_visible()
    page.wait_for_timeout(500)
    assert [each["data"] for each in page.evaluate("heard")].count(done) == 1, "it is told once"
    page.goto(other)
    page.wait_for_timeout(1000)
    assert page.evaluate("heard") == [], "another site hears nothing"
    assert "Papers" not in (page.frames[1].content() if len(page.frames) > 1 else ""), "and shows nothing"
