"""The logo of a workspace: taken by its content, served for good under its hash, shown in the shell and where one signs in."""

import re
import struct
import zlib
from typing import Any
from uuid import uuid4

import psycopg
import pytest

from dossier.workspaces.model import MAX_LOGO, Workspace
from tests.world import Browser, World, working_world


def png(size: int = 0, width: int = 1, height: int = 1) -> bytes:
    """One red pixel, and as many bytes more as make it that large; it says that it is so wide and high."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    end = chunk(b"IDAT", zlib.compress(b"\0\xff\0\0")) + chunk(b"IEND", b"")
    more = chunk(b"tEXt", b"x" * (size - len(head + end) - 12)) if size else b""
    return head + more + end


def jpeg(width: int = 1, height: int = 1) -> bytes:
    frame = b"\xff\xc2\0\x0b\x08" + struct.pack(">HH", height, width) + b"\x01\x01\x11\0"
    return b"\xff\xd8\xff\xe0\0\x0cJFIF\0\r\n--z\xff" + frame + b"\xff\xd9"  # before a marker there may be more of \xff


def webp(kind: bytes, size: bytes) -> bytes:
    return b"RIFF\x1a\0\0\0WEBP" + kind + size


JPEG = jpeg()
WEBP = webp(b"VP8L", b"\x0e\0\0\0\x2f" + struct.pack("<I", 63 | 63 << 14) + b"rest")
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'


@pytest.fixture
def ada(world: World, workspace: Workspace) -> Browser:
    return world.browser(world.member(workspace, f"ada-{workspace.slug}@example.org", "administrator"))


def _send(browser: Browser, content: bytes, name: str = "logo.png", kind: str = "image/png") -> Any:
    word = re.search(r'name="form_token" value="(\w+)"', browser.get("/workspace/settings/general").text)
    assert word
    files = {"logo": (name, content, kind)}
    return browser.post("/workspace/settings/general/logo", data={"form_token": word[1]}, files=files)


def _address(page: str) -> str | None:
    found = re.search(r'<img class="d-mark d-logo" src="([^"]+)"', page)
    return found[1] if found else None


@pytest.mark.parametrize(("content", "kind"), [(png(), "png"), (JPEG, "jpeg"), (WEBP, "webp"), (png(MAX_LOGO), "png")])
def test_a_logo_is_shown_and_served_for_good(world: World, ada: Browser, content: bytes, kind: str) -> None:
    assert _address(ada.get("/workspace/cases").text) is None
    assert "Saved." in _send(ada, content, "anything.exe", "application/octet-stream").text
    address = _address(ada.get("/workspace/cases").text)
    assert address
    served = Browser(base_url=world.server.url).get(address)  # as a browser asks that has not signed in
    assert (served.status_code, served.content) == (200, content)
    assert served.headers["content-type"] == f"image/{kind}"
    assert served.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert served.headers["x-content-type-options"] == "nosniff"
    assert "default-src 'none'" in served.headers["content-security-policy"]


def test_another_logo_has_another_address_and_none_is_none(ada: Browser) -> None:
    _send(ada, png())
    first = _address(ada.get("/workspace/cases").text)
    _send(ada, JPEG)
    second = _address(ada.get("/workspace/cases").text)
    assert first
    assert second
    assert first != second
    assert ada.get(first).status_code == 404
    assert "Saved." in ada.send_form("/workspace/settings/general/logo/remove").text
    assert _address(ada.get("/workspace/cases").text) is None
    assert ada.get(second).status_code == 404


@pytest.mark.long
@pytest.mark.parametrize(
    ("content", "says"),
    [
        (SVG, "PNG, JPEG or WebP"),
        (b"<html>" + png(), "PNG, JPEG or WebP"),
        (png()[:-4], "PNG, JPEG or WebP"),
        (b"GIF89a" + bytes(20), "PNG, JPEG or WebP"),
        (b"", "PNG, JPEG or WebP"),
        (png(MAX_LOGO + 1), "256 kB at most"),
        (png(width=60_000, height=60_000), "4,096 pixels"),
        (png(width=0), "4,096 pixels"),
        (jpeg(60_000, 10), "4,096 pixels"),
        (jpeg(10, 60_000), "4,096 pixels"),
        (b"\xff\xd8\xff\xe0\0\x10JFIF\0\r\n--\xff\xd9", "4,096 pixels"),
        (webp(b"VP8X", bytes(8) + b"\xff\xff\xff\0\0\0"), "4,096 pixels"),
        (webp(b"VP8L", bytes(5) + struct.pack("<I", 63 | 16_000 << 14)), "4,096 pixels"),
        (webp(b"VP8 ", bytes(10) + struct.pack("<HH", 16_000, 10)), "4,096 pixels"),
    ],
)
def test_what_is_no_such_picture_is_refused(ada: Browser, content: bytes, says: str) -> None:
    """[S2] By its content, whatever it is called; few bytes that unpack to gigabytes would end every member's browser."""
    answer = _send(ada, content)
    assert answer.status_code == 400
    assert says in answer.text
    assert _address(ada.get("/workspace/cases").text) is None


