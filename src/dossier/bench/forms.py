"""How fast forms are made: each with its contact, an invitation that is written, and what was filled in beforehand."""

import asyncio
import json

from dossier.bench import report as named
from dossier.bench import world
from dossier.bench.bed import Bed
from dossier.bench.measures import Progress
from dossier.bench.report import Report
from dossier.bench.visitor import Visitor

CONNECTIONS = 4
PEOPLE = 500
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


def forms(bed: Bed, report: Report, progress: Progress) -> None:
    """Forms made by a few connections at once, by one server process."""
    with bed.server(1) as server:
        asyncio.run(_publish(bed, server.port))
        requests = [_request(bed, number) for number in range(PEOPLE)]
        bed.load(server.port, requests, CONNECTIONS, 1)  # warm up
        progress("Forms made")
        report.rates[named.FORMS_MADE] = bed.load(server.port, requests, CONNECTIONS, report.seconds)


def _request(bed: Bed, number: int) -> bytes:
    user = {"email": f"person-{number}@example.org", "given_name": "Ann", "family_name": f"Person {number}"}
    body = {"flow": {"slug": "benchmark"}, "user": user, "data": {"text_1_1": f"Text {number}"}}
    return world.request("POST", "/v1/forms", bed.seeded.large, json.dumps(body).encode())


async def _publish(bed: Bed, port: int) -> None:
    async with Visitor(port) as visitor:
        body = json.dumps(TEMPLATE).encode()
        answer = await visitor.ask(world.request("POST", "/v1/form_templates", bed.seeded.large, body))
        assert answer.status == 201, answer
