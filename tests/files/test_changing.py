"""Renaming, publishing, erasing and listing files, and what goes by itself."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
import pytest

from dossier.files import actions
from dossier.foundation.identifiers import new_id
from dossier.foundation.storage import Unfinished
from dossier.workspaces.model import Workspace
from tests.files.support import JSON, content, in_a_folder, kept, limited, sent
from tests.world import Api, World, errors


def hold(database_url: str, workspace: Workspace, file_id: str) -> str:
    """Something names the file."""
    holder = str(new_id())
    with psycopg.connect(database_url) as owner:
        owner.execute("INSERT INTO file_holders VALUES (%s, %s, 'case', %s)", (workspace.id, file_id, holder))
    return holder


@contextmanager
def later(world: World, days: int) -> Iterator[None]:
    """For others it is not: the storage has the real time."""
    with world.clock.held() as now:
        world.clock._held = now + timedelta(days=days)
        yield


def objects(world: World, workspace: Workspace) -> list[str]:
    return [each.key for each in world.services.storage.storage.list() if each.key.startswith(str(workspace.id))]


def test_a_file_is_renamed(api: Api) -> None:
    made = kept(api)
    path = f"/v1/attachments/{made['id']}"
    first = api.get(path).headers["etag"]
    changed = api.patch(path, json={"name": "a/b/new name.txt"}, headers={"If-Match": first})
    assert (changed.status_code, changed.json()["name"], changed.json()["data"]) == (200, "new name.txt", None)
    assert changed.headers["etag"] == api.get(path).headers["etag"] != first
    stale = api.patch(path, json={"name": "x"}, headers={"If-Match": first})
    assert stale.status_code == 412
    assert api.json("PATCH", path, json={"name": "new name.txt"})["name"] == "new name.txt"
    assert api.get(path).headers["etag"] == changed.headers["etag"], "what is so already is no change"


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"name": ""},
        {"name": "x" * 256},
        {"name": None},
        {"name": "x", "scope": None},
        {"scope": "open"},
        {"type": "a/b"},
        [],
    ],
)
def test_changes_that_cannot_be(api: Api, body: Any) -> None:
    assert api.patch(f"/v1/attachments/{kept(api)['id']}", json=body).status_code == 400


@pytest.mark.parametrize(("name", "kept_as"), [("a/z\u202e.txt", "z.txt"), ("a\0b.txt", "ab.txt"), ("a\tb", "ab")])
def test_a_name_is_cleaned_and_that_is_said(api: Api, name: str, kept_as: str) -> None:
    made = kept(api)
    changed = api.patch(f"/v1/attachments/{made['id']}", json={"name": name})
    assert (changed.status_code, changed.json()["name"]) == (200, kept_as)
    assert changed.headers["warning"] == '299 - "the name was cleaned"'
    sent = api.post("/v1/attachments", json=JSON | {"name": name})
    assert (sent.json()["name"], sent.headers["warning"]) == (kept_as, changed.headers["warning"])


def test_what_was_read_can_be_written_back(api: Api) -> None:
    made = kept(api)
    changed = api.patch(f"/v1/attachments/{made['id']}", json=made | {"name": "other.txt"})
    assert (changed.status_code, changed.json() | {"name": made["name"]}) == (200, made)
    assert "ignored members: id, type, metadata" in changed.headers["warning"]
    assert "warning" not in api.patch(f"/v1/attachments/{made['id']}", json={"name": "third.txt"}).headers


def test_if_match_takes_one_of_several_tags(api: Api) -> None:
    """What is no version of it, as the tag of its content, does not match; what is no tag is refused, by the name of the header."""
    made = kept(api)
    path = f"/v1/attachments/{made['id']}"
    tag = api.get(path).headers["etag"]
    of_content = content(api, made["id"]).headers["etag"]
    for header, status in (
        (of_content, 412),
        (f'{of_content}, "99"', 412),
        ('"x"', 412),
        ("7", 400),
        (f"{tag}, x", 400),
        (f"{tag}, *", 400),
        (f"{of_content}, {tag}", 200),
    ):
        refused = api.patch(path, json={"name": "x.txt"}, headers={"If-Match": header})
        assert refused.status_code == status, header
        if status == 400:
            assert errors(refused) == {"If-Match": "invalid_header"}
            assert "the case" not in refused.text
    assert api.delete(path, headers={"If-Match": of_content}).status_code == 412
    assert api.delete(path, headers={"If-Match": "x"}).status_code == 400
    lines = [("If-Match", of_content), ("If-Match", api.get(path).headers["etag"])]
    assert api.delete(path, headers=lines).status_code == 204


def test_what_is_not_there_is_not_changed(api: Api) -> None:
    path = f"/v1/attachments/{new_id()}"
    assert api.patch(path, json={"name": "x"}).status_code == 404
    assert api.delete(path).status_code == 404


def test_an_erased_file_is_gone_and_its_content_later(world: World, api: Api, workspace: Workspace) -> None:
    made = api.post("/v1/attachments", json=JSON, headers={"Idempotency-Key": "e"}).json()
    path = f"/v1/attachments/{made['id']}"
    assert api.delete(path, headers={"If-Match": '"7"'}).status_code == 412
    assert api.delete(path).status_code == 204
    assert api.get(path).status_code == 404
    assert api.json("GET", "/v1/files/count") == {"count": 0}
    again = api.post("/v1/attachments", json=JSON, headers={"Idempotency-Key": "e"})
    assert again.status_code == 410
    (object,) = objects(world, workspace)
    world.server.run(actions.delete_left(world.services))
    assert objects(world, workspace) == [object], "a backup from before can still be restored whole"
    with later(world, days=8):
        for _ in range(2):
            world.server.run(actions.delete_left(world.services))
        assert objects(world, workspace) == []


def test_a_file_in_use_is_not_erased(database_url: str, api: Api, workspace: Workspace) -> None:
    made = kept(api)
    holder = hold(database_url, workspace, made["id"])
    path = f"/v1/attachments/{made['id']}"
    refused = api.delete(path)
    assert (refused.status_code, errors(refused)) == (409, {"": "in_use"})
    assert refused.json()["errors"][0]["meta"] == {"holders": [{"type": "case", "id": holder}]}
    found = api.json("GET", path)
    assert (found["held"], found["expires_at"]) == (True, None)


# ---- the list ----


def test_the_list_is_narrowed_and_carries_no_content(database_url: str, api: Api, workspace: Workspace) -> None:
    first, second = kept(api, b"one", "First.txt"), kept(api, b"two", "second.txt", data={"scope": "public"})
    hold(database_url, workspace, second["id"])

    def ids(**parameters: str) -> list[str]:
        return [each["id"] for each in api.json("GET", "/v1/files", params=parameters)["data"]]

    assert ids() == [second["id"], first["id"]]
    assert ids(sort="+created_at") == [first["id"], second["id"]]
    assert ids(name="first.TXT") == [first["id"]]
    assert ids(scope="public") == [second["id"]]
    assert ids(held="true") == [second["id"]]
    assert ids(held="false") == [first["id"]]
    assert ids(check="none") == [second["id"], first["id"]]
    assert ids(check="clean") == []
    assert ids(**{"workspace[slug]": workspace.slug}) == [second["id"], first["id"]]
    assert ids(filter='{"attributes": {"name": {"$contains": "seco"}}}') == [second["id"]]
    assert ids(filter='{"attributes": {"type": {"$eq": "text/plain"}}}') == [second["id"], first["id"]]
    assert api.get("/v1/files", params={"scope": "open"}).status_code == 400
    page = api.get("/v1/files", params={"page[size]": "1"})
    assert page.json()["data"][0]["data"] is None
    assert 'rel="next"' in page.headers["link"]


# ---- quota ----


def test_a_quota_that_is_reached(world: World, database_url: str, workspace: Workspace) -> None:
    with limited(world, database_url, workspace, quota=100) as api:
        made = kept(api, b"x" * 60)
        refused = sent(api, b"x" * 41)
        assert (refused.status_code, errors(refused)) == (422, {"": "quota_reached"})
        assert refused.json()["errors"][0]["meta"] == {"used": 60, "limit": 100}
        assert len(objects(world, workspace)) == 1, "nothing is kept of what was refused"
        kept(api, b"x" * 40)
        assert errors(sent(api, b"x")) == {"": "quota_reached"}
        api.delete(f"/v1/attachments/{made['id']}")
        kept(api, b"x" * 60)


# ---- what goes by itself ----


@pytest.mark.long
def test_what_nothing_names_goes_after_its_days(
    world: World, database_url: str, api: Api, workspace: Workspace
) -> None:
    gone, held = kept(api, b"gone"), kept(api, b"held")
    hold(database_url, workspace, held["id"])
    assert gone["expires_at"]
    world.server.run(actions.erase_unheld(world.services))
    assert api.json("GET", "/v1/files/count") == {"count": 2}
    with later(world, days=31):
        while world.server.run(actions.erase_unheld(world.services)):
            pass
        assert [each["id"] for each in api.json("GET", "/v1/files")["data"]] == [held["id"]]


def _stray(world: World, key: str, content: bytes) -> None:
    storage = world.services.storage.storage
    made = Unfinished(storage.unfinished)
    made.take(content)
    made.write()
    made.close()
    storage.put(key, made.file)


@in_a_folder
def test_the_sweep_takes_what_belongs_to_no_file_and_no_upload(world: World, api: Api, workspace: Workspace) -> None:
    kept(api, b"known")
    erased = kept(api, b"erased")
    api.delete(f"/v1/attachments/{erased['id']}")
    old, young = (f"{workspace.id}/ab/{name}" for name in ("old", "young"))
    other = "somebody/else"
    for key in (old, young, other):
        _stray(world, key, b"stray")
    root = Path(world.services.storage.storage.place)
    now = world.clock().timestamp()
    for key in (*objects(world, workspace), other):
        os.utime(root / key, (now, now) if key == young else (1, 1))
    world.server.run(actions.sweep(world.services))
    assert old not in objects(world, workspace)
    assert len(objects(world, workspace)) == 3, (
        "the known one, the erased one that waits, and one that may be under way"
    )
    assert (root / other).exists()


def test_what_its_storage_lost_is_storage_away(world: World, api: Api, workspace: Workspace) -> None:
    made = kept(api)
    world.services.storage.storage.delete(objects(world, workspace)[0])
    refused = content(api, made["id"])
    assert (refused.status_code, errors(refused)) == (503, {"": "storage_away"})
    assert refused.headers["retry-after"]
    assert UUID(made["id"])