def test_only_administrators_set_it_and_no_other_site(world: World, workspace: Workspace, ada: Browser) -> None:
    bob = world.browser(world.member(workspace, f"bob-{workspace.slug}@example.org", "handler"))
    word = re.search(r'name="form_token" value="(\w+)"', bob.get("/workspace/settings/profile").text)
    assert word
    to = "/workspace/settings/general/logo"
    assert bob.post(to, data={"form_token": word[1]}, files={"logo": png()}).status_code == 403
    assert ada.post(to, files={"logo": png()}).status_code == 403
    assert _address(ada.get("/workspace/cases").text) is None


def test_a_logo_is_asked_for_by_its_workspace_and_hash(world: World, ada: Browser) -> None:
    _send(ada, png())
    address = _address(ada.get("/workspace/cases").text)
    assert address
    hash = address.rsplit("/", 1)[1]
    assert len(hash) == 32
    other = world.workspace()
    for wrong in (
        f"/logo/{other.id}/{hash}",
        f"/logo/{uuid4()}/{hash}",
        address[:-1],
        f"/logo/x/{hash}",
        address + "%00",
    ):
        assert ada.get(wrong).status_code in (400, 404), wrong


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"--x",
        b"--x\r\n\r\nno name\r\n--x--",
        b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\nno end',
        b'--x\nContent-Disposition: form-data; name="a"\n\n\n--x--',
        b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n\xff\r\n--x--',
    ],
)
def test_a_form_with_files_that_cannot_be_read_is_refused(ada: Browser, body: bytes) -> None:
    headers = {"Content-Type": "multipart/form-data; boundary=x"}
    answer = ada.post("/workspace/settings/general/logo", content=body, headers=headers)
    assert answer.status_code in (400, 403)
    assert (
        ada.post(
            "/workspace/settings/general", content=body, headers={"Content-Type": "multipart/form-data"}
        ).status_code
        == 400
    )


def test_one_signs_in_under_the_logo_of_the_only_workspace(fresh_database_url: str) -> None:
    """Of several workspaces none is shown to whoever has not signed in."""
    with working_world(fresh_database_url) as world:
        workspace = world.workspace()
        ada = world.browser(world.member(workspace, "ada@example.org", "administrator"))
        stranger = Browser(base_url=world.server.url)
        assert "/logo/" not in stranger.get("/sign-in").text
        _send(ada, png())
        shown = re.search(r'<img src="(/logo/[^"]+)"', stranger.get("/sign-in").text)
        assert shown
        assert stranger.get(shown[1]).content == png()
        world.workspace()
        assert "/logo/" not in stranger.get("/sign-in").text


def test_the_logo_goes_with_its_workspace(database_url: str) -> None:
    with psycopg.connect(database_url) as owner:
        id = uuid4()
        owner.execute("INSERT INTO workspaces (id, slug, name, created_at) VALUES (%s, 'gone', 'Gone', now())", (id,))
        insert = "INSERT INTO workspace_logos VALUES (%s, 'png', 'x', 'x', now())"
        owner.execute(insert, (id,))
        owner.execute("DELETE FROM workspaces WHERE id = %s", (id,))
        found = owner.execute("SELECT count(*) FROM workspace_logos WHERE workspace_id = %s", (id,)).fetchone()
        owner.rollback()
    assert found == (0,)
