"""What a fault leaves behind is found and mended, and every reader says the truth meanwhile."""

import signal
from collections.abc import Iterator
from contextlib import suppress

import httpx
import psycopg
import pytest

from tests.cli.served import data_folder, until
from tests.faults.harness import BACK, Faulty, checks, kill_postmaster, make, sql, works_again

pytestmark = pytest.mark.long


@pytest.fixture(scope="module")
def running() -> Iterator[Faulty]:
    with data_folder() as folder:
        one = Faulty(folder)
        try:
            one.begin_demo()
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


LOST = 5  # tries: whether the disk has it already is luck
_INDEXED = "SELECT 1 FROM case_words w WHERE w.case_id = %s AND w.word = %s"


def test_words_that_the_disk_had_not_yet_are_taken_again(running: Faulty) -> None:
    """[R4] The search does not wait for the disk: what PostgreSQL had not written when it was killed is made again."""
    works_again(running, "Before the words")
    sql(running, "ALTER SYSTEM SET wal_writer_delay = '10s'")
    sql(running, "SELECT pg_reload_conf()")
    lost = 0
    for number in range(LOST):
        word = f"zebra{number}"
        case = make(running, word)
        until(lambda case=case, word=word: sql(running, _INDEXED, case, word), BACK)  # type: ignore[misc]
        written = "SELECT pg_current_wal_insert_lsn() > pg_current_wal_flush_lsn()"
        lost += sql(running, written)[0][0]
        kill_postmaster(running)
        works_again(running, f"After {word}")
        until(lambda case=case, word=word: sql(running, _INDEXED, case, word), BACK)  # type: ignore[misc]
    assert lost, "the disk was waited for"
    sql(running, "ALTER SYSTEM RESET wal_writer_delay")
