"""How fast forms are made, answered and handed in: each with its contact, an invitation that is written, and what was filled in beforehand."""

import asyncio
import json
import re
import statistics
import time
from dataclasses import dataclass
from urllib.parse import urlsplit

import httpx2

from dossier.bench import report as named
from dossier.bench import world
from dossier.bench.bed import Bed
from dossier.bench.measures import Progress
from dossier.bench.report import Figure, Report
from dossier.bench.visitor import Visitor

CONNECTIONS = 4
PEOPLE = 500
ANSWERING = 40  # contacts who answer at once
_TOKEN = re.compile(r'(?:name="form_token" value|data-token)="(\w+)"')
TEMPLATE = {
    "slug": "benchmark",
    "title": "Benchmark",
    "pages": [
        {
            "key": f"page_{page}",
            "title": f"Page {page}",
            "elements": [
                {"key": f"text_{page}_{n}", "type": "text", "label": f"Text {n}", "field": f"data.text_{page}_{n}"}
                for n in range(10)
            ],
        }
        for page in range(4)
    ],
}


@dataclass(frozen=True)
class _Contact:
    """Somebody who has begun to answer: the path of their link, their cookies, and what stands in every form of the page."""

    path: str
    cookies: str
    token: str

    def saves(self, text: str) -> bytes:
        """One answer, as the page's script saves it."""
        body = json.dumps({"value": text}).encode()
        return self._request(f"PUT {self.path}/answers/text_1_1", "application/json", body)

    def submits(self) -> bytes:
        """What was answered is handed in."""
        body = f"form_token={self.token}".encode()
        return self._request(f"POST {self.path}/submit", "application/x-www-form-urlencoded", body)

    def _request(self, line: str, type: str, body: bytes) -> bytes:
        head = f"{line} HTTP/1.1\r\nHost: localhost\r\nCookie: {self.cookies}\r\nX-CSRF-Token: {self.token}\r\n"
        return f"{head}Content-Type: {type}\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body


def forms(bed: Bed, report: Report, progress: Progress) -> None:
    """Forms made by a few connections at once, answers saved by as many, and forms handed in, by one server process."""
    with bed.server(1) as server:
        asyncio.run(_publish(bed, server.port))
        requests = [_request(bed, number) for number in range(PEOPLE)]
        bed.load(server.port, requests, CONNECTIONS, 1)  # warm up
        progress("Forms made")
        report.rates[named.FORMS_MADE] = bed.load(server.port, requests, CONNECTIONS, report.seconds)
        contacts = asyncio.run(_begun(bed, server.port))
        saves = [each.saves(f"Text {number}") for number in range(25) for each in contacts]
        progress("Answers saved")
        report.rates[named.ANSWERS_SAVED] = bed.load(server.port, saves, CONNECTIONS, report.seconds)
        progress("Forms handed in")
        took = asyncio.run(_submitted(server.port, contacts))
        report.figures[named.HANDED_IN] = Figure(1000 * statistics.median(took), "ms")


async def _begun(bed: Bed, port: int) -> list[_Contact]:
    """As many contacts as answer, each of whom has begun."""
    contacts = []
    async with Visitor(port) as visitor:
        for number in range(ANSWERING):
            form = json.loads((await visitor.ask(_request(bed, number))).body)
            contacts.append(await _come_in(port, urlsplit(form["links"]["fill"]).path))
    return contacts


async def _come_in(port: int, path: str) -> _Contact:
    async with httpx2.AsyncClient(base_url=f"http://localhost:{port}", follow_redirects=True) as client:
        page = await client.get(path)
        started = await client.post(f"{path}/start", data={"form_token": _token(page.text)})
        cookies = "; ".join(f"{name}={value}" for name, value in client.cookies.items())
        return _Contact(path, cookies, _token(started.text))


def _token(text: str) -> str:
    found = _TOKEN.search(text)
    assert found, text[:500]
    return found[1]


async def _submitted(port: int, contacts: list[_Contact]) -> list[float]:
    """Seconds that each took to be handed in."""
    took = []
    async with Visitor(port) as visitor:
        for each in contacts:
            began = time.perf_counter()
            answer = await visitor.ask(each.submits())
            took.append(time.perf_counter() - began)
            assert answer.status in (200, 303), answer
    return took


def _request(bed: Bed, number: int) -> bytes:
    user = {"email": f"person-{number}@example.org", "given_name": "Ann", "family_name": f"Person {number}"}
    body = {"flow": {"slug": "benchmark"}, "user": user, "data": {"text_1_1": f"Text {number}"}}
    return world.request("POST", "/v1/forms", bed.seeded.large, json.dumps(body).encode())


async def _publish(bed: Bed, port: int) -> None:
    async with Visitor(port) as visitor:
        body = json.dumps(TEMPLATE).encode()
        answer = await visitor.ask(world.request("POST", "/v1/form_templates", bed.seeded.large, body))
        assert answer.status == 201, answer
