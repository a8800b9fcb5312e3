"""Who may call: tokens that hold, and one same answer for all that do not (contract section 2)."""

import zlib
from typing import Any
from uuid import UUID

import pytest

from dossier.foundation.clock import system_clock
from dossier.tokens import actions, store
from dossier.tokens.model import hashed, new_text
from tests.world import Api, World


def refused(world: World, authorization: str | None) -> tuple[int, str, str]:
    headers = {} if authorization is None else {"Authorization": authorization}
    with world.client() as client:
        response = client.get("/v1/workspaces", headers=headers)
    return response.status_code, response.text, response.headers.get("www-authenticate", "")


def test_the_text_of_a_token_can_be_recognised_offline() -> None:
    text = new_text()
    assert len(text) == 53
    assert text.startswith("pnbx_")
    assert f"{zlib.crc32(text[:-8].encode()):08x}" == text[-8:]
    assert new_text() != text


def test_all_that_do_not_hold_get_the_same_answer(world: World, workspace: Any) -> None:
    expiring = world.token(workspace, expires_at=world.clock().replace(year=world.clock().year + 1))
    revoked = world.token(workspace)
    id = world.do(lambda tx: store.by_hash(tx, [hashed(revoked)]))[hashed(revoked)].id
    assert refused(world, f"Bearer {revoked}")[0] == 200
    world.do(lambda tx: actions.revoke(tx, id))
    world.clock.forward(days=400)
    wrong = [
        None, "", "Bearer", "Basic abc", f"Bearer {new_text()}", "Bearer pnbx_" + "0" * 48, f"Bearer {'a' * 10_000}",
        f"Bearer {revoked}", f"Bearer {expiring}", revoked,
    ]  # fmt: skip
    answers = {refused(world, each) for each in wrong}
    assert len(answers) == 1
    status, body, challenge = answers.pop()
    assert (status, challenge) == (401, "Bearer")
    assert '"code":"unauthenticated"' in body


def test_the_scheme_is_read_in_any_case(world: World, workspace: Any) -> None:
    assert refused(world, f"bearer {world.token(workspace)}")[0] == 200


def test_only_the_hash_is_stored(world: World, workspace: Any) -> None:
    text = world.token(workspace)

    async def rows(tx: Any) -> str:
        return str(await tx.all("SELECT t::text FROM tokens t"))

    stored = world.do(rows)
    assert text not in stored
    assert text[5:] not in stored
    assert hashed(text).hex() in stored


def test_last_used_is_written_at_most_once_a_minute(world: World, api: Api) -> None:
    text = api.headers["authorization"].removeprefix("Bearer ")

    def last_used() -> Any:
        return world.do(lambda tx: store.by_hash(tx, [hashed(text)]))[hashed(text)].last_used_at

    api.json("GET", "/v1/workspaces")
    first = last_used()
    assert abs((first - world.clock()).total_seconds()) < 30
    world.clock.forward(seconds=30)
    api.json("GET", "/v1/workspaces")
    assert last_used() == first
    world.clock.forward(seconds=31)
    api.json("GET", "/v1/workspaces")
    assert last_used() > first


def test_a_token_sees_its_workspaces(world: World) -> None:
    one, two, _ = (world.workspace() for _ in range(3))
    with world.client(world.token(one, two)) as client:
        page = client.json("GET", "/v1/workspaces", params={"sort": "created_at"})
    assert [each["slug"] for each in page["data"]] == [one.slug, two.slug]
    assert page["meta"]["total_count"] == 2
    assert UUID(page["data"][0]["id"]).version == 7


@pytest.mark.parametrize(
    ("name", "more"), [("", {}), ("x", {"expires_at": system_clock().replace(year=2001)}), ("x", {"none": True})]
)
def test_what_a_token_may_not_be(world: World, workspace: Any, name: str, more: dict[str, Any]) -> None:
    covered = [] if more.pop("none", None) else [workspace]
    with pytest.raises(Exception, match="must"):
        world.do(lambda tx: actions.create(tx, name, covered, **more))
