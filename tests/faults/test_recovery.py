"""What a fault leaves behind is found and mended, and every reader says the truth meanwhile."""

import signal
from collections.abc import Iterator
from contextlib import suppress

import httpx
import psycopg
import pytest

from tests.cli.served import data_folder, until
from tests.faults.harness import BACK, Faulty, checks, sql, works_again

pytestmark = pytest.mark.long


@pytest.fixture(scope="module")
def running() -> Iterator[Faulty]:
    with data_folder() as folder:
        one = Faulty(folder)
        try:
            one.begin()
            yield one
        finally:
            if one.process and one.process.poll() is None:
                one.end()


def test_work_that_a_killed_server_left_runs_again(running: Faulty) -> None:
    """[R3 R9] A job whose worker died is not `doing` for ever, and its lock does not hold the next ones."""
    works_again(running, "Before")
    workspace = sql(running, "SELECT id FROM workspaces")[0][0]
    lock = f"cases.refresh_words:{workspace}"
    query = """
        WITH dead AS (INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now() - interval '1 hour') RETURNING id)
        INSERT INTO procrastinate_jobs (queue_name, task_name, lock, queueing_lock, args, status, worker_id)
        SELECT 'default', 'cases.refresh_words', %s, %s, jsonb_build_object('workspace', %s::text), 'doing', id FROM dead
    """

    def leave() -> bool:
        with suppress(psycopg.errors.UniqueViolation):  # while a run that lives has the lock
            sql(running, query, lock, lock, str(workspace))
            return True
        return False

    until(leave, BACK)
    running.end(signal.SIGKILL)
    running.restart()
    works_again(running, "After the kill")
    until(
        lambda: not sql(running, "SELECT 1 FROM procrastinate_jobs WHERE status = 'doing' AND worker_id IS NULL"), BACK
    )


def test_a_failed_job_is_shown_and_can_be_tried_again(running: Faulty) -> None:
    """[R3] It is shown, and runs again when it is told to."""
    sql(
        running,
        "INSERT INTO procrastinate_jobs (queue_name, task_name, args, status) VALUES ('default', 'cases.fold_counts', '{}', 'failed')",
    )
    assert checks(running)["checks"]["jobs failed"]["well"] is False
    assert 'dossier_check{name="jobs failed"} 0.0' in httpx.get(f"{running.url}/metrics").text
    [(id,)] = sql(running, "SELECT id FROM procrastinate_jobs WHERE status = 'failed'")
    assert str(id) in running.command("jobs", "list", "--failed").stdout
    assert running.command("jobs", "retry", str(id)).returncode == 0
    until(lambda: not sql(running, "SELECT 1 FROM procrastinate_jobs WHERE id = %s", id), BACK)
    assert checks(running)["status"] == "ok"
