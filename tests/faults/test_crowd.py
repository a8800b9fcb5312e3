"""Many people fill in forms at once while the server is killed twice: nothing they were told is kept is lost.

By default 12 people type for some seconds; `DOSSIER_CONTACTS=500 DOSSIER_TYPED=45` has 500 who give 45 answers each; `DOSSIER_KILLS=0` kills nothing.
"""

import asyncio
import os
import random
import statistics
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest

from tests.cli.served import CERTIFICATES, data_folder
from tests.faults import harness
from tests.faults.harness import Faulty
from tests.faults.test_answers import form_token

CONTACTS = int(os.environ.get("DOSSIER_CONTACTS", "12"))
TYPED = int(os.environ.get("DOSSIER_TYPED", "15"))  # answers that each of them gives
THINKING = CONTACTS / 100 if CONTACTS > 50 else 0.3  # seconds on average before an answer
KILLS = int(os.environ.get("DOSSIER_KILLS", "2"))
pytestmark = [pytest.mark.long, pytest.mark.timeout(300 + CONTACTS * 2)]

ELEMENTS = [{"key": f"n{each}", "type": "number", "label": f"Number {each}"} for each in range(10)]
PAGES = [{"key": "one", "title": "One", "elements": ELEMENTS}]
TEMPLATE = {"slug": "crowd", "title": "Crowd", "locale": "en", "pages": PAGES}


@dataclass
class Contact:
    """Somebody who types numbers; `told`: element → the last that they were told is kept."""

    server: Faulty
    id: str
    path: str
    token: str = ""
    cookies: httpx.Cookies = field(default_factory=httpx.Cookies)
    versions: dict[str, int] = field(default_factory=dict)
    told: dict[str, int] = field(default_factory=dict)
    acknowledged: int = 0
    took: list[float] = field(default_factory=list)

    @property
    def address(self) -> str:
        """Where the form is now: a server that is started again has another port, and none until it listens."""
        listens = "listens on" in self.server.said
        return (self.server.url if listens else "http://127.0.0.1:1") + self.path

    async def begin(self, browser: httpx.AsyncClient) -> None:
        first = await browser.get(self.address)
        started = await browser.post(f"{self.address}/start", data={"form_token": form_token(first.text)})
        self.cookies.extract_cookies(started)
        self.token = form_token((await self._ask(browser, "GET", "/pages/one")).text)

    async def type(self, browser: httpx.AsyncClient) -> None:
        for number in range(1, TYPED + 1):
            await asyncio.sleep(random.expovariate(1 / THINKING))
            await self._give(browser, random.choice(ELEMENTS)["key"], number)

    async def _give(self, browser: httpx.AsyncClient, key: str, number: int) -> None:
        """As the page's script does: again until it is answered, from the version that somebody else, or the last try, has made."""
        while True:
            began = time.monotonic()
            body = {"value": number, "base": self.versions.get(key, 0)}
            try:
                answer = await self._ask(browser, "PUT", f"/answers/{key}", json=body)
            except httpx.HTTPError:
                await asyncio.sleep(0.5)
                continue
            if answer.status_code == 409:
                self.versions[key] = answer.json()["version"]
            elif answer.status_code == 200:
                self.took.append(time.monotonic() - began)
                self.versions[key], self.told[key] = answer.json()["version"], number
                self.acknowledged += 1
                return
            else:
                assert answer.status_code in (429, 503), answer.text
                await asyncio.sleep(0.5)

    async def _ask(self, browser: httpx.AsyncClient, method: str, path: str, **more: Any) -> httpx.Response:
        cookie = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        headers = {"x-csrf-token": self.token, "cookie": cookie}
        return await browser.request(method, self.address + path, headers=headers, **more)


def made(server: Faulty) -> list[Contact]:
    """Forms for everybody."""
    with server.client() as api:
        api.post("/v1/form_templates", json=TEMPLATE).raise_for_status()
        forms = [
            api.post("/v1/forms", json={"flow": {"slug": "crowd"}}).raise_for_status().json() for _ in range(CONTACTS)
        ]
    return [Contact(server, each["id"], urlsplit(each["links"]["fill"]).path) for each in forms]


async def typed(server: Faulty, contacts: Sequence[Contact]) -> None:
    """All of them type, and the server is killed meanwhile."""
    limits = httpx.Limits(max_connections=100, max_keepalive_connections=100)
    async with httpx.AsyncClient(timeout=15, verify=CERTIFICATES, limits=limits) as browser:
        for each in contacts:
            await each.begin(browser)
            browser.cookies.clear()
        typing = asyncio.gather(*(each.type(browser) for each in contacts))
        for kill in range(KILLS):
            await asyncio.sleep(TYPED * THINKING / (KILLS + 2) * (1 + kill / 10))
            await asyncio.to_thread(harness.kill_server, server)
        await typing


def lost(server: Faulty, contacts: Sequence[Contact]) -> list[str]:
    """What was acknowledged and is not there."""
    found = []
    with server.client() as api:
        for each in contacts:
            (response,) = api.get(f"/v1/forms/{each.id}").json()["responses"]
            kept = response["data"]
            found += [
                f"{each.id} {key}: {kept.get(key)}, not {told}"
                for key, told in each.told.items()
                if kept.get(key) != told
            ]
    return found


def test_many_fill_in_at_once_while_the_server_is_killed() -> None:
    with data_folder() as folder:
        server = Faulty(folder)
        server.begin_demo()
        try:
            contacts = made(server)
            asyncio.run(typed(server, contacts))
            assert lost(server, contacts) == []
        finally:
            server.end()
    took = sorted(each for one in contacts for each in one.took)
    acknowledged = sum(each.acknowledged for each in contacts)
    assert acknowledged == CONTACTS * TYPED
    p95 = took[int(len(took) * 0.95)]
    harness.TABLE.setdefault(
        f"{CONTACTS} people fill in forms",
        harness.Row([took[-1]], acknowledged, f"p50 {statistics.median(took) * 1000:.0f} ms, p95 {p95 * 1000:.0f} ms"),
    )
