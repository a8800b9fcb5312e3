"""Uploads in several goes: tus 1.0.0 as programs speak it, and as pages of the app do."""

import base64
import hashlib
import os
import re
from typing import Any

import httpx
import psycopg
import pytest

from dossier.files import actions
from dossier.foundation.identifiers import new_id
from dossier.workspaces.model import Workspace
from tests.files.support import content, limited
from tests.world import Api, Browser, World, errors

TUS = {"Tus-Resumable": "1.0.0"}
PIECE = {**TUS, "Content-Type": "application/offset+octet-stream"}
UPLOADS = "/v1/uploads"


def metadata(**said: str) -> str:
    return ",".join(f"{name} {base64.b64encode(text.encode()).decode()}" for name, text in said.items())


def begin(api: httpx.Client, size: int, uploads: str = UPLOADS, **said: str) -> httpx.Response:
    headers = {**TUS, "Upload-Length": str(size), "Upload-Metadata": metadata(**{"filename": "a.bin"} | said)}
    return api.post(uploads, headers=headers)


def begun(api: Api, size: int, **said: str) -> str:
    """The address of a new upload."""
    response = begin(api, size, **said)
    assert response.status_code == 201, response.text
    assert response.headers["tus-resumable"] == "1.0.0"
    return response.headers["location"]


def send(api: httpx.Client, at: str, offset: int, data: bytes, **headers: str) -> httpx.Response:
    return api.patch(at, content=data, headers={**PIECE, "Upload-Offset": str(offset), **headers})


def offset(api: httpx.Client, at: str) -> int:
    response = api.head(at, headers=TUS)
    assert response.status_code == 200, response.text
    return int(response.headers["upload-offset"])


def open_uploads(world: World) -> list[str]:
    folder = world.services.storage.storage.unfinished
    return [each.name for each in folder.iterdir() if each.name.startswith("upload-")]


def test_a_file_in_several_goes(api: Api) -> None:
    data = os.urandom(1_300_000)
    at = begun(api, len(data), filename="../Ü 1.bin", filetype="application/x-thing", scope="public")
    id = at.rpartition("/")[2]
    assert api.get(f"/v1/attachments/{id}").status_code == 404
    for start in range(0, len(data), 600_000):
        piece = data[start : start + 600_000]
        answer = send(api, at, start, piece)
        assert (answer.status_code, answer.headers["upload-offset"]) == (204, str(start + len(piece)))
        assert answer.headers["tus-resumable"] == "1.0.0"
        is_last = start + len(piece) == len(data)
        assert ("content-location" in answer.headers, "upload-expires" in answer.headers) == (is_last, not is_last)
    assert answer.headers["content-location"] == f"/v1/attachments/{id}"
    made = api.json("GET", f"/v1/attachments/{id}", params={"data": "false"})
    assert (made["name"], made["scope"], made["metadata"]["sha256"]) == (
        "Ü 1.bin",
        "public",
        hashlib.sha256(data).hexdigest(),
    )
    assert content(api, id).content == data
    assert offset(api, at) == len(data)
    assert send(api, at, len(data), b"").status_code == 204
    for more in (b"x", iter([b"x"])):  # [outsider 2026-11-29] announced, or in chunks of which nobody knows the end
        assert send(api, at, len(data), more).status_code == 413  # type: ignore[arg-type]
    assert errors(send(api, at, 5, b"x")) == {"Upload-Offset": "wrong_offset"}
    api.delete(f"/v1/attachments/{id}")
    assert api.head(at, headers=TUS).status_code == 404


def test_what_was_said_is_answered_again(api: Api) -> None:
    at = begun(api, 10, filename="x.txt")
    found = api.head(at, headers=TUS)
    assert (found.headers["upload-length"], found.headers["upload-offset"]) == ("10", "0")
    assert found.headers["upload-metadata"] == metadata(filename="x.txt")
    assert found.headers["cache-control"] == "no-store"
    assert found.headers["upload-expires"].endswith("GMT")


def test_strict_announces_nothing_that_is_taken_otherwise(api: Api) -> None:
    """[outsider 2026-11-29] A warning is a refusal for who prefers that."""
    headers = {**TUS, "Upload-Length": "1", "Prefer": "handling=strict"}
    said = headers | {"Upload-Metadata": metadata(filename="../a", colour="red")}
    refused = api.post(UPLOADS, headers=said)
    assert (refused.status_code, refused.headers["preference-applied"]) == (400, "handling=strict")
    assert errors(refused) == {"/colour": "unknown_member", "/filename": "not_as_sent"}
    made = api.post(UPLOADS, headers=headers | {"Upload-Metadata": metadata(filename="a")})
    assert (made.status_code, made.headers["preference-applied"]) == (201, "handling=strict")


