"""What one workspace asks for, however much it is, is done in turns with what others ask for."""

import asyncio
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack, contextmanager
from typing import Any
from uuid import UUID

import pytest

from dossier.foundation.actor import Scope
from dossier.foundation.turns import Turns
from tests.many import left_to_ci
from tests.world import Workspace, World

pytestmark = pytest.mark.long

COUNTRIES = [{"key": f"c{n}", "type": "country", "name": f"C{n}"} for n in range(10)]
FAR_PAGE = "/v1/cases?page[number]=999"


@contextmanager
def _busy(world: World, workspace: Workspace) -> Iterator[None]:
    """While the block runs, all turns of the workspace are taken."""
    stack = AsyncExitStack()

    async def take() -> None:
        for _ in range(3):
            await stack.enter_async_context(world.database.reading(Scope((workspace.id,)), "costly"))

    world.server.run(take())
    try:
        yield
    finally:
        world.server.run(stack.aclose())


@left_to_ci(
    "waits at every door until a turn is given up", "foundation/test_turns.py::test_a_neighbour_of_two_storms_is_next"
)
def test_whatever_may_look_at_every_case_waits_for_its_turn(world: World) -> None:
    """[S4] Whichever token asks, and through whichever door: pages far from the beginning, templates, changes of all cases."""
    workspace, other = world.workspace(), world.workspace()
    one, both = world.client(world.token(workspace)), world.client(world.token(workspace, other))
    member = world.member(workspace, "turns@mail.example", "administrator")
    browser = world.browser(member)
    with _busy(world, workspace), ThreadPoolExecutor(6) as pool:
        asked = {
            "another token": pool.submit(both.get, '/v1/cases/count?filter={"attributes":{}}'),
            "a far page": pool.submit(one.get, FAR_PAGE),
            "templates": pool.submit(one.get, "/v1/case_templates"),
            "a change of all": pool.submit(
                browser.send_form, "/workspace/cases/bulk", all="yes", query="?q=a", change="archive"
            ),
        }
        assert one.get("/v1/cases").status_code == 200
        answers = {door: each.result().status_code for door, each in asked.items()}
    assert answers == dict.fromkeys(asked, 429)
    assert one.get(FAR_PAGE).status_code == 200


def test_a_neighbour_of_two_storms_is_next() -> None:
    """[S4] Two workspaces that ask for more than there is wait behind a third that asks for one."""
    first, second, third = (UUID(int=n) for n in range(3))

    async def play() -> list[UUID]:
        turns, order, ends = Turns(4), [], asyncio.Event()

        async def ask(who: UUID, number: int) -> None:
            async with turns.turns([who]):
                order.append(who)
                await (ends.wait() if number else asyncio.sleep(0.01))

        asked = [asyncio.create_task(ask(who, n)) for who in (first, second) for n in range(5)]
        await asyncio.sleep(0)
        asked.append(asyncio.create_task(ask(third, 1)))
        await asyncio.sleep(0.02)
        ends.set()
        await asyncio.gather(*asked)
        return order

    order = asyncio.run(play())
    assert order[:5] == [first, first, first, second, third]
    assert len(order) == 11


@pytest.mark.parametrize("granted", [False, True])
def test_a_place_of_who_gave_up_goes_to_the_next(granted: bool) -> None:
    """Given up while it waits, and in the very moment in which it was granted."""

    async def play() -> None:
        turns, who = Turns(1), UUID(int=1)

        async def ask() -> None:
            async with turns.turns([who]):
                assert turns.places == 0

        async with AsyncExitStack() as stack:
            await stack.enter_async_context(turns.turns([who]))
            gives_up = asyncio.create_task(ask())
            await asyncio.sleep(0)
            if granted:
                await stack.aclose()
            gives_up.cancel()
            await asyncio.gather(gives_up, return_exceptions=True)
        await asyncio.wait_for(ask(), 1)
        assert turns.places == 1

    asyncio.run(play())


def test_others_are_answered_while_a_long_page_is_made(world: World) -> None:
    """[S4] A page of five thousand fields is made slice by slice: the server does not stand still meanwhile."""
    workspace = world.workspace()
    api = world.client(world.token(workspace))
    schema = [{"key": f"f{n}", "type": "text", "name": f"Field {n}"} for n in range(5000)]
    template = api.json("POST", "/v1/case_templates", 201, json={"title": "Wide", "schema": schema})
    case = _case(api, template)
    browser = world.browser(world.member(workspace, "wide@mail.example"))
    answered = 0
    with ThreadPoolExecutor(1) as pool:
        page = pool.submit(browser.get, f"/workspace/cases/{case}")
        while not page.done():
            api.get("/livez")
            answered += 1
            time.sleep(0.001)
    assert page.result().status_code == 200
    assert "Field 4999" in page.result().text
    assert answered >= 5


def test_a_list_is_filtered_by_so_many_rows_and_no_more(world: World) -> None:
    """[S2] Each row offers everything: a thousand of them would hold the server for seconds."""
    browser = world.browser(world.member(world.workspace(), "rows@mail.example"))
    rows = "&".join("a=title&o=contains&v=x" for _ in range(1000))
    page = browser.get(f"/workspace/cases?{rows}")
    assert page.status_code == 400
    assert "A form takes 20 conditions at most" in page.text
    assert len(page.content) < 200_000
    assert browser.get(f"/workspace/cases?{rows[: 20 * 23 - 1]}").status_code == 200


@pytest.mark.parametrize(("rows", "says"), [(1000, "too large to be changed on a page"), (100, "<datalist")])
def test_a_table_of_any_size_is_a_page_of_some_size(world: World, rows: int, says: str) -> None:
    """[S2] Ten countries in each of a thousand rows are no ten thousand lists of all countries."""
    workspace = world.workspace()
    api = world.client(world.token(workspace))
    table = {"key": "t", "type": "table", "name": "T", "columns": COUNTRIES}
    case = _case(api, api.json("POST", "/v1/case_templates", 201, json={"title": "Large", "schema": [table]}))
    row = {f"c{n}": "BE" for n in range(10)}
    api.json("POST", f"/v1/cases/{case}/data", json={"data": {"t": [row] * rows}})
    browser = world.browser(world.member(workspace, f"large{rows}@mail.example"))
    page = browser.get(f"/workspace/cases/{case}")
    assert page.status_code == 200
    assert says in page.text
    assert len(page.content) < 1_000_000


def _case(api: Any, template: Any) -> str:
    body = {"template": {"id": template["id"]}, "contacts": [{"email": "who@mail.example"}]}
    return str(api.json("POST", "/v1/cases", json=body)["id"])
