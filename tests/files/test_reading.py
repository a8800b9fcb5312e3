"""Reading files: as JSON, as content, in part, with a key; what may be shown and what may only be saved."""

import base64

import pytest

from dossier.workspaces.model import Workspace
from tests.files.support import PDF, content, kept, limited, picture
from tests.world import Api, World, errors

BYTES = "application/octet-stream"
JSON = "application/json"


PREFERRED: list[tuple[str | None, str]] = [
    (None, JSON),
    ("*/*", JSON),
    ("", JSON),
    ("application/json", JSON),
    ("application/*", JSON),
    ("video/mp4", JSON),
    (BYTES, BYTES),
    ("image/png", "image/png"),
    ("image/*", "image/png"),
    ("image/jpeg", JSON),
    ("image/png;q=0.5, application/json;q=0.4", "image/png"),
    ("image/png;q=0.5, application/json", JSON),
    ("*/*, image/png", "image/png"),
    ("*/*;q=0.1, image/*;q=0", JSON),
    ("text/html,application/xhtml+xml,image/avif,image/webp,image/*;q=0.8,*/*;q=0.5", "image/png"),
    (", ;q=x, /, image/png;q=nonsense", "image/png"),
    (",".join(f"text/x{n}" for n in range(5000)), JSON),
]


def test_what_is_given_is_what_is_preferred(api: Api) -> None:
    path = f"/v1/attachments/{kept(api, picture(), 'a.png')['id']}"
    for accept, type in PREFERRED:
        headers = {} if accept is None else {"Accept": accept}
        response, head = api.get(path, headers=headers), api.head(path, headers=headers)
        assert (response.status_code, response.headers["content-type"]) == (200, type), accept
        assert "Accept" in response.headers["vary"]
        told = (head.status_code, head.headers["content-type"], head.headers["etag"])
        assert told == (200, type, response.headers["etag"]), accept
        assert ("content-length" in head.headers) == (type != JSON)
        assert head.content == b""


@pytest.mark.parametrize(
    ("data", "name", "accept", "type"),
    [
        (b"plain words", "a.txt", "text/plain", "text/plain; charset=utf-8"),
        (b"plain words", "a.txt", "text/*", "text/plain; charset=utf-8"),
        (PDF, "a.pdf", "application/pdf", "application/pdf"),
        (b"a;b", "a.csv", "text/csv", BYTES),
        (b"a;b", "a.csv", "text/*", JSON),
        (b"<html><script>", "a.html", "text/html", JSON),
        (b"\x00\x01", "a.png", "image/png", JSON),
    ],
)
def test_what_a_browser_could_run_is_only_saved(api: Api, data: bytes, name: str, accept: str, type: str) -> None:
    response = content(api, kept(api, data, name)["id"], accept)
    assert response.headers["content-type"] == type
    if type != JSON:
        assert response.content == data
        assert response.headers["content-disposition"].startswith(f'attachment; filename="{name}"')
        assert response.headers["x-content-type-options"] == "nosniff"
        assert response.headers["content-security-policy"] == "sandbox; default-src 'none'"
        assert response.headers["cache-control"] == "private, no-cache"


def test_names_in_any_script_are_in_the_answer(api: Api) -> None:
    made = api.json("POST", "/v1/attachments", 201, json={"name": 'Отчёт "1" 50%.txt', "data": "eA=="})
    said = content(api, made["id"]).headers["content-disposition"]
    assert said == (
        'attachment; filename="_____ _1_ 50_.txt"; '
        "filename*=UTF-8''%D0%9E%D1%82%D1%87%D1%91%D1%82%20%221%22%2050%25.txt"
    )  # fmt: skip


def test_content_has_the_hash_as_its_tag(api: Api) -> None:
    made = kept(api, b"0123456789")
    tag = f'"{made["metadata"]["sha256"]}"'
    assert content(api, made["id"]).headers["etag"] == tag
    for known in (tag, f'"x", {tag}', "*"):
        response = content(api, made["id"], **{"If-None-Match": known})
        assert (response.status_code, response.content) == (304, b"")
        assert response.headers["etag"] == tag
    assert content(api, made["id"], **{"If-None-Match": '"other"'}).status_code == 200


