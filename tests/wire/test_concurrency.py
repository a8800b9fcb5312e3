"""Many at once, on a real PostgreSQL: nothing lost, nothing done twice, nobody blocked."""

import json
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from importlib import import_module
from typing import Any, LiteralString

import psycopg
import pytest

from dossier.cases.actions.later import BACKFILL, WORDS
from dossier.workspaces.model import Workspace
from tests.many import MANY, left_to_ci
from tests.world import Api, World, errors, values

WRITERS, EACH = 16, 50 if MANY else 20


@pytest.fixture
def case(make_template: Any, make_case: Any) -> dict[str, Any]:
    fields = [{"key": f"k{n}", "type": "number", "name": f"K{n}"} for n in range(WRITERS)]
    return make_case(template={"id": make_template(schema=fields)["id"]})


def together(count: int, work: Callable[[int], Any]) -> list[Any]:
    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(work, range(count)))


class InTheWay:
    """A transaction of somebody else that is not over yet: whoever needs what it changed waits, in the order they came."""

    def __init__(self, url: str) -> None:
        self._connection, self._observer = psycopg.connect(url), psycopg.connect(url, autocommit=True)
        self._pool, self._waiting = ThreadPoolExecutor(4), 0

    def holds(self, statement: LiteralString, *given: Any) -> None:
        self._connection.execute(statement, given)

    def before(self, work: Callable[[], Any]) -> "Future[Any]":
        """NewSession, and waiting behind whoever waits already."""
        self._waiting += 1
        begun = self._pool.submit(work)
        until = time.monotonic() + 10
        while self._number_waiting() < self._waiting:
            assert time.monotonic() < until, "nobody waits"
            time.sleep(0.01)
        return begun

    def _number_waiting(self) -> int:
        asked = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
        row = self._observer.execute(asked).fetchone()
        return int(row[0]) if row else 0

    def goes(self, *, keeping: bool = True) -> None:
        if keeping:
            self._connection.commit()
        else:
            self._connection.rollback()

    def close(self) -> None:
        for each in (self._connection, self._observer):
            each.close()
        self._pool.shutdown()


@pytest.fixture
def in_the_way(database_url: str) -> Iterator[InTheWay]:
    other = InTheWay(database_url)
    yield other
    other.close()


HOLD_CASE: LiteralString = "SELECT FROM cases WHERE id = %s FOR UPDATE"


def test_who_waited_for_a_case_sees_the_contacts_of_who_went_first(
    api: Api, in_the_way: InTheWay, make_template: Any, make_case: Any
) -> None:
    """The row that was waited for is the newest; what stands beside it is read again, and decides what follows."""
    known = {"relationships": {"contact": {"attributes": {"email": {"$eq": "first@example.org"}}}}}
    document = {
        "schema": [{"key": "n", "type": "number", "name": "N"}],
        "statuses": [{"key": "known", "label": "Known", "parent_status": "pending", "when": {"condition": known, "watch": ["data.n"]}}],
    }  # fmt: skip
    case = make_case(template={"id": make_template(**document)["id"]})["id"]
    in_the_way.holds(HOLD_CASE, case)
    body = {"contacts": [{"email": "first@example.org"}]}
    first = in_the_way.before(lambda: api.json("POST", f"/v1/cases/{case}/contacts", json=body))
    second = in_the_way.before(lambda: api.json("POST", f"/v1/cases/{case}/data", json={"data": {"n": 1}}))
    in_the_way.goes(keeping=False)
    assert first.result(10)["contacts"][0]["email"] == "first@example.org"
    assert [each["email"] for each in second.result(10)["contacts"]] == ["first@example.org"]
    assert api.json("GET", f"/v1/cases/{case}")["status"] == "known"


