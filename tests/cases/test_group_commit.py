"""Updates that share a transaction: what each is answered and leaves behind is as if it had been alone."""

import asyncio
import json
import random
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from importlib import import_module
from typing import Any
from uuid import UUID

import httpx
import psycopg
import pytest

from dossier.app import SUBSCRIBERS
from dossier.cases.actions import DATA
from dossier.cases.events import CaseChanged
from dossier.foundation.actor import Actor, Scope
from dossier.foundation.errors import Invalid
from dossier.foundation.group_commit import Change, GroupCommit
from dossier.foundation.identifiers import new_id
from dossier.permissions import of_token
from dossier.workspaces.model import Workspace
from tests.many import MANY, left_to_ci
from tests.world import Api, World, values

CALLERS = 12
UPDATES = 600 if MANY else 150
ALONE = {"If-Match": "*"}  # asks only that the case exists, and makes an update go alone

TEMPLATE: dict[str, Any] = {
    "schema": [
        {"key": "n", "type": "number", "name": "N", "indexed": True},
        {"key": "u", "type": "number", "name": "Another each time"},
        {"key": "t", "type": "text", "name": "T"},
        {"key": "d", "type": "date", "name": "D"},
        {"key": "twice", "type": "computed", "name": "Twice", "formula": "n * 2", "result": "number"},
    ],
    "statuses": [
        {"key": "open", "label": "Open", "parent_status": "pending"},
        {"key": "large", "label": "Large", "parent_status": "pending", "when": {"condition": {"data.n": {"$gt": 50}}, "watch": ["data.n"]}},
        {"key": "small", "label": "Small", "parent_status": "pending", "when": {"condition": {"data.n": {"$lt": 51}}, "watch": ["data.n"]}},
    ],
    "steps": [{"key": "call", "type": "task", "title": "Call", "visible_when": {"data.t": {"$eq": "call"}}}],
}  # fmt: skip
SENT: tuple[Callable[[random.Random], dict[str, Any]], ...] = (
    lambda chance: {"n": chance.randrange(100)},
    lambda chance: {"t": chance.choice(["call", "é", "", None])},
    lambda chance: {"d": f"2026-01-{chance.randrange(10, 28)}", "t": "both"},
    lambda _: {"n": None, "d": None},
    lambda chance: {"n": "no number", "unknown": chance.randrange(9)},
    lambda _: {"twice": 3},
)


def _as_it_is(answer: Any, ids: dict[str, str]) -> Any:
    """What is the same for twins: without times, under one name."""
    text = answer.text
    for id, name in ids.items():
        text = text.replace(id, name)
    document = httpx.Response(200, text=text).json()
    document.pop("created_at", None), document.pop("updated_at", None)
    return answer.status_code, answer.headers.get("etag"), document


def _entries(api: Api, case: str) -> list[Any]:
    page = api.json("GET", f"/v1/cases/{case}/history", params={"page[size]": 100})["data"]
    return [{key: value for key, value in entry.items() if key not in ("id", "at")} for entry in page]


@left_to_ci("hundreds of updates by twelve callers, and then once more alone")
@pytest.mark.long
def test_company_and_alone_are_one(world: World, workspace: Workspace, api: Api, make_template: Any) -> None:
    """The property: many callers at once, then one after the other on twins, in the order that came about."""
    template = make_template(**TEMPLATE)["id"]
    body = {"template": {"id": template}, "title": "T", "reference": "R"}
    make = lambda: api.json("POST", "/v1/cases", json=body)["id"]  # noqa: E731
    twins = {make(): make() for _ in range(8)}
    chance = random.Random(UPDATES)
    updates = [(chance.choice(list(twins)), {"u": n, **chance.choice(SENT)(chance)}) for n in range(UPDATES)]
    tokens = [world.token(workspace) for _ in range(CALLERS)]
    clients = [world.client(token) for token in tokens]
    before = len(world.statements)
    with ThreadPoolExecutor(CALLERS) as pool:
        update = lambda n: clients[n % CALLERS].post(f"/v1/cases/{updates[n][0]}/data", json={"data": updates[n][1]})  # noqa: E731
        answers = list(pool.map(update, range(UPDATES)))
    assert len(world.statements) - before < 3 * UPDATES, "nobody had company"
    order = sorted(range(UPDATES), key=lambda n: (answers[n].json().get("updated_at", ""), n))
    for n in order:
        case, sent = updates[n]
        alone = clients[n % CALLERS].post(f"/v1/cases/{twins[case]}/data", json={"data": sent}, headers=ALONE)
        assert _as_it_is(alone, {twins[case]: "case"}) == _as_it_is(answers[n], {case: "case"})
    for case, twin in twins.items():
        assert _entries(api, case) == _entries(api, twin)
        assert _as_it_is(api.get(f"/v1/cases/{case}"), {case: "case"}) == _as_it_is(api.get(f"/v1/cases/{twin}"), {twin: "case"})  # fmt: skip
        for condition in ({"data.n": {"$gt": 50}}, {"data.n": {"$lt": 51}}, {"data.n": {"$eq": None}}):
            found = api.json(
                "GET", "/v1/cases", params={"filter": json.dumps({"attributes": condition}), "page[size]": 100}
            )["data"]
            assert len({each["id"] for each in found} & {case, twin}) in (0, 2)


