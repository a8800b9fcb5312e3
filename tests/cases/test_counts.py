"""The numbers beside the list: kept exactly by state, counted to a thousand where something is searched or filtered for."""

import random
import re
import time
from collections import Counter
from collections.abc import Iterator

import psycopg
import pytest

from dossier.cases.jobs import fold_counts
from dossier.workspaces.model import Workspace
from tests.many import left_to_ci
from tests.world import Api, Browser, World, working_world

STAGES = {"draft": "Draft", "pending": "Pending", "in_progress": "In progress", "closed": "Closed"}
STATUSES = [{"key": "busy", "label": "Busy", "parent_status": "in_progress"}]
_MANY = """
INSERT INTO cases (workspace_id, id, version, title, reference, status, parent_status, waiting_for, created_at, updated_at, data)
SELECT %s, gen_random_uuid(), 1, 'Storm ' || n, 'S-' || n, 'draft', 'draft', 'none', now(), now(), '{}' FROM generate_series(1, 1100) AS n
"""


@pytest.fixture(scope="module")
def world(database_url: str) -> Iterator[World]:
    with working_world(database_url) as one:
        yield one


@pytest.fixture
def handler(world: World, workspace: Workspace) -> Browser:
    return world.browser(world.member(workspace, f"c-{workspace.slug}@example.org"))


def shown(browser: Browser, query: str = "") -> dict[str, int]:
    """The number at each stage of the list."""
    text = browser.get(f"/workspace/cases?view=all{query}").text
    found = re.findall(
        r'aria-current="true">|<a class="d-tab"[^>]*>\s*([^<]+?)\s*<span class="d-count">([\d,]+)<', text
    )
    return {name: int(number.replace(",", "")) for name, number in found if name and name != "All"}


@left_to_ci(
    "sixty changes by chance, and the list after each",
    "cases/test_counts.py::test_what_is_searched_or_filtered_for_is_counted_to_a_thousand",
)
@pytest.mark.long
def test_states_are_kept_exactly_whatever_happens(
    world: World, api: Api, handler: Browser, workspace: Workspace
) -> None:
    """Made, moved, archived, taken back and deleted in any order, folded and counted in between: as many as there are."""
    template = api.json("POST", "/v1/case_templates", 201, json={"title": "T", "statuses": STATUSES})["id"]
    chance, stages, archived = random.Random(16), dict[str, str](), set[str]()
    for turn in range(60):
        case = chance.choice(sorted(stages)) if stages and turn % 3 else ""
        act = chance.choice(("status", "status", "archive", "delete")) if case else "make"
        if act == "make":
            made = api.json("POST", "/v1/cases", json={"title": f"Case {turn}", "template": {"id": template}})
            stages[made["id"]] = "draft"
        elif act == "status" and case not in archived:
            status = chance.choice(("draft", "busy", "closed"))
            api.json("PATCH", f"/v1/cases/{case}", json={"status": status})
            stages[case] = {"busy": "in_progress"}.get(status, status)
        elif act == "archive":
            archived ^= {case}
            api.json("POST", f"/v1/cases/{case}", json={"archived": case in archived})
        elif act == "delete":
            assert api.delete(f"/v1/cases/{case}").status_code == 204
            archived.discard(case)
            del stages[case]
        if turn % 7 == 0:
            world.server.run(fold_counts(world.services))
        expected = Counter(stage for id, stage in stages.items() if id not in archived)
        assert shown(handler) == {name: expected[key] for key, name in STAGES.items()}, (turn, act)
    world.statements.clear()
    shown(handler)
    assert not [each for each in world.statements if "GROUP BY" in each and "FROM cases" in each], (
        "it is kept, not counted"
    )


@pytest.mark.long
def test_what_is_searched_or_filtered_for_is_counted_to_a_thousand(
    world: World, database_url: str, handler: Browser, workspace: Workspace
) -> None:
    """“More than 1,000” at once, and exactly when somebody asks."""
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute(_MANY, [workspace.id])
    world.server.run(fold_counts(world.services))
    assert shown(handler)["Draft"] == 1100
    page = handler.get("/workspace/cases?a=title&o=contains&v=Storm").text
    exact = re.search(r'<a class="d-count" id="total" href="([^"]+)"[^>]*>\s*more than 1,000</a>', page)
    assert exact
    assert shown(handler, "&a=title&o=contains&v=Storm") == {}
    assert 'id="total">0<' in handler.get("/workspace/cases?a=title&o=contains&v=Storm&status=closed").text
    counted = handler.get("/workspace/cases" + exact[1].replace("&amp;", "&")).text
    assert re.search(r'id="total">1,100<', counted)


@left_to_ci("leafs through hundreds of cases there and back, and waits for the index first")
@pytest.mark.long
def test_a_common_word_is_leafed_through_without_looking_at_all(
    world: World, database_url: str, handler: Browser, workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Words that many cases have: every page follows the last one, there and back, each case once, exact ones first."""
    monkeypatch.setattr("dossier.listing.lookup.SOME", 20)
    monkeypatch.setattr("dossier.listing.keyset.STEPS", (10, 40))
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute(_MANY.replace("'Storm ' || n", "CASE WHEN n %% 11 = 0 THEN 'Stormy roof ' ELSE 'Storm ' END || n").replace("1100", "330"), [workspace.id])  # fmt: skip
        connection.execute("INSERT INTO procrastinate_jobs (queue_name, task_name, args) VALUES ('search', 'cases.refresh_all_words', '{}')")  # fmt: skip
    end = time.monotonic() + 60
    while 'id="total">330<' not in handler.get("/workspace/cases?q=storm&count=exact").text and time.monotonic() < end:
        time.sleep(0.2)
    every, addresses = list[str](), ["?q=storm"]
    while addresses[-1]:
        page = handler.get("/workspace/cases" + addresses[-1]).text
        every += re.findall(r'<a href="/workspace/cases/[0-9a-f-]{36}">([^<]+)</a>', page)
        following = re.search(r'rel="next" href="([^"]+)"', page)
        addresses.append(following[1].replace("&amp;", "&") if following else "")
    assert sorted(every) == sorted(set(every))
    assert [each.startswith("Stormy") for each in every] == [False] * 300 + [True] * 30
    back = re.search(r'rel="prev" href="([^"]+)"', handler.get("/workspace/cases" + addresses[-2]).text)
    assert back
    before = titles(handler, back[1].replace("&amp;", "&"))
    assert before == every[len(every) - len(every) % 25 - 25 : len(every) - len(every) % 25]
    assert len(titles(handler, "?q=stormy+roof")) == 25
    assert len(titles(handler, "?q=storm&a=reference&o=contains&v=S-33")) == 2
    assert len(titles(handler, "?q=storm&sort=title&a=reference&o=contains&v=S-32")) == 11
    world.statements.clear()
    assert len(titles(handler, "?q=storm+ro")) == 25
    walked = [each for each in world.statements if "o.word || ''" in each]
    assert walked
    assert not any("o.word >=" in each for each in walked), (
        "for each row of the list all things' words of a beginning are read"
    )


def titles(browser: Browser, query: str) -> list[str]:
    return re.findall(r'<a href="/workspace/cases/[0-9a-f-]{36}">([^<]+)</a>', browser.get(f"/workspace/cases{query}").text)  # fmt: skip