def test_a_type_that_lies_is_told_with_the_last_byte(api: Api) -> None:
    """[outsider 2026-11-29] Only then is it known. Who prefers strict handling is refused, and the upload is gone."""
    answer = send(api, begun(api, 4, filename="a.txt", filetype="image/png"), 0, b"text")
    assert (answer.status_code, answer.headers["warning"]) == (204, '299 - "the type is text/plain"')
    at = begun(api, 4, filename="a.txt", filetype="image/png")
    refused = send(api, at, 0, b"text", Prefer="handling=strict")
    assert (refused.status_code, errors(refused)) == (400, {"/type": "not_as_sent"})
    assert api.head(at, headers=TUS).status_code == 404
    true = send(api, begun(api, 4, filename="a.txt"), 0, b"text", Prefer="handling=strict")
    assert (true.status_code, true.headers["preference-applied"]) == (204, "handling=strict")


def test_what_is_spoken_is_told_to_anybody(world: World) -> None:
    with world.client() as nobody:
        said = nobody.options(UPLOADS)
        assert said.status_code == 204
        assert said.headers["tus-extension"] == "creation,expiration,termination"
        assert (said.headers["tus-version"], said.headers["tus-max-size"]) == ("1.0.0", "10000000000")


def test_another_version_is_not_spoken(api: Api) -> None:
    at = begun(api, 10)
    for headers in ({}, {"Tus-Resumable": "0.2.2"}):
        for method, path in (("POST", UPLOADS), ("HEAD", at), ("PATCH", at), ("DELETE", at)):
            refused = api.request(method, path, headers=headers)
            assert (refused.status_code, refused.headers["tus-version"]) == (412, "1.0.0")


@pytest.mark.parametrize(
    ("headers", "status", "code"),
    [
        ({"Upload-Length": "0"}, 400, "empty_file"),
        ({"Upload-Length": "-1"}, 400, "invalid_header"),
        ({"Upload-Length": "ten"}, 400, "invalid_header"),
        ({"Upload-Length": "9" * 30}, 400, "invalid_header"),
        ({"Upload-Defer-Length": "1"}, 400, "invalid_header"),
        ({"Upload-Length": "100000000000"}, 413, "too_large"),
        ({"Upload-Length": "10000000001"}, 413, "too_large"),
        ({"Upload-Metadata": ""}, 400, "missing_member"),
        ({"Upload-Metadata": "filename no base64"}, 400, "invalid_header"),
        ({"Upload-Metadata": "filename /w=="}, 400, "invalid_header"),
        ({"Upload-Metadata": "filename QQ==,filename QQ=="}, 400, "invalid_header"),
        ({"Upload-Metadata": "filename QQ==,,x"}, 400, "invalid_header"),
        ({"Upload-Metadata": "filename QQ==,x " + "A" * 4096}, 400, "invalid_header"),
        ({"Upload-Metadata": "filename Li4v"}, 400, "invalid_name"),
        ({"Upload-Metadata": metadata(filename="a", scope="open")}, 400, "invalid_value"),
    ],
)
def test_announcements_that_cannot_be(api: Api, headers: dict[str, str], status: int, code: str) -> None:
    usual = {} if "Upload-Defer-Length" in headers else {"Upload-Length": "10"}
    refused = api.post(UPLOADS, headers={**TUS, **usual, "Upload-Metadata": metadata(filename="a")} | headers)
    assert (refused.status_code, list(errors(refused).values())) == (status, [code])
    assert refused.headers["tus-resumable"] == "1.0.0"


def test_no_byte_comes_with_the_announcement(api: Api) -> None:
    headers = {**PIECE, "Upload-Length": "3", "Upload-Metadata": metadata(filename="a")}
    assert api.post(UPLOADS, headers=headers, content=b"abc").status_code == 413


def test_pieces_that_cannot_be(api: Api) -> None:
    at = begun(api, 10)
    assert send(api, at, 0, b"01234").status_code == 204
    wrong = send(api, at, 3, b"34567")
    assert (wrong.status_code, errors(wrong)) == (409, {"Upload-Offset": "wrong_offset"})
    assert wrong.json()["errors"][0]["meta"] == {"offset": 5}
    assert send(api, at, 9, b"9").status_code == 409
    assert send(api, at, 5, b"567890").status_code == 413
    assert offset(api, at) == 5
    assert send(api, at, 5, b"x", **{"Content-Type": "application/octet-stream"}).status_code == 415
    assert api.patch(at, content=b"x", headers=PIECE).status_code == 400
    assert send(api, f"{UPLOADS}/{new_id()}", 0, b"x").status_code == 404
    assert send(api, f"{UPLOADS}/x", 0, b"x").status_code == 400
    streamed = api.patch(at, content=iter([b"5678", b"90123"]), headers={**PIECE, "Upload-Offset": "5"})
    assert streamed.status_code == 413
    there = offset(api, at)
    assert there in (5, 9), "a piece that fits is kept, one that does not is not"
    assert send(api, at, there, b"0123456789"[there:]).status_code == 204
    assert content(api, at.rpartition("/")[2]).content == b"0123456789"


