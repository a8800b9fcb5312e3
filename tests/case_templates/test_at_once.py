"""Two who change one template at once: the second waits for the first, and works on what came of it."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import psycopg

from dossier.workspaces.model import Workspace
from tests.case_templates.test_designer import Designer
from tests.cli.served import until
from tests.world import Api, World

WAITING = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"


def at_once(database_url: str, template: str, *asked: Callable[[], httpx.Response]) -> list[httpx.Response]:
    """The answers to requests that all began before the first of them could change the template."""
    with (
        psycopg.connect(database_url) as holding,
        psycopg.connect(database_url, autocommit=True) as looking,
        ThreadPoolExecutor(len(asked)) as pool,
    ):
        for table, column in (("case_templates", "id"), ("case_template_drafts", "template_id")):
            holding.execute(f"SELECT FROM {table} WHERE {column} = %s FOR UPDATE", [template])
        answers = [pool.submit(each) for each in asked]
        until(lambda: looking.execute(WAITING).fetchone() == (len(asked),))
        holding.rollback()
        return [each.result() for each in answers]


def test_two_revisions_at_once_are_two_versions(api: Api, database_url: str) -> None:
    template = api.json("POST", "/v1/case_templates", 201, json={"title": "Claim"})["id"]
    address = f"/v1/case_templates/{template}"
    answers = at_once(
        database_url,
        template,
        lambda: api.put(address, json={"title": "One"}),
        lambda: api.put(address, json={"title": "Other"}),
    )
    assert [each.status_code for each in answers] == [200, 200], [each.text for each in answers]
    assert api.json("GET", f"{address}/document")["version"] == 3


def test_archiving_twice_at_once_is_archiving_once(api: Api, database_url: str) -> None:
    template = api.json("POST", "/v1/case_templates", 201, json={"title": "Claim"})["id"]
    address = f"/v1/case_templates/{template}"
    archive = lambda: api.post(address, json={"archived": True})  # noqa: E731
    assert [each.status_code for each in at_once(database_url, template, archive, archive)] == [200, 200]
    kinds = [each["kind"] for each in api.json("GET", f"{address}/history")["data"]]
    assert kinds.count("archived") == 1


def test_of_two_additions_to_a_draft_at_once_none_is_lost(
    world: World, workspace: Workspace, database_url: str
) -> None:
    browser = world.browser(world.member(workspace, f"a-{workspace.slug}@example.org", "administrator"))
    designer = Designer(browser)

    def add(name: str) -> Callable[[], Any]:
        address = f"{designer.address}/edit/schema?type=text"
        return lambda: browser.send_form(address, name=name, revision="1", seen="")

    answers = at_once(database_url, designer.address.rpartition("/")[2], add("One"), add("Other"))
    assert [each.status_code for each in answers] == [200, 200]
    assert {each["name"] for each in designer.document()["schema"]} == {"One", "Other"}
