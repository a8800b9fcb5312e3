"""A real browser on the served app. Chromium of the system; without one these tests say so and do not run (CI fails)."""

import asyncio
import os
import shutil
from asyncio import _set_running_loop
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from zlib import crc32

import pytest
from playwright.sync_api import Browser, BrowserContext, CDPSession, Page, expect, sync_playwright

from tests.many import MANY
from tests.world import World, working_world

# The first that is there: the same engine without a window takes a part of the processor time of one that draws its own.
BROWSERS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
CHROMIUM = next(filter(None, map(shutil.which, BROWSERS)), None)
SCREENSHOTS = Path(__file__).parents[2] / "build" / "screenshots"
PICTURES = bool(MANY or os.environ.get("DOSSIER_PICTURES"))
# Pages share a process: what one has compiled of our scripts, the next need not.
ARGUMENTS = ["--no-sandbox", "--in-process-gpu", "--renderer-process-limit=1"]
AXE = (Path(__file__).parent / "axe.min.js").read_text()
# Of what axe reads ahead, sound and film alone belong to a rule that is asked; style sheets cost as much as all rules.
ALL_RULES = "resultTypes: ['violations'], preload: {assets: ['media']}"
COLOURS = ALL_RULES + ", runOnly: ['color-contrast', 'link-in-text-block']"
SIZES = {"desktop": {"width": 1280, "height": 900}, "phone": {"width": 390, "height": 844}}
# Both sizes and both themes by all rules; themes differ in colours alone, so in the other two views only rules on colours have news.
VIEWS = (("desktop", "light", ALL_RULES), ("phone", "dark", ALL_RULES))
OTHER_VIEWS = (("desktop", "dark", COLOURS), ("phone", "light", COLOURS))
SETTLED = """async () => {
  await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
  const moving = document.getAnimations().filter((each) => each instanceof CSSTransition);
  await Promise.allSettled(moving.map((each) => each.finished));
}"""

expect.set_options(timeout=30_000)  # milliseconds, for a machine that has much else to do


def pytest_collection_modifyitems(items: list[Any]) -> None:
    if CHROMIUM or os.environ.get("DOSSIER_MANY"):
        return
    skip = pytest.mark.skip(
        reason="NO CHROMIUM FOUND: the journeys in a browser did not run (apt-get install chromium)"
    )
    for item in items:
        if Path(__file__).parent in Path(item.fspath).parents:
            item.add_marker(skip)


@pytest.fixture(scope="module")
def world(database_url: str) -> Iterator[World]:
    with working_world(database_url) as one:
        yield one


@pytest.fixture(scope="session")
def launched() -> Iterator[tuple[Browser, asyncio.AbstractEventLoop]]:
    """One for all journeys of a process, and Playwright's loop: a start takes more processor time than most of them."""
    assert CHROMIUM, "install chromium"
    with sync_playwright() as playwright:
        loop = asyncio.get_running_loop()
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        _set_running_loop(None)
        yield browser, loop
        _set_running_loop(loop)
        browser.close()


@pytest.fixture(scope="module")
def chromium(launched: tuple[Browser, asyncio.AbstractEventLoop]) -> Iterator[Browser]:
    """For a file: Playwright's loop waits all the time, and after it other tests of this process run loops of their own."""
    browser, loop = launched
    _set_running_loop(loop)
    yield browser
    _set_running_loop(None)


