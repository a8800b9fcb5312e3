"""What nobody should send, and somebody does: refused with nothing kept, or kept harmless; quickly, and never an error of ours.

Beside it: `test_uploading.py` (forms and JSON that are none, names, types that lie, bombs, vast pictures), `test_resuming.py` (wrong
offsets, 100 GB announced, a thousand announced and never sent, quota), `test_under_way.py` and `test_resuming_broken.py` (lengths that
lie, uploads that stop or stand still, full disks, an S3 that is away), `test_reading.py` (ranges of 10,000 parts),
`test_together.py` (PDFs with a password or a million pages, an id twice).
"""

import base64
import time
from typing import Any

import pytest

from dossier.foundation.http.apart import Apart
from tests.files.support import JSON, content, kept, sent
from tests.files.test_resuming import begin, begun, send
from tests.many import some
from tests.workshop import samples
from tests.world import Api, errors

CONTROL = "in\0voi\x07ce\x1b[31m\u202efdp\u2066.exe\u200f\x7f\x9b"


def names(api: Api, said: str) -> list[tuple[str, str]]:
    """What a file of that name is called by each door, and the warnings that came with it."""
    json = api.post("/v1/attachments", json=JSON | {"name": said})
    form = sent(api, data={"name": said})
    assert (json.status_code, form.status_code) == (201, 201), (json.text, form.text)
    announced = begin(api, 3, filename=said)
    at = announced.headers["location"]
    assert send(api, at, 0, b"abc").status_code == 204
    goes = api.json("GET", f"/v1/attachments/{at.rpartition('/')[2]}")["name"]
    return [
        (json.json()["name"], json.headers.get("warning", "")),
        (form.json()["name"], form.headers.get("warning", "")),
        (goes, announced.headers.get("warning", "")),
    ]


@pytest.mark.parametrize(
    ("said", "cleaned"),
    [
        (CONTROL, "invoice[31mfdp.exe"),
        ("../../../etc/\0passwd", "passwd"),
        ("C:\\Windows\\..\\cmd.exe\0.pdf", "cmd.exe.pdf"),
        ("\u2067\u202d" + "é" * 255 + "\0", "é" * 255),
        ("<script>alert(1)<", "<script>alert(1)<"),
    ],
)
def test_names_are_cleaned_by_every_door(api: Api, said: str, cleaned: str) -> None:
    """Paths, control characters and NUL, direction marks: taken out, and said."""
    for name, warning in names(api, said):
        assert name == cleaned
        assert ("the name was cleaned" in warning) == (said != cleaned)


@pytest.mark.parametrize("said", ["x" * 4000, "\0", "\u202e\u2066", "a/\0", "\0" * 4000])
def test_names_of_which_nothing_is_left_or_too_much(api: Api, said: str) -> None:
    for refused in (api.post("/v1/attachments", json=JSON | {"name": said}), sent(api, data={"name": said})):
        assert (refused.status_code, errors(refused)) == (400, {"/name": "invalid_name"})
    long = begin(api, 3, filename=said)
    assert long.status_code == 400
    assert set(errors(long).values()) <= {"invalid_name", "invalid_header"}
    assert api.json("GET", "/v1/files/count") == {"count": 0}


def test_nul_elsewhere_than_in_a_name_is_no_text(api: Api) -> None:
    refused = api.post("/v1/attachments", json=JSON | {"type": "text/\0plain", "name": "a\0"})
    assert (refused.status_code, list(errors(refused))) == (400, ["/type"])


POLYGLOTS = [
    ("GIF and JavaScript", b"GIF89a=1;/*" + b"\0" * 60 + b"*/;alert(document.domain)//"),
    ("HTML before a PDF", b"<html><script>alert(1)</script>\n" + samples.pdf()),
    ("a PNG behind HTML", b"<svg onload=alert(1)>\x89PNG\r\n\x1a\n"),
    ("a ZIP behind a JPEG's head", b"\xff\xd8\xff\xe0" + b"\0" * 20 + b"PK\x03\x04"),
]