@pytest.fixture
def make_simple(make_template: Any, make_case: Any) -> Callable[[], UUID]:
    template = make_template(schema=[{"key": "n", "type": "number", "name": "N"}])["id"]
    return lambda: UUID(make_case(template={"id": template})["id"])


@pytest.fixture
def actor(workspace: Workspace) -> Actor:
    return Actor("token", UUID(int=7), "Seven", "api", Scope((workspace.id,)), of_token())


def _together(world: World, changes: list[Change[Any]]) -> list[Any]:
    """What came of changes that were asked for in one moment, and so share."""
    updates: GroupCommit[Any, Any] = GroupCommit.of(world.database, DATA.update_in_company)

    async def ask() -> list[Any]:
        return await asyncio.gather(*map(updates.submit, changes), return_exceptions=True)

    return world.server.run(ask())


def test_a_round_is_two_statements(world: World, actor: Actor, make_simple: Any) -> None:
    cases = [make_simple() for _ in range(20)]
    _together(world, [Change(actor, cases[0], {"n": 0})])
    before = len(world.statements)
    outcomes = _together(world, [Change(actor, case, {"n": n + 1}) for n, case in enumerate(cases)])
    assert [outcome.after.data["n"] for outcome in outcomes] == list(range(1, 21))
    assert len(world.statements) - before == 2


def test_a_round_is_small(world: World, actor: Actor, make_simple: Any, api: Api) -> None:
    """[S18] Large cases go alone, and are read one by one: sixty-four of a megabyte would hold up everybody else."""
    cases = [make_simple() for _ in range(3)]
    large = api.json(
        "POST",
        "/v1/cases",
        json={
            "title": "Large",
            "schema": [
                {"key": "n", "type": "number", "name": "N", "value": 1},
                {"key": "t", "type": "text", "name": "T", "value": " ".join(map(str, range(9000)))},
            ],
        },
    )
    cases[1] = UUID(large["id"])
    outcomes = _together(world, [Change(actor, case, {"n": 2}) for case in cases])
    assert [outcome and outcome.after.data["n"] for outcome in outcomes] == [2, None, 2]
    assert values(api.json("POST", f"/v1/cases/{cases[1]}/data", json={"data": {"n": 2}})) == values(large) | {"n": 2}
    many = {"cases": [{"id": str(case), "data": {"n": 3}} for case in [*cases, new_id()]]}
    results = api.json("POST", "/v1/cases/data", json=many)["results"]
    assert [each["status"] for each in results] == [200, 200, 200, 404]
    assert values(api.json("GET", f"/v1/cases/{cases[1]}")) == values(large) | {"n": 3}


def test_the_same_case_in_a_round_goes_in_the_order_of_asking(world: World, actor: Actor, make_simple: Any) -> None:
    case, other = make_simple(), make_simple()
    outcomes = _together(world, [Change(actor, each, {"n": n}) for n in range(5) for each in (case, other)])
    assert [outcome.after.version for outcome in outcomes[::2]] == [2, 3, 4, 5, 6]
    assert [outcome.after.data["n"] for outcome in outcomes[1::2]] == [0, 1, 2, 3, 4]


def test_a_refusal_is_for_who_is_refused(world: World, actor: Actor, make_simple: Any) -> None:
    cases = [make_simple() for _ in range(3)]
    good, bad, also_good = _together(
        world, [Change(actor, case, {"n": n}) for case, n in zip(cases, (1, "one", 3), strict=True)]
    )
    assert isinstance(bad, Invalid)
    assert (good.after.data, also_good.after.data) == ({"n": 1}, {"n": 3})


def test_whose_case_it_is_not_sees_nothing_of_it(world: World, actor: Actor, make_simple: Any) -> None:
    """Strangers do not share; in one scope a limited member's cases are theirs, whoever shares the moment."""
    case = make_simple()
    stranger = replace(actor, scope=Scope((world.workspace().id,)))
    limited = replace(actor, type="member", scope=replace(actor.scope, owner=UUID(int=9)))
    outcomes = _together(world, [Change(each, case, {"n": 1}) for each in (stranger, limited, actor)])
    assert outcomes[:2] == [None, None]
    assert outcomes[2].after.version == 2


