"""Sending files: in a form, inside JSON, and what becomes of what is no file."""

import base64
import hashlib
import json
from typing import Any

import pytest

from dossier.workspaces.model import Workspace
from tests.files.support import JSON, content, kept, picture, sent
from tests.many import some
from tests.workshop import samples
from tests.world import Api, World, errors

BEGUN = b'--b\r\nContent-Disposition: form-data; name="file"; filename="a.bin"\r\n\r\nx\r\n'


def test_a_form_keeps_a_file_as_it_is(api: Api) -> None:
    data = bytes(range(256)) * 5000
    response = sent(api, data, "Übersicht 1.bin")
    made = response.json()
    assert response.status_code == 201
    assert response.headers["location"].endswith(f"/v1/attachments/{made['id']}")
    assert (made["name"], made["type"], made["scope"], made["data"]) == (
        "Übersicht 1.bin",
        "application/octet-stream",
        "restricted",
        None,
    )
    assert made["metadata"] == {
        "size": len(data),
        "sha256": hashlib.sha256(data).hexdigest(),
        "width": None,
        "height": None,
    }
    assert (made["check"], made["held"], made["created_by"]["name"]) == ("none", False, "Test")
    assert content(api, made["id"]).content == data


def test_json_keeps_a_file_and_gives_it_again(api: Api) -> None:
    made = api.json("POST", "/v1/attachments", 201, json=JSON)
    assert made["data"] is None
    found = api.json("GET", f"/v1/attachments/{made['id']}")
    assert base64.b64decode(found["data"]) == b"Dear all"
    assert found["type"] == "text/plain"


DATA = bytes(range(256)) * 40
PLAIN = base64.b64encode(DATA).decode()


@pytest.mark.long
@pytest.mark.parametrize(
    "written",
    [
        json.dumps(PLAIN),
        json.dumps(PLAIN.replace("+", "-").replace("/", "_").rstrip("=")),
        json.dumps("data:image/png;base64," + PLAIN),
        json.dumps("\r\n".join(PLAIN[at : at + 76] for at in range(0, len(PLAIN), 76))),
        json.dumps(PLAIN).replace("/", "\\/"),
        json.dumps(PLAIN).replace("+", "\\u002B").replace("=", "\\u003d"),
    ],
    ids=["plain", "url alphabet", "data url", "lines", "slashes escaped", "unicode escapes"],
)
@pytest.mark.parametrize("piece", [1, 7, 65536])
def test_base64_in_every_writing(api: Api, written: str, piece: int) -> None:
    body = f'{{"type": null, "x": {{"data": "[{{"}}, "name": "a \\" b.bin", "data" : {written}}}'.encode()
    pieces = (body[at : at + piece] for at in range(0, min(len(body), 400 if piece == 1 else len(body)), piece))
    tail = [body[400:]] if piece == 1 and len(body) > 400 else []
    response = api.post("/v1/attachments", content=[*pieces, *tail], headers={"Content-Type": "application/json"})
    assert response.status_code == 201, response.text
    assert response.json()["metadata"]["sha256"] == hashlib.sha256(DATA).hexdigest()
    assert response.json()["name"] == 'a " b.bin'
    assert "ignored members: x" in response.headers["warning"]