class Person:
    """Somebody at a browser: signed in, looking, taking pictures."""

    def __init__(self, world: World, context: BrowserContext) -> None:
        self.world, self.context = world, context
        self.page: Page = context.new_page()
        self.problems: list[str] = []
        self.network: CDPSession | None = None
        self.page.on("pageerror", lambda error: self.problems.append(str(error)))
        self.page.on("console", lambda said: self.problems.append(said.text) if "Refused to" in said.text else None)

    def sign_in(self, member: Any) -> "Person":
        browser = self.world.browser(member)
        self.context.add_cookies(
            [{"name": "dossier", "value": browser.cookies["dossier"], "url": self.world.server.url}]
        )
        return self

    def go(self, path: str) -> Page:
        self.page.goto(self.world.server.url + path)
        return self.page

    def go_and_listen(self, path: str) -> Page:
        """The same, until the page hears of changes: one that is made before would not be told."""
        with self.page.expect_response("**/live*"):
            return self.go(path)

    def be_offline(self, offline: bool) -> None:
        """Of the page alone: of a context that has others, each is told of it, and the first that goes online is so too early."""
        if self.network is None:
            self.network = self.context.new_cdp_session(self.page)
            self.network.send("Network.enable")
        speed = {"latency": 0, "downloadThroughput": -1, "uploadThroughput": -1}
        self.network.send("Network.emulateNetworkConditions", {"offline": offline, **speed})

    def look(self, name: str) -> None:
        """In both sizes and themes axe finds nothing, and nothing sticks out of a phone; pictures of it, if wanted.

        Each size in each theme, with DOSSIER_MANY=1 or pictures; without, every fourth screen on a desktop in the light, every fourth
        on a phone in the dark, and of the rest only how wide they are.
        """
        turn = crc32(name.encode()) % 4
        for size, theme, rules in VIEWS + OTHER_VIEWS if PICTURES else VIEWS[turn : turn + 1]:
            self.page.set_viewport_size(SIZES[size])  # type: ignore[arg-type]
            self.page.emulate_media(color_scheme=theme)  # type: ignore[arg-type]
            self.page.wait_for_function("(theme) => document.documentElement.dataset.bsTheme === theme", arg=theme)
            self.page.evaluate(SETTLED)
            if PICTURES:
                self.page.screenshot(path=SCREENSHOTS / f"{name}-{size}-{theme}.png", full_page=True)
            wide = self.page.evaluate("document.documentElement.scrollWidth")
            assert wide <= SIZES[size]["width"], f"{name} is {wide} wide on a {size}"
            assert self.violations(rules) == [], f"{name}, {size}, {theme}"
        self.page.set_viewport_size({"width": 320, "height": 640})  # WCAG 2.2, 1.4.10
        assert self.sticking_out() == [], f"{name} is wider than 320"
        self.page.set_viewport_size(SIZES["desktop"])  # type: ignore[arg-type]
        assert self.problems == []

    def sticking_out(self) -> list[str]:
        """What stands beyond the right edge, where the page would scroll sideways."""
        look = """() => document.documentElement.scrollWidth <= innerWidth ? [] :
          [...document.body.querySelectorAll("*")].filter((each) => each.getBoundingClientRect().right > innerWidth + 1
            && !each.closest(".table-responsive *")).slice(0, 4).map((each) => each.outerHTML.slice(0, 160))"""
        found: list[str] = self.page.evaluate(look)
        return found

    def violations(self, rules: str = ALL_RULES) -> list[str]:
        """What axe finds, by those rules."""
        if self.page.evaluate("typeof axe === 'undefined'"):
            self.page.evaluate(AXE)
        found = self.page.evaluate(f"axe.run({{{rules}}})")["violations"]
        return [
            f"{each['id']}: {node['html'][:160]} {node['failureSummary'][-200:]}"
            for each in found
            for node in each["nodes"]
        ]


class Seat:
    """A browser of its own that one test after the other may use. A blank page keeps its process, and what that has compiled of our scripts."""

    def __init__(self, chromium: Browser) -> None:
        self.context = chromium.new_context(viewport=SIZES["desktop"], reduced_motion="reduce")  # type: ignore[arg-type]
        self.blank = self.context.new_page()
        self.session = self.context.new_cdp_session(self.blank)

    def leave(self, origin: str) -> None:
        """Close its pages, and take out of it all but what it has read of our styles and scripts."""
        for page in self.context.pages:
            if page is not self.blank:
                page.close()
        kept = "cookies,local_storage,indexeddb,service_workers,cache_storage"
        self.session.send("Storage.clearDataForOrigin", {"origin": origin, "storageTypes": kept})
        self.context.clear_cookies()
        self.context.clear_permissions()


@pytest.fixture(scope="module")
def seats(chromium: Browser) -> Iterator[list[Seat]]:
    """Those that are free."""
    free: list[Seat] = []
    yield free
    for seat in free:
        seat.context.close()


@pytest.fixture
def person(world: World, chromium: Browser, seats: list[Seat]) -> Iterator[Any]:
    """Makes persons, each with a browser of their own, in which nothing is left of whoever was at it before."""
    taken: list[Seat] = []

    def make(member: Any | None = None) -> Person:
        taken.append(seats.pop() if seats else Seat(chromium))
        somebody = Person(world, taken[-1].context)
        return somebody.sign_in(member) if member else somebody

    yield make
    for seat in taken:
        seat.leave(world.server.url)
        seats.append(seat)
