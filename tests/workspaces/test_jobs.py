"""The work in the background, for administrators: theirs alone, with the reason of what failed."""

from typing import Any
from uuid import UUID

import psycopg
import pytest

from dossier.cases.actions.bulk import CASES_AT_ONCE
from dossier.foundation.identifiers import new_id
from dossier.workspaces.model import Workspace
from tests.world import Browser, World

JOBS = "/workspace/settings/jobs"


def sql(url: str, query: str, *values: Any) -> list[Any]:
    with psycopg.connect(url, autocommit=True) as connection:
        cursor = connection.execute(query, values)
        return cursor.fetchall() if cursor.description else []


def job(url: str, workspace: Workspace | None, name: str, status: str = "failed", lock: str | None = None) -> int:
    arguments = f'{{"workspace": "{workspace.id}"}}' if workspace else "{}"
    [(id,)] = sql(
        url,
        "INSERT INTO procrastinate_jobs (queue_name, task_name, args, status, attempts, queueing_lock)"
        " VALUES ('nowhere', %s, %s, %s, 12, %s) RETURNING id",
        name,
        arguments,
        status,
        lock,
    )
    if status == "failed":
        sql(url, "INSERT INTO job_failures VALUES (%s, now(), 'DeadlockDetected')", id)
    return int(id)


@pytest.fixture
def administrator(world: World, workspace: Workspace) -> Browser:
    return world.browser(world.member(workspace, f"a-{workspace.slug}@example.org", "administrator"))


def statuses(url: str, *ids: int) -> dict[int, str]:
    rows = sql(url, "SELECT id, status::text FROM procrastinate_jobs WHERE id = ANY(%s)", list(ids))
    return {row[0]: row[1] for row in rows}


def test_an_administrator_sees_the_jobs_of_the_workspace_alone(
    world: World, workspace: Workspace, administrator: Browser, database_url: str
) -> None:
    """[R3] With state, tries and reason; neither the server's nor another workspace's."""
    mine = job(database_url, workspace, "cases.change_many")
    foreign = job(database_url, world.workspace(), "cases.change_many")
    servers = job(database_url, None, "cases.fold_counts")
    page = administrator.get(JOBS).text
    assert all(each in page for each in (f"/{mine}/retry", "Change many cases", "DeadlockDetected", ">12<", ">failed<"))
    assert not any(f"/{each}/" in page for each in (foreign, servers))
    for id in (foreign, servers):
        for what in ("retry", "cancel"):
            assert administrator.send_form(f"{JOBS}/{id}/{what}").status_code == 404
    assert statuses(database_url, foreign, servers) == {foreign: "failed", servers: "failed"}
    assert "Modifier de nombreux dossiers" in administrator.get(JOBS, headers={"Accept-Language": "fr"}).text


def test_running_again_and_cancelling(workspace: Workspace, administrator: Browser, database_url: str) -> None:
    """[R3] Also where the same waits already: then that one is it."""
    again, gone, doing = (
        job(database_url, workspace, "cases.sweep_words", each) for each in ("failed", "todo", "doing")
    )
    lock = f"x:{new_id()}"
    job(database_url, workspace, "cases.refresh_words", "todo", lock)
    twice = job(database_url, workspace, "cases.refresh_words", "failed", lock)
    assert administrator.send_form(f"{JOBS}/{again}/retry").status_code == 200
    assert administrator.send_form(f"{JOBS}/{twice}/retry").status_code == 200
    assert administrator.send_form(f"{JOBS}/{gone}/cancel").status_code == 200
    assert administrator.send_form(f"{JOBS}/{doing}/cancel").status_code == 404
    assert administrator.send_form(f"{JOBS}/{'9' * 40}/cancel").status_code == 404
    assert statuses(database_url, again, gone, doing, twice) == {again: "todo", doing: "doing"}


def test_who_decides_about_jobs_is_known_afterwards(
    world: World, workspace: Workspace, administrator: Browser, database_url: str
) -> None:
    """[S12] Running a job again, and giving one up."""
    again, gone = job(database_url, workspace, "cases.sweep_words"), job(database_url, workspace, "cases.change_many")
    administrator.send_form(f"{JOBS}/{again}/retry")
    administrator.send_form(f"{JOBS}/{gone}/cancel")
    api = world.client(world.token(workspace))
    found = {each["act"]: (each["subject"], each["details"]) for each in api.json("GET", "/v1/audit")["data"]}
    assert found["job.retried"] == (str(again), {"job": "cases.sweep_words"})
    assert found["job.cancelled"] == (str(gone), {"job": "cases.change_many"})


def test_a_change_whose_job_was_cancelled_is_over(
    world: World, workspace: Workspace, administrator: Browser, make_case: Any, database_url: str
) -> None:
    """[R3] Its page says so of the cases that are left; one that is still worked on goes on."""
    case = make_case()["id"]
    pages = [administrator.send_form("/workspace/cases/bulk", change="archive", case=[case]) for _ in range(2)]
    over, going = (UUID(str(each.url).rsplit("/", 1)[1]) for each in pages)
    query = "UPDATE bulk_changes SET created_at = now() - interval '5 minutes' WHERE id = ANY(%s)"
    sql(database_url, query, [over, going])
    [(id,)] = sql(database_url, "SELECT id FROM procrastinate_jobs WHERE args ->> 'bulk' = %s", str(over))
    assert administrator.send_form(f"{JOBS}/{id}/cancel").status_code == 200
    world.server.run(CASES_AT_ONCE.give_up_changes(world.services))
    page = administrator.get(str(pages[0].url)).text
    assert ">Done.<" in page
    assert "Cancelled before it was this case’s turn." in page
    assert ">Done.<" not in administrator.get(str(pages[1].url)).text