def test_a_generated_reference_that_another_took_meanwhile_is_made_anew(
    api: Api, in_the_way: InTheWay, make_case: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Free when it was looked for, taken when it was written: nobody hears of it."""
    making = import_module("dossier.cases.actions.create")  # a function of that name hides it
    monkeypatch.setattr(making, "_references", lambda: ["TAKEN2", "FREE22"])
    other = make_case(reference="OTHER")["id"]
    in_the_way.holds("UPDATE cases SET reference = 'TAKEN2', reference_generated = true WHERE id = %s", other)
    made = in_the_way.before(lambda: api.post("/v1/cases", json={"title": "Late"}))
    in_the_way.goes()
    answer = made.result(10)
    assert (answer.status_code, answer.json().get("reference")) == (200, "FREE22")
    assert api.json("GET", "/v1/cases/count") == {"count": 2}


STALL = """
CREATE SEQUENCE stalls; GRANT ALL ON SEQUENCE stalls TO PUBLIC;
CREATE FUNCTION stalled() RETURNS boolean LANGUAGE plpgsql AS $$ BEGIN
  IF current_setting('transaction_read_only') = 'off' AND nextval('stalls') = 1 THEN PERFORM pg_advisory_xact_lock_shared(7); END IF;
  RETURN true;
END $$;
CREATE POLICY stall ON indexed_fields AS RESTRICTIVE FOR SELECT USING (stalled());
"""


@pytest.fixture
def stalling(database_url: str) -> Iterator[None]:
    """The first statement that reads which fields are indexed stops there while somebody holds the advisory lock 7."""
    with psycopg.connect(database_url, autocommit=True) as owner:
        owner.execute(STALL)
        yield
        owner.execute("DROP POLICY stall ON indexed_fields; DROP FUNCTION stalled; DROP SEQUENCE stalls")


def test_who_began_before_a_field_was_indexed_writes_it_to_the_index_too(
    world: World,
    workspace: Workspace,
    api: Api,
    in_the_way: InTheWay,
    make_template: Any,
    make_case: Any,
    stalling: None,
) -> None:
    """Between its look at what is indexed and its lock on the case lies the whole back-fill: it looks again."""
    schema = [
        {"key": "plate", "type": "text", "name": "Plate", "indexed": True},
        {"key": "colour", "type": "text", "name": "Colour"},
    ]
    template = make_template(schema=schema)["id"]
    case = make_case(template={"id": template}, schema=[{"key": "colour", "value": "red"}])["id"]
    with psycopg.connect(world.database.conninfo) as reset:
        reset.execute("SELECT setval('stalls', 1, false)")
    in_the_way.holds("SELECT pg_advisory_xact_lock(7)")
    update = lambda: api.json("POST", f"/v1/cases/{case}/data", json={"data": {"colour": "blue"}})  # noqa: E731
    late = in_the_way.before(update)
    schema[1]["indexed"] = True
    api.json("PUT", f"/v1/case_templates/{template}", json={"title": "Claim", "schema": schema})
    world.server.run(BACKFILL.fill_field(world.services, str(workspace.id), "colour"))
    in_the_way.goes()
    late.result(10)
    blue, red = ({"attributes": {"data.colour": {"$eq": each}}} for each in ("blue", "red"))
    found = [api.json("GET", "/v1/cases/count", params={"filter": json.dumps(each)})["count"] for each in (blue, red)]
    assert found == [1, 0]


def test_a_change_that_was_committed_late_is_found_all_the_same(
    world: World, workspace: Workspace, api: Api, in_the_way: InTheWay, make_case: Any
) -> None:
    """The words are taken while the change is not over: what it writes then is taken the next time."""
    case = make_case(title="Early")
    take = lambda: world.server.run(WORDS.reindex(world.services, str(workspace.id)))  # noqa: E731
    take()
    in_the_way.holds("UPDATE cases SET title = 'Belated', version = version + 1 WHERE id = %s", case["id"])
    api.json("POST", "/v1/cases", json={"title": "Meanwhile"})
    take()
    in_the_way.goes()
    take()
    words = "SELECT array_agg(word) AS words FROM case_words WHERE case_id = %(id)s"
    assert "belated" in world.do(lambda tx: tx.one(words, id=case["id"]))["words"]


@left_to_ci(
    "many writers, many updates each",
    "wire/test_concurrency.py::test_one_idempotency_key_two_hundred_times_has_one_effect",
)
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


@pytest.mark.parametrize("lines", [("*", '"1"'), ('"1"', "*"), ('"1"', '"2"'), ('"1", "2"',)])
def test_several_if_match_are_refused_whichever_way_they_stand(
    api: Api, case: dict[str, Any], lines: tuple[str, ...]
) -> None:
    """The first of two lines is not the whole of what was asked."""
    headers = [("If-Match", line) for line in lines]
    answer = api.post(f"/v1/cases/{case['id']}/data", json={"data": {"k0": 1}}, headers=headers)
    assert (answer.status_code, errors(answer)) == (400, {"If-Match": "invalid_header"})


@pytest.mark.long
def test_one_idempotency_key_two_hundred_times_has_one_effect(world: World, api: Api) -> None:
    token = api.headers["authorization"].removeprefix("Bearer ")

    def create(_: int) -> tuple[int, str]:
        with world.client(token) as client:
            response = client.post("/v1/cases", json={"title": "Once"}, headers={"Idempotency-Key": "once"})
            return response.status_code, response.text

    began = time.monotonic()
    answers = together(200, create)
    assert {status for status, _ in answers} <= {200, 409, 503}
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
        sent = [
            each for each in world.statements[start:] if "f.position" not in each
        ]  # who gives out events looks, too
        assert len(sent) == expected, "\n---\n".join(sent)
        return sent

    for number in (1, 2):
        api.json("POST", url, json={"data": {"k0": number}})
    start = len(world.statements)
    api.json("POST", url, json={"data": {"k0": 3, "k1": 4, "k2": 5}})
    assert len(world.statements) - start == 3
    statements(2, "POST", url, json={"data": {"k0": 3}})  # nothing changes, nothing is written
    statements(2, "GET", f"/v1/cases/{case['id']}")
    statements(2, "GET", "/v1/cases")
    statements(2, "GET", "/v1/cases?status=draft")
    statements(2, "GET", "/v1/case_templates")