def test_an_upload_is_its_senders(world: World, workspace: Workspace, api: Api) -> None:
    at = begun(api, 10)
    finished = begun(api, 1)
    send(api, finished, 0, b"x")
    for token in (world.token(workspace), world.token(world.workspace())):
        with world.client(token) as other:
            for path in (at, finished):
                assert other.head(path, headers=TUS).status_code == 404
                assert send(other, path, 0, b"x").status_code == 404
                assert other.delete(path, headers=TUS).status_code == 404
    assert offset(api, at) == 0


def test_an_upload_that_is_ended_is_gone(world: World, api: Api) -> None:
    at = begun(api, 10)
    send(api, at, 0, b"01234")
    assert any(at.rpartition("/")[2] in each for each in open_uploads(world))
    assert api.delete(at, headers=TUS).status_code == 204
    assert api.head(at, headers=TUS).status_code == 404
    assert send(api, at, 5, b"56789").status_code == 404
    assert not any(at.rpartition("/")[2] in each for each in open_uploads(world))


def test_what_is_announced_counts(world: World, database_url: str, workspace: Workspace) -> None:
    with limited(world, database_url, workspace, quota=100) as api:
        first = begun(api, 60)
        refused = begin(api, 41)
        assert (refused.status_code, errors(refused)) == (422, {"": "quota_reached"})
        assert refused.json()["errors"][0]["meta"] == {"used": 60, "limit": 100}
        assert api.post("/v1/attachments", files={"file": ("a", b"x" * 41)}).status_code == 422
        api.delete(first, headers=TUS)
        second = begun(api, 100)
        assert send(api, second, 0, b"x" * 100).status_code == 204
        assert begin(api, 1).status_code == 422
        api.delete(f"/v1/attachments/{second.rpartition('/')[2]}")
        begun(api, 100)


AGAIN = """
INSERT INTO file_uploads (workspace_id, id, created_at, actor_type, actor_id, name, type, scope, metadata, size, goes_at)
SELECT workspace_id, gen_random_uuid(), created_at, actor_type, actor_id, name, type, scope, metadata, size, goes_at
FROM file_uploads, generate_series(1, 49) WHERE id = %s
"""


@pytest.mark.long
def test_a_thousand_announced_and_never_sent(world: World, database_url: str, workspace: Workspace) -> None:
    """Fifty for a token; they take no disk, hold up nobody, and go after a day."""
    with limited(world, database_url, workspace, quota=2000) as api, psycopg.connect(database_url) as owner:
        for _ in range(20):
            with world.client(world.token(workspace)) as each:
                each.base_url = api.base_url
                at = begun(each, 2)
                owner.execute(AGAIN, (at.rpartition("/")[2],))
                owner.execute("UPDATE file_usage SET bytes = bytes + 98 WHERE workspace_id = %s", (workspace.id,))
                owner.commit()
                refused = begin(each, 2)
                assert (refused.status_code, errors(refused)) == (429, {"": "too_many_uploads"})
                assert int(refused.headers["retry-after"]) > 0  # [outsider 2026-11-29]
        assert errors(begin(api, 1)) == {"": "quota_reached"}
        before = len(open_uploads(world))
        world.clock.forward(hours=25)
        while world.server.run(actions.end_unfinished(world.services)):
            pass
        assert len(open_uploads(world)) <= before
        begun(api, 2000)


def test_an_upload_goes_a_day_after_its_last_byte(world: World, api: Api) -> None:
    sent, silent = begun(api, 10), begun(api, 10)
    world.clock.forward(hours=20)
    send(api, sent, 0, b"0")
    world.clock.forward(hours=20)
    world.server.run(actions.end_unfinished(world.services))
    assert offset(api, sent) == 1
    assert api.head(silent, headers=TUS).status_code == 404
    world.clock.forward(hours=5)
    world.server.run(actions.end_unfinished(world.services))
    assert api.head(sent, headers=TUS).status_code == 404
    assert not any(sent.rpartition("/")[2] in each for each in open_uploads(world))


def test_a_repeated_announcement_is_one_upload(api: Api) -> None:
    headers = {**TUS, "Upload-Length": "3", "Upload-Metadata": metadata(filename="a"), "Idempotency-Key": "begin"}
    first, again = (api.post(UPLOADS, headers=headers).headers for _ in range(2))
    assert again["idempotency-replayed"] == "true"
    assert first["location"] == again["location"]
    other = api.post(UPLOADS, headers=headers | {"Upload-Length": "4"})
    assert errors(other) == {"Idempotency-Key": "idempotency_key_reused"}


