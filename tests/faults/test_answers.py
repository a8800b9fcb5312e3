"""What somebody typed in a form is kept once their browser was told so, also where server and database die at that moment."""

import re
import threading
import time
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest

from tests.cli.served import CERTIFICATES, data_folder
from tests.faults import harness
from tests.faults.harness import Faulty

pytestmark = [pytest.mark.long, pytest.mark.timeout(240)]

TEMPLATE = {
    "slug": "killed",
    "title": "Killed",
    "locale": "en",
    "pages": [{"key": "one", "title": "One", "elements": [{"key": "amount", "type": "number", "label": "Amount"}]}],
}
TYPED_FOR = 1.5  # seconds until everything is killed


@dataclass
class Typist:
    """Types one number after another into an answer, as fast as each is acknowledged, until nobody answers any more."""

    server: Faulty
    address: str
    acknowledged: list[int] = field(default_factory=list)

    def begin(self) -> threading.Thread:
        thread = threading.Thread(target=self._type, daemon=True)
        thread.start()
        return thread

    def _type(self) -> None:
        with (
            httpx.Client(base_url=self.server.url, timeout=10, verify=CERTIFICATES, follow_redirects=True) as browser,
            suppress(httpx.HTTPError),
        ):
            token = form_token(browser.get(self.address).text)
            browser.post(f"{self.address}/start", data={"form_token": token}).raise_for_status()
            headers = {"x-csrf-token": form_token(browser.get(f"{self.address}/pages/one").text)}
            for number in range(1, 100_000):
                body = {"value": number, "base": number - 1}
                browser.put(f"{self.address}/answers/amount", json=body, headers=headers).raise_for_status()
                self.acknowledged.append(number)


def form_token(page: str) -> str:
    found = re.search(r'(?:name="form_token" value|data-token)="(\w+)"', page)
    assert found, page
    return found[1]


def made(server: Faulty) -> dict[str, Any]:
    with server.client() as api:
        if not api.get("/v1/form_templates/killed").is_success:
            api.post("/v1/form_templates", json=TEMPLATE).raise_for_status()
        answer = api.post("/v1/forms", json={"flow": {"slug": "killed"}}).raise_for_status()
        found: dict[str, Any] = api.get(f"/v1/forms/{answer.json()['id']}").json()
        return found


def kept(server: Faulty, form: dict[str, Any]) -> int:
    with server.client() as api:
        (response,) = api.get(f"/v1/forms/{form['id']}").json()["responses"]
        return int(response["data"]["amount"])


@pytest.mark.parametrize("fault", [harness.kill_server, harness.kill_both], ids=lambda each: each.__name__)
def test_an_answer_that_was_acknowledged_survives(fault: Any) -> None:
    with data_folder() as folder:
        server = Faulty(folder)
        server.begin_demo()
        try:
            form = made(server)
            typist = Typist(server, urlsplit(form["links"]["fill"]).path)
            typing = typist.begin()
            time.sleep(TYPED_FOR)
            fault(server)
            typing.join(30)
            last = typist.acknowledged[-1]
            assert last > 3, "somebody was typing"
            assert kept(server, form) in (last, last + 1), "the last one may have been kept, and nobody told"
        finally:
            server.end()
