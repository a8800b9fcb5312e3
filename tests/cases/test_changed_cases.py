"""What follows every change of a case: its place among the last changed ones, and its words. No clock is trusted for it."""

import time
from collections.abc import Callable, Iterator
from typing import Any

import psycopg
import pytest

from dossier.foundation.database import Transaction
from tests.many import left_to_ci
from tests.world import Api, World, working_world

DATA = {"key": "note", "type": "text", "name": "Note"}


@pytest.fixture(scope="module")
def world(database_url: str) -> Iterator[World]:
    with working_world(database_url) as one:
        yield one


@pytest.fixture
def template(api: Api) -> Any:
    return api.json("POST", "/v1/case_templates", 201, json={"title": "T", "schema": [DATA]})


def make(api: Api, template: Any, title: str) -> Any:
    return api.json("POST", "/v1/cases", json={"title": title, "template": {"id": template["id"]}})


def until(true: Callable[[], Any], seconds: float = 60) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if true():
            return True
        time.sleep(0.1)
    return False


def finds(world: World, browser: Any, word: str, title: str) -> Callable[[], bool]:
    return lambda: title in browser.get("/workspace/cases", params={"q": word}).text


@left_to_ci("waits for the database to count two hundred updates")
@pytest.mark.long
def test_updates_of_data_leave_the_indexes_alone(fresh_database_url: str) -> None:
    """[R16] At least four of five updates of data are heap-only: no index of `cases` is written."""
    with working_world(fresh_database_url) as world, psycopg.connect(fresh_database_url, autocommit=True) as connection:
        api = world.client(world.token(world.workspace()))
        template = api.json("POST", "/v1/case_templates", 201, json={"title": "T", "schema": [DATA]})
        cases = [make(api, template, f"Case {n}") for n in range(10)]
        for n in range(20):
            for each in cases:
                api.json("POST", f"/v1/cases/{each['id']}/data", json={"data": {"note": f"{n}"}})
        assert until(lambda: _updates(connection)[0] >= 200)
        all_of_them, hot = _updates(connection)
    assert hot / all_of_them >= 0.8, f"{hot} of {all_of_them}"


def _updates(connection: psycopg.Connection[Any]) -> tuple[int, int]:
    query = "SELECT n_tup_upd, n_tup_hot_upd FROM pg_stat_user_tables WHERE relname = 'cases'"
    row = connection.execute(query).fetchone()
    assert row
    return row


@pytest.mark.long
def test_a_clock_that_was_set_back_hides_no_case_from_the_search(
    world: World, api: Api, template: Any, browser: Any
) -> None:
    """[R17] A case that is made "an hour ago" is found at once, and after the clock is right again."""
    make(api, template, "Before")
    assert until(finds(world, browser, "before", "Before"))
    world.clock.forward(hours=-1)
    try:
        make(api, template, "Kumquat")
        assert until(finds(world, browser, "kumquat", "Kumquat"))
    finally:
        world.clock.forward(hours=1)
    assert finds(world, browser, "kumquat", "Kumquat")()


@left_to_ci(
    "waits for the search again and again",
    "cases/test_changed_cases.py::test_a_clock_that_was_set_back_hides_no_case_from_the_search",
)
@pytest.mark.long
def test_what_is_committed_late_is_found(
    world: World, api: Api, template: Any, browser: Any, database_url: str
) -> None:
    """[R17] A change that waits in its transaction while later ones are taken is taken when it is committed."""
    slow, quick = make(api, template, "Slow"), make(api, template, "Quick")
    assert until(finds(world, browser, "slow", "Slow"))
    with psycopg.connect(database_url) as late:
        late.execute("UPDATE cases SET version = version + 1, title = 'Tamarind' WHERE id = %s", (slow["id"],))
        api.json("PATCH", f"/v1/cases/{quick['id']}", json={"title": "Physalis"})
        assert until(finds(world, browser, "physalis", "Physalis"))
    api.json("PATCH", f"/v1/cases/{quick['id']}", json={"title": "Quick again"})
    assert until(finds(world, browser, "tamarind", "Tamarind"))


@left_to_ci("waits until a job was tried three times")
@pytest.mark.long
def test_a_word_that_could_not_be_taken_is_taken_again(
    world: World, api: Api, template: Any, browser: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """[R17] What is taken from the queue is taken together with the words: a failure between them loses neither."""
    send, failing = Transaction.send, [True, True]

    async def fails_twice(transaction: Transaction, query: Any, **values: Any) -> Any:
        if "INSERT INTO case_words" in str(query) and failing:
            failing.pop()
            raise psycopg.OperationalError("gone")
        return await send(transaction, query, **values)

    monkeypatch.setattr(Transaction, "send", fails_twice)
    make(api, template, "Rambutan")
    assert until(finds(world, browser, "rambutan", "Rambutan"), 60)
    assert not failing


def test_the_last_changed_case_stands_first_in_every_list(world: World, api: Api, template: Any, browser: Any) -> None:
    """[R16] By hand, by the API and behind a cursor: the order is that of the changes."""
    cases = [make(api, template, f"Numbered {n}") for n in range(5)]
    for n in (1, 3, 0):
        world.clock.forward(milliseconds=5)
        api.json("POST", f"/v1/cases/{cases[n]['id']}/data", json={"data": {"note": "x"}})
    wanted = [cases[n]["id"] for n in (0, 3, 1, 4, 2)]
    listed = api.json("GET", "/v1/cases?sort=-updated_at")["data"]
    assert [each["id"] for each in listed] == wanted
    assert [each["id"] for each in api.json("GET", "/v1/cases?sort=%2Bupdated_at")["data"]] == wanted[::-1]
    page = browser.get("/workspace/cases").text
    assert sorted(wanted, key=page.index) == wanted


def test_what_changed_since_is_found_by_its_time(world: World, api: Api, template: Any) -> None:
    """[R16] The filter that a CRM polls with: all that changed after the last time it looked."""
    old, new = make(api, template, "Old"), make(api, template, "New")
    world.clock.forward(seconds=2)
    changed = api.json("POST", f"/v1/cases/{new['id']}/data", json={"data": {"note": "x"}})
    for op, wanted in (("$gt", [new["id"]]), ("$lt", [old["id"]])):
        condition = f'{{"attributes": {{"updated_at": {{"{op}": "{changed["updated_at"][:-5]}.000Z"}}}}}}'
        assert [each["id"] for each in api.json("GET", "/v1/cases", params={"filter": condition})["data"]] == wanted
    condition = f'{{"attributes": {{"updated_at": {{"$eq": "{changed["updated_at"]}"}}}}}}'
    assert api.json("GET", "/v1/cases", params={"filter": condition})["meta"]["total_count"] == 1


@pytest.fixture
def browser(world: World, workspace: Any) -> Any:
    return world.browser(world.member(workspace, f"reader-{workspace.slug}@example.org"))


def test_who_changes_a_case_does_not_wait_for_its_words(
    world: World, api: Api, template: Any, database_url: str
) -> None:
    """[R14] The search and the history hold a case by its key only: an update goes on meanwhile."""
    case = make(api, template, "Busy")
    with psycopg.connect(database_url) as holder:
        holder.execute("SELECT FROM cases WHERE id = %s FOR KEY SHARE", (case["id"],))
        began = time.monotonic()
        api.json("POST", f"/v1/cases/{case['id']}/data", json={"data": {"note": "x"}})
        assert time.monotonic() - began < 12, "a lock is waited for fifteen seconds"