@pytest.mark.parametrize(
    ("body", "where", "code"),
    [
        ({"name": "a", "data": "no base64!"}, "/data", "invalid_base64"),
        ({"name": "a", "data": "QUJD="}, "/data", "invalid_base64"),
        ({"name": "a", "data": "QQ==QQ=="}, "/data", "invalid_base64"),
        ({"name": "a", "data": "data:text/plain,hello"}, "/data", "invalid_base64"),
        ({"name": "a", "data": ""}, "/file", "empty_file"),
        ({"name": "a"}, "/data", "missing_member"),
        ({"name": "a", "data": 1}, "/data", "invalid_type"),
        ({"data": "QUJD"}, "/name", "missing_member"),
        ({"name": "a", "data": "QUJD", "scope": "open"}, "/scope", "invalid_type"),
        ({"name": "\u202e/ ", "data": "QUJD"}, "/name", "invalid_name"),
        ([], "", "invalid_type"),
    ],
)
def test_json_that_is_no_file(api: Api, body: Any, where: str, code: str) -> None:
    response = api.post("/v1/attachments", json=body)
    assert (response.status_code, errors(response)) == (400, {where: code})


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b'{"data": "QUJD',
        b'{"name":"a","data":"QUJD","data":"QUJD"}',
        b'{"name":"a","data":"Q\\"JD"}',
        b"\xff",
    ],
)
def test_json_that_is_none(api: Api, body: bytes) -> None:
    response = api.post("/v1/attachments", content=body, headers={"Content-Type": "application/json"})
    assert response.status_code == 400, response.text


@pytest.mark.parametrize(
    ("said", "kept_as"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\me\\contract.pdf", "contract.pdf"),
        ("invoice\u202efdp.exe", "invoicefdp.exe"),
        ("a\u2066b\u200fc\x01\x1b.txt", "abc.txt"),
        ("n" * 255, "n" * 255),
    ],
)
def test_names_are_cleaned(api: Api, said: str, kept_as: str) -> None:
    response = api.post("/v1/attachments", json=JSON | {"name": said})
    assert response.json()["name"] == kept_as
    assert ("the name was cleaned" in response.headers.get("warning", "")) == (said != kept_as)


@pytest.mark.parametrize("name", ["n" * 4000, "..", "a/", "\u202e"])
def test_names_that_cannot_be(api: Api, name: str) -> None:
    assert errors(api.post("/v1/attachments", json=JSON | {"name": name})) == {"/name": "invalid_name"}


def test_what_is_said_beside_the_file_comes_before_or_after_it(api: Api) -> None:
    head = b"--b\r\nContent-Disposition: form-data; name="
    file = head + b'"file"; filename="x.csv"\r\nContent-Type: text/plain\r\n\r\na;b\r\n'
    rest = (
        head + b'"name"\r\n\r\ny.csv\r\n' + head + b'"type"\r\n\r\ntext/csv\r\n' + head + b'"scope"\r\n\r\npublic\r\n'
    )
    for body in (file + rest, rest + file):
        response = api.post(
            "/v1/attachments", content=body + b"--b--\r\n", headers={"Content-Type": "multipart/form-data; boundary=b"}
        )
        made = response.json()
        assert response.status_code == 201, made
        assert (made["name"], made["type"], made["scope"]) == ("y.csv", "text/csv", "public")


def test_forms_that_cannot_be(api: Api) -> None:
    two = api.post("/v1/attachments", files=[("file", ("a", b"1")), ("file", ("b", b"2"))])
    assert errors(two) == {"/file": "one_file_only"}
    many = api.post("/v1/attachments", data={f"f{n}": "x" for n in range(20)}, files={"file": b"1"})
    assert errors(many) == {"": "too_many_parts"}
    assert errors(api.post("/v1/attachments", files={"document": b"1"})) == {"/file": "missing_member"}
    assert errors(sent(api, b"")) == {"/file": "empty_file"}
    assert errors(api.post("/v1/attachments", data={"scope": "x"}, files={"file": ("a", b"1")})) == {
        "/scope": "invalid_value"
    }
    for body in (
        b"",
        b"hello",
        b"--b\r\n",
        b"--b\r\n\r\nx\r\n--b--",
        b'--b\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\nx',
    ):
        headers = {"Content-Type": "multipart/form-data; boundary=b"}
        assert api.post("/v1/attachments", content=body, headers=headers).status_code == 400, body
    assert api.post("/v1/attachments", content=b"x", headers={"Content-Type": "multipart/form-data"}).status_code == 400
    long = (
        b'--b\r\nContent-Disposition: form-data; name="file"; filename="a"\r\nX: '
        + b"y" * 9000
        + b"\r\n\r\nx\r\n--b--\r\n"
    )
    assert api.post("/v1/attachments", content=long, headers=headers).status_code in (400, 413)