@pytest.mark.long
@pytest.mark.parametrize(
    ("asked", "status", "part"),
    [
        ("bytes=0-3", 206, b"0123"),
        ("bytes=4-", 206, b"456789"),
        ("bytes=-3", 206, b"789"),
        ("bytes=8-99", 206, b"89"),
        ("bytes=0-99", 206, b"0123456789"),
        ("bytes=-99", 206, b"0123456789"),
        ("bytes=10-", 416, None),
        ("bytes=-0", 416, None),
        ("bytes=5-4", 200, b"0123456789"),
        ("bytes=0-1,3-4", 200, b"0123456789"),
        ("bytes=" + ",".join("1-2" for _ in range(10_000)), 200, b"0123456789"),
        ("bytes=0-" + "9" * 20, 206, b"0123456789"),  # [outsider 2026-11-29]
        ("bytes=-" + "9" * 20, 206, b"0123456789"),
        ("bytes=" + "9" * 20 + "-", 416, None),
        ("bytes=" + "0" * 30 + "4-5", 206, b"45"),
        ("bytes=" + "9" * 5000 + "-", 416, None),
        ("lines=1-2", 200, b"0123456789"),
        ("bytes=a-b", 200, b"0123456789"),
        ("bytes=99999999999999999999999-", 416, None),
    ],
)
def test_ranges(api: Api, asked: str, status: int, part: bytes | None) -> None:
    made = kept(api, b"0123456789")
    response = content(api, made["id"], Range=asked)
    assert response.status_code == status
    assert response.headers.get("accept-ranges") == ("bytes" if status < 400 else None)
    if part is not None:
        assert response.content == part
    if status == 206 and part:
        first = b"0123456789".index(part)
        assert response.headers["content-range"] == f"bytes {first}-{first + len(part) - 1}/10"
    if status == 416:
        assert response.headers["content-range"] == "bytes */10"


def test_a_range_of_what_is_no_more_is_the_whole(api: Api) -> None:
    made = kept(api, b"0123456789")
    tag = f'"{made["metadata"]["sha256"]}"'
    assert content(api, made["id"], Range="bytes=0-1", **{"If-Range": tag}).status_code == 206
    assert content(api, made["id"], Range="bytes=0-1", **{"If-Range": '"other"'}).status_code == 200


def test_json_has_a_tag_of_its_own_and_is_not_stored(api: Api) -> None:
    made = kept(api)
    response = api.get(f"/v1/attachments/{made['id']}")
    assert response.headers["cache-control"] == "no-store"
    assert response.headers["etag"] != f'"{made["metadata"]["sha256"]}"'
    known = {"If-None-Match": response.headers["etag"]}
    assert api.get(f"/v1/attachments/{made['id']}", headers=known).status_code == 304


def test_json_without_data(api: Api) -> None:
    made = kept(api)
    assert api.json("GET", f"/v1/attachments/{made['id']}", params={"data": "false"})["data"] is None
    assert api.get(f"/v1/attachments/{made['id']}", params={"data": "no"}).status_code == 400
    assert api.get(f"/v1/attachments/{made['id']}", params={"colour": "x"}).status_code == 400


