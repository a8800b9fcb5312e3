"""Many at once, on a real PostgreSQL: nothing lost, nothing done twice, nobody blocked."""

import os
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from tests.world import Api, World, values

WRITERS, EACH = 16, 50 if os.environ.get("DOSSIER_MANY") else 20


@pytest.fixture
def case(make_template: Any, make_case: Any) -> dict[str, Any]:
    fields = [{"key": f"k{n}", "type": "number", "name": f"K{n}"} for n in range(WRITERS)]
    return make_case(template={"id": make_template(schema=fields)["id"]})


def together(count: int, work: Callable[[int], Any]) -> list[Any]:
    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(work, range(count)))


@pytest.mark.long
def test_every_update_of_many_writers_is_kept(world: World, api: Api, case: dict[str, Any]) -> None:
    token = api.headers["authorization"].removeprefix("Bearer ")

    def write(writer: int) -> None:
        with world.client(token) as client:
            for number in range(EACH):
                data = {f"k{writer}": number}
                client.json("POST", f"/v1/cases/{case['id']}/data", json={"data": data})

    together(WRITERS, write)
    assert values(api.json("GET", f"/v1/cases/{case['id']}")) == {f"k{n}": EACH - 1 for n in range(WRITERS)}
    history = api.json("GET", f"/v1/cases/{case['id']}/history", params={"page[size]": 1})
    assert history["meta"]["total_count"] == WRITERS * EACH + 1
    assert history["data"][0]["version"] == WRITERS * EACH + 1


def test_the_later_one_wins_on_the_same_key(world: World, api: Api, case: dict[str, Any]) -> None:
    def write(number: int) -> str:
        return api.json("POST", f"/v1/cases/{case['id']}/data", json={"data": {"k0": number}})["updated_at"]

    times = together(8, write)
    assert len(set(times)) == 8
    last = times.index(max(times))
    assert values(api.json("GET", f"/v1/cases/{case['id']}"))["k0"] == last


def test_if_match_lets_one_of_many_through(world: World, api: Api, case: dict[str, Any]) -> None:
    def write(number: int) -> int:
        body = {"data": {"k0": number}}
        return api.post(f"/v1/cases/{case['id']}/data", json=body, headers={"If-Match": '"1"'}).status_code

    assert sorted(together(8, write)) == [200] + [412] * 7


@pytest.mark.long
def test_one_idempotency_key_two_hundred_times_has_one_effect(world: World, api: Api) -> None:
    token = api.headers["authorization"].removeprefix("Bearer ")

    def create(_: int) -> tuple[int, str]:
        with world.client(token) as client:
            response = client.post("/v1/cases", json={"title": "Once"}, headers={"Idempotency-Key": "once"})
            return response.status_code, response.text

    began = time.monotonic()
    answers = together(200, create)
    assert {status for status, _ in answers} <= {200, 409}
    assert len({text for status, text in answers if status == 200}) == 1
    assert api.json("GET", "/v1/cases/count") == {"count": 1}
    assert time.monotonic() - began < 60, "who waits for the first does not wait for a deadline"


def test_bulk_updates_in_opposite_orders_do_not_block_each_other(api: Api, make_template: Any, make_case: Any) -> None:
    template = make_template(schema=[{"key": "n", "type": "number", "name": "N"}])
    ids = [make_case(template={"id": template["id"]})["id"] for _ in range(10)]

    def write(number: int) -> set[int]:
        order = ids if number % 2 else ids[::-1]
        cases = [{"id": id, "data": {"n": number}} for id in order]
        return {each["status"] for each in api.json("POST", "/v1/cases/data", json={"cases": cases})["results"]}

    assert together(8, write) == [{200}] * 8


def test_contacts_with_one_address_made_at_once_are_one_contact(api: Api) -> None:
    def create(_: int) -> str:
        body = {"title": "A", "contacts": [{"email": "same@example.org"}]}
        return api.json("POST", "/v1/cases", json=body)["contacts"][0]["id"]

    assert len(set(together(8, create))) == 1


def test_the_statements_of_an_update_are_counted(world: World, api: Api, case: dict[str, Any]) -> None:
    """Each statement is time: the token, the case with its lock, the write."""
    url = f"/v1/cases/{case['id']}/data"

    def statements(expected: int, method: str, path: str, **more: Any) -> list[str]:
        api.request(method, path, **more)  # what is only done the first time is done
        start = len(world.statements)
        api.json(method, path, **more)
        sent = world.statements[start:]
        assert len(sent) == expected, "\n---\n".join(sent)
        return sent

    for number in (1, 2):
        api.json("POST", url, json={"data": {"k0": number}})
    start = len(world.statements)
    api.json("POST", url, json={"data": {"k0": 3, "k1": 4, "k2": 5}})
    assert len(world.statements) - start == 3
    statements(2, "POST", url, json={"data": {"k0": 3}})  # nothing changes, nothing is written
    statements(2, "GET", f"/v1/cases/{case['id']}")
    statements(3, "GET", "/v1/cases")
    statements(3, "GET", "/v1/cases?status=draft")
    statements(3, "GET", "/v1/case_templates")
