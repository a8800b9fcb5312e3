"""A list as a file: rows a second as CSV and as a workbook, and how much memory the server takes for it at most."""

import re
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http import HTTPStatus
from http.client import HTTPConnection, HTTPResponse
from urllib.parse import urlencode

from dossier.bench.bed import SMALL, Bed, Server
from dossier.bench.measures import Progress
from dossier.bench.report import Figure, Report
from dossier.web import addresses

_LOOK = 0.05  # seconds between two looks
_PART = 256 * 1024  # bytes


def exports(bed: Bed, report: Report, progress: Progress) -> None:
    """All cases as a workbook, made by a job, and as CSV."""
    with bed.server() as server:
        progress(f"Exporting {SMALL:,} cases")
        as_csv(bed, server, report, SMALL)
        _measure(server, report, "XLSX", SMALL, lambda: _workbook(bed, server))


def as_csv(bed: Bed, server: Server, report: Report, count: int) -> None:
    """All cases, which are so many, as CSV; no row a second where that is refused."""
    _measure(server, report, "CSV", count, lambda: _csv(bed, server))


def _measure(server: Server, report: Report, kind: str, count: int, export: Callable[[], int]) -> None:
    name, began = f"{kind} of {count:,} cases", time.perf_counter()
    with _watched(server) as peaks:
        rows = export()
        report.figures[name] = Figure(rows / (time.perf_counter() - began), "rows/s")
    report.figures[f"{name}, memory of the server at most"] = Figure(max(peaks) / 1e6, "MB")


@contextmanager
def _watched(server: Server) -> Iterator[list[int]]:
    """How much memory the server has (bytes), again and again while the block runs."""
    seen, done = [server.process.memory_info().rss], threading.Event()

    def watch() -> None:
        while not done.wait(_LOOK):
            seen.append(server.process.memory_info().rss)

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        yield seen
    finally:
        done.set()
        watcher.join()


def _csv(bed: Bed, server: Server) -> int:
    answer, rows = _ask(bed, server, "GET", addresses.CASES + "/export.csv"), -1  # the head is none
    if answer.status != HTTPStatus.OK:
        return 0
    while part := answer.read(_PART):
        rows += part.count(b"\r\n")
    return rows


def _workbook(bed: Bed, server: Server) -> int:
    token = re.search(r'name="form_token" value="(\w+)"', _text(_ask(bed, server, "GET", addresses.CASES)))
    assert token
    _ask(bed, server, "POST", addresses.CASES + "/exports", urlencode({"form_token": token[1], "query": ""}))
    while 'data-export="done"' not in (page := _text(_ask(bed, server, "GET", addresses.EXPORTS))):
        assert 'data-export="failed"' not in page, page
        time.sleep(_LOOK)
    rows = re.search(r"Rows: ([\d,]+)", page)
    assert rows
    return int(rows[1].replace(",", ""))


def _text(answer: HTTPResponse) -> str:
    return answer.read().decode()


def _ask(bed: Bed, server: Server, method: str, address: str, body: str | None = None) -> HTTPResponse:
    """As somebody who has just proved who they are: exports ask that."""
    bed.row("UPDATE sessions SET confirmed_at = now() RETURNING true")
    connection = HTTPConnection("127.0.0.1", server.port)
    origin = f"http://127.0.0.1:{server.port}"
    heads = {"Cookie": f"dossier={bed.seeded.large.session}", "Origin": origin}
    connection.request(
        method, address, body, heads | ({"Content-Type": "application/x-www-form-urlencoded"} if body else {})
    )
    return connection.getresponse()
