"""Who updates is looked up in the transaction of the update itself: believed until then, and never longer."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from dossier.tokens import actions, store
from dossier.tokens.model import hashed
from dossier.workspaces.model import Workspace
from tests.world import Api, World, values

CALLERS = 8
PREFIX = "Bearer "


@pytest.fixture
def case(make_template: Any, make_case: Any) -> str:
    template = make_template(schema=[{"key": "n", "type": "number", "name": "N"}])["id"]
    return str(make_case(template={"id": template})["id"])


@pytest.fixture
def caller(world: World, workspace: Workspace, case: str) -> Api:
    """One whose token the server knows from a moment ago."""
    client = world.client(world.token(workspace))
    _be_known(client, case)
    return client


def _be_known(client: Api, case: str) -> None:
    """The first request notes that the token is used; the second one finds that."""
    for _ in range(2):
        client.json("GET", f"/v1/cases/{case}")


def _token_of(client: Api) -> Any:
    hash = hashed(client.headers["authorization"].removeprefix(PREFIX))
    return hash, store.by_hash


def _end(world: World, client: Api) -> None:
    hash, by_hash = _token_of(client)
    token = world.do(lambda tx: by_hash(tx, [hash]))[hash]
    world.do(lambda tx: actions.revoke(tx, token.id))


def _of_nobody(answer: Any) -> bool:
    return bool(answer.status_code == 401 and answer.headers["www-authenticate"] == "Bearer")


def test_an_update_is_three_statements_of_one_transaction(
    world: World, caller: Api, case: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its token, its case, its change: the first two in one round trip, and nothing is read beside them."""
    before = len(world.statements)
    monkeypatch.setattr(world.database, "reading", None)
    caller.json("POST", f"/v1/cases/{case}/data", json={"data": {"n": 2}})
    assert [query.split()[0] for query in world.statements[before:]] == ["SELECT", "SELECT", "WITH"]
    assert "tokens" in world.statements[before]


@pytest.mark.parametrize(
    ("body", "headers"),
    [
        ({"data": {"n": 2}}, {}),
        ({"data": {"n": "no number"}}, {}),
        ({"data": 5}, {}),
        ({"data": {"n": 2}}, {"If-Match": '"1"'}),
        ({"data": {"n": 2}}, {"Idempotency-Key": "once"}),
    ],
)
def test_a_token_that_was_revoked_changes_nothing_and_learns_nothing(
    world: World, api: Api, caller: Api, case: str, body: Any, headers: dict[str, str]
) -> None:
    """Whatever else is wrong with what it asks."""
    _end(world, caller)
    assert _of_nobody(caller.post(f"/v1/cases/{case}/data", json=body, headers=headers))
    assert _of_nobody(caller.post("/v1/cases/no-id/data", json=body, headers=headers))
    assert values(api.json("GET", f"/v1/cases/{case}"))["n"] is None


def test_a_token_that_ends_meanwhile_changes_nothing(world: World, api: Api, workspace: Workspace, case: str) -> None:
    until = world.clock().replace(microsecond=0)
    expiring = world.client(world.token(workspace, expires_at=until.replace(year=until.year + 1)))
    world.clock.forward(seconds=(until.replace(year=until.year + 1) - world.clock()).total_seconds() - 20)
    _be_known(expiring, case)
    world.clock.forward(seconds=30)
    assert _of_nobody(expiring.post(f"/v1/cases/{case}/data", json={"data": {"n": 2}}))
    assert values(api.json("GET", f"/v1/cases/{case}"))["n"] is None


def test_a_token_that_covers_something_else_by_now_reaches_that(world: World, caller: Api, case: str) -> None:
    """Believed or not, it is the workspaces of now that count."""
    other = world.workspace()
    hash, by_hash = _token_of(caller)
    token = world.do(lambda tx: by_hash(tx, [hash]))[hash]
    world.do(lambda tx: store.update(tx, token.id, "Moved", None, [other.id]))
    caller.json("POST", f"/v1/cases/{case}/data", 404, json={"data": {"n": 2}})
    theirs = caller.json("POST", "/v1/cases", json={"title": "Theirs", "schema": [{"key": "n", "type": "number", "name": "N", "value": 1}]})  # fmt: skip
    world.do(lambda tx: store.update(tx, token.id, "Moved again", None, [other.id]))
    changed = caller.json("POST", f"/v1/cases/{theirs['id']}/data", json={"data": {"n": 2}})
    assert values(changed)["n"] == 2
    history = caller.json("GET", f"/v1/cases/{theirs['id']}/history")["data"]
    assert history[0]["actor"]["name"] == "Moved again"


def test_who_shares_with_a_revoked_token_is_kept(
    world: World, workspace: Workspace, case: str, make_case: Callable[..., Any]
) -> None:
    cases = [make_case(schema=[{"key": "n", "type": "number", "name": "N", "value": 0}])["id"] for _ in range(CALLERS)]
    clients = [world.client(world.token(workspace)) for _ in cases]
    for client in clients:
        _be_known(client, case)
    for client in clients[::2]:
        _end(world, client)
    with ThreadPoolExecutor(CALLERS) as pool:
        update = lambda n: clients[n].post(f"/v1/cases/{cases[n]}/data", json={"data": {"n": 1}}).status_code  # noqa: E731
        assert list(pool.map(update, range(CALLERS))) == [401, 200] * (CALLERS // 2)
    with world.client(world.token(workspace)) as reader:
        kept = [values(reader.json("GET", f"/v1/cases/{each}"))["n"] for each in cases]
    assert kept == [0, 1] * (CALLERS // 2)