def test_who_shares_keeps_their_name_in_the_history(
    world: World, workspace: Workspace, api: Api, make_simple: Any
) -> None:
    cases = [make_simple() for _ in range(CALLERS)]
    clients = [world.client(world.token(workspace)) for _ in cases]

    def update(n: int) -> None:
        for number in range(5):
            clients[n].json("POST", f"/v1/cases/{cases[n]}/data", json={"data": {"n": number}})

    with ThreadPoolExecutor(CALLERS) as pool:
        list(pool.map(update, range(CALLERS)))
    actors = [{entry["actor"]["id"] for entry in _entries(api, str(case))[:5]} for case in cases]
    assert all(len(each) == 1 for each in actors)
    assert len(set.union(*actors)) == CALLERS


def test_a_case_that_is_locked_holds_up_nobody_else(
    database_url: str, api: Api, make_simple: Any, world: World, actor: Actor
) -> None:
    held, free = make_simple(), make_simple()
    with psycopg.connect(database_url) as other, ThreadPoolExecutor(1) as pool:
        other.execute("SELECT FROM cases WHERE id = %s FOR UPDATE", [held])
        waiting = pool.submit(api.post, f"/v1/cases/{held}/data", json={"data": {"n": 1}})
        outcomes = _together(world, [Change(actor, held, {"n": 2}), Change(actor, free, {"n": 3})])
        assert outcomes[0] is None
        assert outcomes[1].after.data == {"n": 3}
        time.sleep(0.1)
        assert not waiting.done()
        other.rollback()
        assert waiting.result(10).status_code == 200


@pytest.mark.parametrize("where", ["check_values", "publish"])
def test_what_fails_for_one_fails_for_one(
    world: World, actor: Actor, make_simple: Any, api: Api, monkeypatch: pytest.MonkeyPatch, where: str
) -> None:
    """A bug of ours, before or after the write: the others are kept, and the answer to the one is 500."""
    cases = [make_simple() for _ in range(CALLERS)]
    _break(world, monkeypatch, where)

    def update(n: int) -> int:
        return api.post(f"/v1/cases/{cases[n]}/data", json={"data": {"n": 666 if n == 3 else n}}).status_code

    with ThreadPoolExecutor(CALLERS) as pool:
        assert list(pool.map(update, range(CALLERS))) == [500 if n == 3 else 200 for n in range(CALLERS)]
    kept = [values(api.json("GET", f"/v1/cases/{case}"))["n"] for case in cases]
    assert kept == [None if n == 3 else n for n in range(CALLERS)]
    outcomes = _together(world, [Change(actor, cases[0], {"n": 666}), Change(actor, cases[1], {"n": 77})])
    assert outcomes[0] is None


def _break(world: World, monkeypatch: pytest.MonkeyPatch, where: str) -> None:
    actions: Any = import_module("dossier.records.actions.data")
    check_values = actions.check_values

    def check(case: Any, unknown: Any, sent: Any, today: Any) -> Any:
        assert sent["n"] != 666
        return check_values(case, unknown, sent, today)

    async def follow(_transaction: Any, fact: CaseChanged) -> None:
        assert fact.case.data["n"] != 666

    if where == "check_values":
        monkeypatch.setattr(actions, "check_values", check)
    else:
        monkeypatch.setattr(world.database, "subscribers", {CaseChanged: (*SUBSCRIBERS[CaseChanged], follow)})


def test_who_gives_up_takes_nobody_along(world: World, actor: Actor, make_simple: Any) -> None:
    """A request that is cancelled while it waits, and one that is while its round is under way."""
    cases = [make_simple() for _ in range(6)]
    began, go_on = asyncio.Event(), asyncio.Event()

    async def slowly(transaction: Any, changes: Any) -> Any:
        began.set()
        await go_on.wait()
        return await DATA.update_in_company(transaction, changes)

    updates: GroupCommit[Any, Any] = GroupCommit.of(world.database, slowly)

    async def ask() -> list[Any]:
        asked = [asyncio.create_task(updates.submit(Change(actor, case, {"n": 1}))) for case in cases[:3]]
        await asyncio.sleep(0)
        asked[0].cancel()
        await began.wait()
        asked[1].cancel()
        asked += [asyncio.create_task(updates.submit(Change(actor, case, {"n": 1}))) for case in cases[3:]]
        await asyncio.sleep(0)
        go_on.set()
        return await asyncio.gather(*asked, return_exceptions=True)

    outcomes = world.server.run(ask())
    assert [type(each) for each in outcomes[:2]] == [asyncio.CancelledError] * 2
    assert [each.after.data for each in outcomes[2:]] == [{"n": 1}] * 4


def test_a_database_that_cannot_work_is_everybodys_trouble(world: World, actor: Actor, make_simple: Any) -> None:
    """Not tried again: whether it was kept is not known when a connection ends."""

    async def lost(_transaction: Any, _changes: Any) -> list[Any]:
        raise psycopg.OperationalError

    updates: GroupCommit[Any, Any] = GroupCommit.of(world.database, lost)
    with pytest.raises(psycopg.OperationalError):
        world.server.run(updates.submit(Change(actor, make_simple(), {"n": 1})))