@pytest.mark.long
@pytest.mark.parametrize(("_what", "data"), POLYGLOTS, ids=[each for each, _ in POLYGLOTS])
@pytest.mark.parametrize("said", some(["text/html", "application/javascript", "image/svg+xml", "image/gif"]))
def test_what_is_two_things_runs_nowhere(api: Api, _what: str, data: bytes, said: str) -> None:
    """Also publicly, and whatever is asked for: never a type that a browser runs."""
    made = kept(api, data, "a.html", said, data={"scope": "public"})
    for accept in (said, "text/html", "*/*;q=0.1, " + said, "application/octet-stream"):
        answer = content(api, made["id"], accept)
        assert answer.status_code == 200
        if answer.headers["content-type"] != "application/json":
            harmless(answer)
    with Api(base_url=api.base_url) as nobody:
        harmless(nobody.get(made["uri"]))


def harmless(answer: Any) -> None:
    assert answer.headers["content-type"] in ("application/octet-stream", "image/gif", "image/jpeg", "image/png")
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["content-security-policy"].startswith("sandbox; default-src 'none'")


@pytest.mark.parametrize("size", [30_000, 64_000, 70_000])
def test_a_vast_accept(api: Api, size: int) -> None:
    """Read as far as anybody would write one; a head of more than 64 kB is none."""
    made = kept(api)
    accept = ("image/x" + "y" * 90 + ",") * (size // 98)
    began = time.monotonic()
    answer = api.get(f"/v1/attachments/{made['id']}", headers={"Accept": accept})
    assert answer.status_code == (200 if size < 65_000 else 431)
    assert time.monotonic() - began < 2


def test_base64_that_is_none_is_found_before_all_of_it_came(api: Api) -> None:
    """A body of 40 MB of what is no base64: its first piece is enough."""
    began = time.monotonic()
    body = b'{"name": "a", "data": "' + b"!" * 40_000_000 + b'"}'
    refused = api.post("/v1/attachments", content=body, headers={"Content-Type": "application/json"})
    assert errors(refused) == {"/data": "invalid_base64"}
    assert time.monotonic() - began < 10
    assert api.json("GET", "/v1/files/count") == {"count": 0}


def test_nobody_waits_while_marks_are_looked_through(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    """A megabyte of them is a second of work: in one go nothing else would be answered meanwhile."""
    sizes, real = list[int](), Apart.take

    def noted(apart: Apart, piece: bytes) -> bytes:
        sizes.append(len(piece))
        return real(apart, piece)

    monkeypatch.setattr(Apart, "take", noted)
    marks = b'{"name": "a", "data": "' + b"QUJD" * 1_000_000 + b'", "x": [' + b"[]," * 300_000 + b"[]]}"
    answer = api.post("/v1/attachments", content=marks, headers={"Content-Type": "application/json"})
    assert (answer.status_code, max(sizes)) == (201, 64 * 1024)
    assert sum(sizes) == len(marks)


def test_metadata_that_name_a_thing_twice(api: Api) -> None:
    said = "filename " + base64.b64encode(b"a").decode()
    for metadata in (f"{said},{said}", f"{said}, {said}", f"{said},x,x", f"{said},Filename", "," * 50):
        headers = {"Tus-Resumable": "1.0.0", "Upload-Length": "3", "Upload-Metadata": metadata}
        answer = api.post("/v1/uploads", headers=headers)
        assert answer.status_code == (201 if "Filename" in metadata else 400), metadata


@pytest.mark.parametrize("wrong", ["-1", "+5", "5.0", "0x5", "", "٥", "5,5", "1e1", "9" * 400])
def test_offsets_that_are_none(api: Api, wrong: str) -> None:
    at = begun(api, 10)
    headers = {"Tus-Resumable": "1.0.0", "Content-Type": "application/offset+octet-stream"}
    answer = api.patch(at, content=b"01234", headers=[*headers.items(), ("Upload-Offset", wrong.encode())])
    assert answer.status_code == 400
    assert api.head(at, headers=headers).headers["upload-offset"] == "0"
