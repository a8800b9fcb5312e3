"""One caller's costly questions do not hold up another's plain ones."""

import json
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import psycopg
import pytest

from dossier.foundation.actor import Scope
from dossier.foundation.errors import Unprocessable
from dossier.foundation.identifiers import new_id
from tests.world import World

MANY = 4000


@pytest.mark.long
def test_a_storm_of_filters_leaves_other_tenants_alone(world: World, database_url: str) -> None:
    """[S4] Twelve of the worst at once: refused or answered, and a neighbour's list stays quick."""
    stormy, calm = world.workspace(), world.workspace()
    with psycopg.connect(database_url) as connection:
        connection.execute(
            """
            INSERT INTO cases (workspace_id, id, version, title, status, parent_status, waiting_for, created_at, updated_at, data)
            SELECT %s, gen_random_uuid(), 1, 'Case ' || n, 'draft', 'draft', 'none', now(), now(),
                   jsonb_build_object('a', repeat('lorem ipsum ', 30) || n)
            FROM generate_series(1, %s) AS n
            """,
            [stormy.id, MANY],
        )
    worst = {"attributes": {"$or": [{"data.a": {"$contains": f"zq{n}"}} for n in range(60)]}}
    with (
        world.client(world.token(stormy)) as storm,
        world.client(world.token(calm)) as neighbour,
        ThreadPoolExecutor(12) as pool,
    ):
        params = {"filter": json.dumps(worst)}
        asked = [pool.submit(storm.get, "/v1/cases/count", params=params) for _ in range(12)]
        waits = []
        while not all(each.done() for each in asked) and len(waits) < 200:
            began = time.monotonic()
            assert neighbour.get("/v1/cases").status_code == 200
            waits.append(time.monotonic() - began)
            time.sleep(0.02)
        answers = [each.result() for each in asked]
    assert {each.status_code for each in answers} <= {200, 422, 429}
    assert all("retry-after" in each.headers for each in answers if each.status_code == 429)
    assert sorted(waits)[len(waits) * 9 // 10] < 0.2, max(waits)


def test_a_statement_that_takes_too_long_is_refused_with_what_to_do(world: World) -> None:
    """[S4] Not an internal error, and not half a minute later."""

    async def ask() -> None:
        async with world.database.reading(Scope((new_id(),)), "costly") as reading:
            await reading.one("SELECT set_config('statement_timeout', '50', false) AS set")
            await reading.one("SELECT pg_sleep(2)")

    with pytest.raises(Unprocessable, match="narrow it"):
        world.server.run(ask())


def test_statements_of_lists_end_after_five_seconds(world: World) -> None:
    """[S4] And those that find out who asks have connections of their own."""

    async def ask(lane: Any) -> Any:
        async with world.database.reading(Scope((new_id(),)), lane) as reading:
            return (await reading.one("SELECT current_setting('statement_timeout') AS timeout"))["timeout"]

    assert world.server.run(ask("gate")) == "30s"
    world.server.run(ask("costly"))
    assert (
        world.database._readers["costly"] is not world.database._readers["gate"] is not world.database._readers["plain"]
    )