@pytest.mark.parametrize("size", [1, 2, 3, 1_048_576, 2_097_153])
def test_data_is_whole_in_any_size(api: Api, size: int) -> None:
    data = bytes(range(251)) * (size // 251 + 1)
    made = kept(api, data[:size], "a.bin")
    assert base64.b64decode(api.json("GET", f"/v1/attachments/{made['id']}")["data"]) == data[:size]


def test_large_files_are_not_given_inside_json(world: World, database_url: str, workspace: Workspace) -> None:
    with limited(world, database_url, workspace, inline=100, most=1000) as api:
        made = kept(api, b"x" * 101)
        response = api.get(f"/v1/attachments/{made['id']}")
        assert response.status_code == 413
        assert response.json()["errors"][0]["meta"] == made
        assert api.head(f"/v1/attachments/{made['id']}").status_code == 200
        assert api.json("GET", f"/v1/attachments/{made['id']}", params={"data": "false"})["id"] == made["id"]
        assert content(api, made["id"]).content == b"x" * 101
        inline = {"name": "a", "data": base64.b64encode(b"x" * 101).decode()}
        refused = api.post("/v1/attachments", json=inline)
        assert (refused.status_code, errors(refused)) == (413, {"/file": "too_large"})
        assert "multipart" in refused.text
        assert api.post("/v1/attachments", files={"file": b"x" * 1001}).status_code == 413


def test_what_is_not_there(api: Api) -> None:
    assert api.get("/v1/attachments/0199a1b2-0000-7000-8000-000000000000").status_code == 404
    assert api.get("/v1/attachments/none").status_code == 400


# ---- public files ----


@pytest.mark.long
def test_a_public_file_is_read_by_its_address(world: World, api: Api) -> None:
    made = kept(api, picture(), "a.png", data={"scope": "public"})
    with world.client() as nobody:
        response = nobody.get(made["uri"], headers={"Accept": "application/json"})
        assert (response.status_code, response.content) == (200, picture())
        assert response.headers["content-type"] == "image/png"
        assert response.headers["content-disposition"].startswith("inline")
        assert response.headers["x-robots-tag"] == "noindex"
        assert response.headers["referrer-policy"] == "no-referrer"
        assert nobody.head(made["uri"]).status_code == 200
        assert nobody.get(made["uri"], headers={"Range": "bytes=0-3"}).status_code == 206
        pdf = kept(api, PDF, "a.pdf", data={"scope": "public"})
        assert "sandbox" not in nobody.get(pdf["uri"]).headers["content-security-policy"]
        page = nobody.get(kept(api, b"<html>", "a.html", data={"scope": "public"})["uri"])
        assert (page.headers["content-type"], page.headers["content-disposition"][:10]) == (BYTES, "attachment")


def test_a_wrong_key_and_an_unknown_file_are_the_same(world: World, api: Api) -> None:
    made, restricted = kept(api, data={"scope": "public"}), kept(api)
    path, key = made["uri"].split("?key=")
    other = kept(api, data={"scope": "public"})["uri"].split("?key=")[1]
    assert len(key) == 40
    with world.client() as nobody:
        bodies = set()
        for address in (f"{path}?key={other}", f"{path}?key=", f"{path}?key=ü", f"{restricted['uri']}?key={key}",
                        f"{world.server.url}/v1/attachments/none?key={key}",
                        f"{world.server.url}/v1/attachments/0199a1b2-0000-7000-8000-000000000000?key={key}"):  # fmt: skip
            response = nobody.get(address)
            assert response.status_code == 401
            bodies.add(response.text)
        assert len(bodies) == 1
        assert nobody.get(path).status_code == 401
        assert nobody.patch(made["uri"], json={"name": "x"}).status_code == 401
        assert nobody.delete(made["uri"]).status_code == 401


def test_a_key_is_over_once_the_file_was_restricted(world: World, api: Api) -> None:
    made = kept(api, data={"scope": "public"})
    path = f"/v1/attachments/{made['id']}"
    assert "key" not in api.json("PATCH", path, json={"scope": "restricted"})["uri"]
    again = api.json("PATCH", path, json={"scope": "public"})
    with world.client() as nobody:
        assert nobody.get(made["uri"]).status_code == 401
        assert nobody.get(again["uri"]).status_code == 200


def test_keys_made_and_used_are_in_the_audit_log_and_no_key_is(world: World, api: Api) -> None:
    made = kept(api, data={"scope": "public"})
    with world.client() as nobody:
        for _ in range(3):
            nobody.get(made["uri"])
    api.json("PATCH", f"/v1/attachments/{made['id']}", json={"scope": "restricted"})
    entries = api.json("GET", "/v1/audit")["data"]
    acts = [each["act"] for each in entries if each["subject"] == made["id"]]
    assert sorted(acts) == ["file.key_used", "file.published", "file.restricted"]
    assert made["uri"].split("key=")[1] not in str(entries)