def test_other_types_than_forms_and_json_are_refused(api: Api) -> None:
    assert api.post("/v1/attachments", content=b"x", headers={"Content-Type": "image/png"}).status_code == 415
    gzip = {"Content-Type": "application/json", "Content-Encoding": "gzip"}
    assert api.post("/v1/attachments", content=b"x", headers=gzip).status_code == 415


def test_unknown_fields_are_named(api: Api) -> None:
    response = api.post("/v1/attachments", data={"colour": "red", "ü": "x"}, files={"file": ("a.txt", b"text")})
    assert response.status_code == 201
    assert "ignored members: colour, ?" in response.headers["warning"]


@pytest.mark.parametrize(
    ("parts", "where", "code"),
    [
        ([("name", (None, "a")), ("name", (None, "b.txt")), ("file", ("a", b"x"))], "/name", "repeated_part"),
        ([("scope", (None, "pub")), ("scope", (None, "lic")), ("file", ("a", b"x"))], "/scope", "repeated_part"),
        ([("file", ("a", b"x")), ("colour", (None, "a")), ("colour", (None, ""))], "/colour", "repeated_part"),
        ([("file", ("a", b"x")), ("file", ("b", b"y"))], "/file", "one_file_only"),
        ([("file", ("a", b"x")), ("second", ("b", b"y"))], "/second", "one_file_only"),
        ([("second", ("b", b"y")), ("file", ("a", b"x"))], "/file", "one_file_only"),
    ],
)
def test_no_part_is_glued_to_another_or_lost(api: Api, parts: Any, where: str, code: str) -> None:
    """[outsider 2026-11-29] Two names were one name, two halves of a word made a file public, and a second file was dropped."""
    refused = api.post("/v1/attachments", files=parts)
    assert (refused.status_code, errors(refused)) == (400, {where: code})
    assert api.json("GET", "/v1/files/count") == {"count": 0}


def test_a_file_that_was_not_chosen_is_none(api: Api) -> None:
    """As browsers send an empty field for files."""
    body = BEGUN + b'--b\r\nContent-Disposition: form-data; name="second"; filename=""\r\n\r\n\r\n--b--\r\n'
    headers = {"Content-Type": "multipart/form-data; boundary=b"}
    assert api.post("/v1/attachments", content=body, headers=headers).status_code == 201


STRICT = {"Prefer": "handling=strict"}


def test_strict_refuses_what_there_would_be_a_warning_of(world: World, workspace: Workspace, api: Api) -> None:
    """[outsider 2026-11-29] Unknown members and parts, a cleaned name, a type that lies: all are named, and nothing is kept."""
    form = {"files": {"file": ("../a.png", b"text", "image/png")}, "data": {"colour": "red", "ü": "x"}}
    refused = api.post("/v1/attachments", headers=STRICT, **form)  # type: ignore[arg-type]
    assert (refused.status_code, refused.headers["preference-applied"]) == (400, "handling=strict")
    assert errors(refused) == {
        "/colour": "unknown_member",
        "/ü": "unknown_member",
        "/name": "not_as_sent",
        "/type": "not_as_sent",
    }
    inside = api.post("/v1/attachments", headers=STRICT, json=JSON | {"ü": 1, "type": "image/png"})
    assert errors(inside) == {"/ü": "unknown_member", "/type": "not_as_sent"}
    assert api.json("GET", "/v1/files/count") == {"count": 0}
    assert not [each for each in world.services.storage.storage.list() if each.key.startswith(str(workspace.id))]
    made = api.post("/v1/attachments", headers=STRICT, json=JSON)
    assert (made.status_code, made.headers["preference-applied"]) == (201, "handling=strict")
    assert "preference-applied" not in sent(api).headers


