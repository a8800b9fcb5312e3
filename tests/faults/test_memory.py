"""The server's memory while large files come and go."""

import base64
import json
import os
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any, Self

import httpx
import psutil
import pytest

from tests.cli.served import Server, data_folder

pytestmark = [pytest.mark.long, pytest.mark.timeout(1800)]

MB = 1_000_000
LARGE = int(os.environ.get("DOSSIER_LARGE_MB", "300")) * MB  # of the file that is streamed
PIECE = bytes(range(256)) * 4096


@contextmanager
def running() -> Iterator[tuple[Server, httpx.Client]]:
    with data_folder() as folder:
        server = Server(folder)
        try:
            server.start("--demo", cold=True)
            with server.client() as api:
                yield server, api
        finally:
            server.end()


class Memory:
    """The most that a process has while the block runs, above what it had before (bytes)."""

    def __init__(self, process: Any) -> None:
        self._process = psutil.Process(process.pid)
        self.most = 0

    def __enter__(self) -> Self:
        self._before, self._goes_on = self._process.memory_info().rss, True
        self._thread = threading.Thread(target=self._look)
        self._thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._goes_on = False
        self._thread.join()

    def _look(self) -> None:
        while self._goes_on:
            self.most = max(self.most, self._process.memory_info().rss - self._before)
            time.sleep(0.01)


def pieces(size: int) -> Iterator[bytes]:
    for at in range(0, size, len(PIECE)):
        yield PIECE[: size - at]


def read(api: httpx.Client, path: str, accept: str) -> int:
    with api.stream("GET", path, headers={"Accept": accept}, timeout=600) as answer:
        assert answer.status_code == 200
        return sum(len(each) for each in answer.iter_raw())


def said(what: str, began: float, memory: Memory, size: int) -> None:
    seconds = time.monotonic() - began
    print(f"{what}: {size / seconds / MB:.0f} MB/s, +{memory.most / MB:.0f} MB")  # noqa: T201 - shown by pytest -s


def test_memory_stays_flat_while_a_large_file_comes_and_goes() -> None:
    """Sent in one go, as a form and as tus, and read: 40 MB more at most, whatever its size."""
    with running() as (server, api):
        warm = api.post("/v1/attachments", files={"file": ("a", os.urandom(3 * MB))}).json()["id"]
        read(api, f"/v1/attachments/{warm}", "application/octet-stream")
        tus = {"Tus-Resumable": "1.0.0"}
        announced = {**tus, "Upload-Length": str(LARGE), "Upload-Metadata": "filename YQ=="}
        at = api.post("/v1/uploads", headers=announced).headers["location"]
        sending = {**tus, "Upload-Offset": "0", "Content-Type": "application/offset+octet-stream"}
        sending |= {"Content-Length": str(LARGE)}  # and the form comes in chunks
        began = time.monotonic()
        with Memory(server.process) as coming:
            assert api.patch(at, headers=sending, content=pieces(LARGE), timeout=600).status_code == 204
        said("tus", began, coming, LARGE)
        began = time.monotonic()
        with Memory(server.process) as going:
            path = f"/v1/attachments/{at.rpartition('/')[2]}"
            assert read(api, path, "application/octet-stream") == LARGE
        said("read", began, going, LARGE)
        head = b'--b\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\n'
        began = time.monotonic()
        with Memory(server.process) as form:
            body = (each for part in ([head], pieces(LARGE), [b"\r\n--b--\r\n"]) for each in part)
            sent = {"Content-Type": "multipart/form-data; boundary=b"}
            assert api.post("/v1/attachments", headers=sent, content=body, timeout=600).status_code == 201
        said("form", began, form, LARGE)
        assert max(coming.most, going.most, form.most) < 40 * MB


def test_ten_read_forty_nine_megabytes_inside_json() -> None:
    with running() as (server, api):
        made = api.post("/v1/attachments", files={"file": ("a", os.urandom(49 * MB))}).json()["id"]
        path = f"/v1/attachments/{made}"
        read(api, path, "application/json")
        began = time.monotonic()
        with Memory(server.process) as memory, ThreadPoolExecutor(10) as readers:
            sizes = list(readers.map(lambda _: read(api, path, "application/json"), range(10)))
        said("ten as JSON", began, memory, sum(sizes))
        assert min(sizes) > 49 * MB * 4 // 3
        assert memory.most < 80 * MB


def test_forms_with_large_files_inside_stay_under_the_most() -> None:
    """Three at once with 49 MB inside an option: one is taken in after the other, and it lies there once as text, never as bytes."""
    body = {
        "slug": "terms", "title": "Terms", "locale": "en", "options": [{"key": "terms", "type": "file", "label": "Terms"}],
        "pages": [{"key": "one", "title": "One", "elements": [{"key": "note", "type": "text", "label": "Note"}]}],
    }  # fmt: skip
    text = base64.b64encode(os.urandom(49 * MB)).decode()
    sent = json.dumps({"flow": {"slug": "terms"}, "options": {"terms": {"base64": text, "name": "terms.bin"}}}).encode()
    headers = {"Content-Type": "application/json"}
    with running() as (server, api):
        assert api.post("/v1/form_templates", json=body).status_code == 201
        assert api.post("/v1/forms", json={"flow": {"slug": "terms"}}).status_code == 201
        began = time.monotonic()
        with Memory(server.process) as memory, ThreadPoolExecutor(3) as threads:
            made = [
                each.status_code
                for each in threads.map(
                    lambda _: api.post("/v1/forms", content=sent, headers=headers, timeout=600), range(3)
                )
            ]
        said("forms", began, memory, 3 * len(text))
        assert 201 in made
        assert set(made) <= {201, 503}, "whose turn does not come in time is told to come again"
        assert memory.most <= 250 * MB