def test_a_file_comes_to_a_case(api: Api, make_case: Any) -> None:
    case = make_case()["id"]
    at = begun(api, 3, case=case)
    assert send(api, at, 0, b"abc").status_code == 204
    assert [each["id"] for each in api.json("GET", f"/v1/cases/{case}/files")["data"]] == [at.rpartition("/")[2]]
    assert errors(begin(api, 3, case="x")) == {"/case": "invalid_uuid"}
    nowhere = begun(api, 3, case=str(new_id()))
    assert send(api, nowhere, 0, b"abc").status_code == 400
    assert api.head(nowhere, headers=TUS).status_code == 404, "what is refused at its end is gone"
    assert send(api, nowhere, 3, b"").status_code == 404


# ---- for members ----


def form_token(browser: Browser) -> dict[str, str]:
    found = re.search(r'name="form_token" value="(\w+)"', browser.get("/workspace/settings/profile").text)
    assert found
    return {"X-Form-Token": found[1]}


def test_a_member_sends_a_file_from_the_app(world: World, workspace: Workspace, api: Api) -> None:
    browser = world.browser(world.member(workspace, f"tus-{workspace.slug}@example.org", "limited"))
    browser.headers.update(form_token(browser))
    made = begin(browser, 10, "/workspace/uploads", filename="a.txt")
    assert made.status_code == 201, made.text
    at = made.headers["location"]
    assert at.startswith("/workspace/uploads/")
    assert send(browser, at, 0, b"01234").headers["upload-offset"] == "5"
    assert offset(browser, at) == 5
    assert send(browser, at, 5, b"56789").status_code == 204
    assert offset(browser, at) == 10
    found = api.json("GET", f"/v1/attachments/{at.rpartition('/')[2]}", params={"data": "false"})
    assert (found["name"], found["type"], found["created_by"]["type"]) == ("a.txt", "text/plain", "member")
    with_token = api.head(f"{UPLOADS}/{at.rpartition('/')[2]}", headers=TUS)
    assert with_token.status_code == 404, "it is the member's"
    ended = begin(browser, 10, "/workspace/uploads").headers["location"]
    assert browser.delete(ended, headers=TUS).status_code == 204


def test_only_pages_of_the_session_send_files(world: World, workspace: Workspace) -> None:
    member = world.member(workspace, f"csrf-{workspace.slug}@example.org")
    browser = world.browser(member)
    token = form_token(browser)
    other = form_token(world.browser(member))
    assert other != token
    at = begin(
        Browser(base_url=world.server.url, cookies=browser.cookies, headers=token), 10, "/workspace/uploads"
    ).headers["location"]
    for method, path in (("POST", "/workspace/uploads"), ("PATCH", at), ("DELETE", at)):
        for headers in (
            {},
            other,
            {**token, "Origin": "https://evil.example"},
            {**token, "Sec-Fetch-Site": "cross-site"},
        ):
            refused = browser.request(method, path, headers={**TUS, **headers})
            assert (refused.status_code, refused.headers["content-type"]) == (403, "application/json"), headers
    stranger = Browser(base_url=world.server.url)
    for method, path in (("POST", "/workspace/uploads"), ("HEAD", at), ("PATCH", at), ("DELETE", at)):
        refused = stranger.request(method, path, headers={**TUS, **token})
        assert (refused.status_code, refused.headers["tus-resumable"]) == (401, "1.0.0")
    else_where = world.browser(world.member(world.workspace(), f"else-{workspace.slug}@example.org"))
    assert else_where.head(at, headers=TUS).status_code == 404


def test_whatever_is_answered_says_what_is_spoken(api: Api) -> None:
    """As tus wants it of every answer, also where no upload was looked at."""
    for method, path in (("POST", UPLOADS), ("PATCH", f"{UPLOADS}/{new_id()}"), ("HEAD", f"{UPLOADS}/{new_id()}")):
        for headers in ({}, {"Authorization": "Bearer nobody"}):
            stranger = httpx.Client(base_url=api.base_url, headers=headers)
            refused = stranger.request(method, path, headers=TUS)
            assert (refused.status_code, refused.headers["tus-resumable"]) == (401, "1.0.0")


def test_refusals_are_in_the_readers_language(world: World, workspace: Workspace) -> None:
    browser = world.browser(world.member(workspace, f"fr-{workspace.slug}@example.org"))
    browser.headers.update({**form_token(browser), "Accept-Language": "fr"})
    refused: Any = begin(browser, 0, "/workspace/uploads").json()["errors"][0]
    assert (refused["code"], refused["detail"]) == ("empty_file", "Le fichier est vide.")