def test_the_workspace_by_id_or_slug(world: World, workspace: Workspace) -> None:
    other, foreign = world.workspace(), world.workspace()
    with world.client(world.token(workspace, other)) as api:
        assert errors(sent(api)) == {"workspace": "workspace_required"}
        for named in (
            {"company": other.slug},
            {"workspace": str(other.id)},
            {"company": str(other.id), "workspace": other.slug},
        ):
            made = kept(api, params=named)
            found = api.json("GET", "/v1/files", params={"workspace[id]": str(other.id)})["data"]
            assert made["id"] in [each["id"] for each in found]
        assert sent(api, params={"company": foreign.slug}).status_code == 403
        assert sent(api, params={"workspace": str(foreign.id)}).status_code == 403
        assert sent(api, params={"company": workspace.slug, "workspace": other.slug}).status_code == 400
        assert sent(api, params={"colour": "x"}).status_code == 400


def test_a_repeat_is_answered_as_the_first_and_keeps_nothing_more(world: World, workspace: Workspace, api: Api) -> None:
    headers = {"Idempotency-Key": "once"}
    first, again = sent(api, headers=headers), sent(api, headers=headers)
    assert again.headers["idempotency-replayed"] == "true"
    assert again.json() == first.json()
    assert errors(sent(api, b"something else", headers=headers)) == {"Idempotency-Key": "idempotency_key_reused"}
    assert api.json("GET", "/v1/files/count") == {"count": 1}
    kept_there = [each for each in world.services.storage.storage.list() if each.key.startswith(str(workspace.id))]
    assert len(kept_there) == 1


# ---- types ----


def office(kind: str) -> bytes:
    import io
    import zipfile

    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        if kind == "odt":
            archive.writestr("mimetype", "application/vnd.oasis.opendocument.text")
        elif kind != "zip":
            archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr({"docx": "word/document.xml", "xlsx": "xl/workbook.xml"}.get(kind, "a.txt"), "x")
    return out.getvalue()


WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
TYPES = [
    (picture(), "a.png", "", "image/png"),
    (picture(kind="JPEG"), "a.png", "image/png", "image/jpeg"),
    (picture(kind="WEBP"), "a", "", "image/webp"),
    (picture(kind="GIF"), "a", "", "image/gif"),
    (samples.picture(kind="TIFF"), "a", "", "image/tiff"),
    (samples.HEIC, "a", "", "image/heic"),
    (samples.pdf(), "a", "", "application/pdf"),
    (samples.locked_pdf(), "a", "", "application/pdf"),
    (b"%PDF-1.4\nstartxref\n1\n%%EOF\n", "a.pdf", "application/pdf", "application/octet-stream"),
    (samples.MP3, "a.exe", "", "audio/mpeg"),
    (b"ID3\x03\0\0\0\0\0\x0a" + bytes(10) + samples.MP3, "a.mp3", "", "audio/mpeg"),
    (samples.MP3[:500], "a.mp3", "audio/mpeg", "application/octet-stream"),
    (samples.WAV, "a", "", "audio/wav"),
    (samples.FLAC, "a", "", "audio/flac"),
    (samples.OGG, "a", "", "audio/ogg"),
    (samples.MP4, "a", "", "video/mp4"),
    (samples.MP4[:-8] + b"\0\1\0\0free", "a.mp4", "", "application/octet-stream"),
    (samples.MP4.replace(b"isom", b"M4A ", 1), "a", "", "audio/mp4"),
    (samples.MP4.replace(b"isom", b"qt  ", 1), "a", "", "video/quicktime"),
    (samples.WEBM, "a", "", "video/webm"),
    (samples.AVI, "a", "", "video/x-msvideo"),
    (samples.RTF, "a.txt", "text/plain", "application/rtf"),
    (samples.ole(), "a", "", "application/msword"),
    (samples.ole("Workbook"), "a", "", "application/vnd.ms-excel"),
    (samples.ole("Nothing"), "a.doc", "application/msword", "application/octet-stream"),
    (b"\0\0\0\x14ftypheic" + bytes(20), "a.heic", "image/heic", "application/octet-stream"),
    (b"%PDF-1.4\nnothing more", "a.pdf", "application/pdf", "application/octet-stream"),
    (office("docx"), "a.zip", "", WORD),
    (office("odt"), "a.odt", "", "application/vnd.oasis.opendocument.text"),
    (office("zip"), "a.docx", "", "application/zip"),
    (b"a;b\n1;2\n", "a.csv", "", "text/csv"),
    (b"a;b\n1;2\n", "a.dat", "text/csv", "text/csv"),
    ('{"é": 1}'.encode(), "a.json", "", "application/json"),
    (b"# Title\n", "a.md", "text/x-web-markdown", "text/markdown"),
    (b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>", "a.svg", "image/svg+xml", "image/svg+xml"),
    (b"<!DOCTYPE svg [<!ENTITY a 'a'>]><svg>&a;</svg>", "a.svg", "image/svg+xml", "application/octet-stream"),
    (b"<a><svg/></a>", "a.svg", "image/svg+xml", "application/octet-stream"),
    (b"<html><script>alert(1)</script>", "a.html", "text/html", "application/octet-stream"),
    (b"<html>\n%PDF-1.4\nstartxref\n1\n%%EOF\n", "a.pdf", "application/pdf", "application/octet-stream"),
    (b"GIF89a/*\x00" + b"\x00" * 30 + b"*/=alert(1)", "a.js", "text/javascript", "application/octet-stream"),
    (b"\x00\x01\x02text", "a.txt", "text/plain", "application/octet-stream"),
    (b"PK\x03\x04 and no more", "a.zip", "application/zip", "application/octet-stream"),
    (b"MZ\x90\x00", "photo.jpg", "image/jpeg", "application/octet-stream"),
]


@pytest.mark.long
@pytest.mark.parametrize(("data", "name", "said", "type"), some(TYPES))
def test_the_type_is_what_the_content_is(api: Api, data: bytes, name: str, said: str, type: str) -> None:
    body = {"name": name, "data": base64.b64encode(data).decode(), "type": said or None}
    response = api.post("/v1/attachments", json=body)
    assert response.json()["type"] == type
    assert (f"the type is {type}" in response.headers.get("warning", "")) == (said not in ("", type))


def test_pictures_have_their_size(api: Api) -> None:
    assert kept(api, picture(41, 17), "a.png")["metadata"] | {"sha256": "", "size": 0} == {
        "size": 0,
        "sha256": "",
        "width": 41,
        "height": 17,
    }


def test_a_vast_picture_is_kept_and_harmless(api: Api) -> None:
    """60,000 × 60,000 pixels in a few hundred kB."""
    import struct
    import zlib

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 0, 0, 0, 0)
    rows = zlib.compress(b"\0" * 30_000_000, 9)
    made = kept(
        api, b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b""), "vast.png"
    )
    assert (made["type"], made["metadata"]["width"]) == ("application/octet-stream", None)


@pytest.mark.long
def test_archives_are_not_unpacked(api: Api) -> None:
    """A bomb is a ZIP like any other; one whose directory is too large to read is no type."""
    import io
    import zipfile

    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for n in range(20):
            archive.writestr(f"{n}.bin", b"\0" * 5_000_000)
    assert kept(api, out.getvalue(), "bomb.zip")["type"] == "application/zip"
    many = io.BytesIO()
    with zipfile.ZipFile(many, "w") as archive:
        for n in range(2200):
            archive.writestr(f"{n:02000}", b"")
    assert kept(api, many.getvalue(), "many.zip")["type"] == "application/octet-stream"
