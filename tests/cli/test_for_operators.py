"""What only who runs the server asks: the log of all, jobs, people to be erased, and what was lost: a factor, the key."""

import json
import os
from functools import partial
from pathlib import Path
from typing import Any

import psycopg

from dossier.foundation.cipher import FILE, Key
from tests.cli import warm
from tests.cli.test_commands import Run, run
from tests.world import Api, Workspace

__all__ = ["run"]  # a fixture

FAILED = "INSERT INTO procrastinate_jobs (queue_name, task_name, status) VALUES ('default', 'cases.fold_counts', 'failed') RETURNING id"


def test_jobs_are_done_again_and_given_up(run: Run, fresh_database_url: str) -> None:
    def listed(*more: str) -> list[tuple[str, str]]:
        rows = json.loads(run("jobs", "list", "--json", *more).stdout)
        return [(str(each["id"]), each["status"]) for each in rows if str(each["id"]) == id]

    with psycopg.connect(fresh_database_url, autocommit=True) as owner:
        id = str((owner.execute(FAILED).fetchone() or [""])[0])
    assert listed("--failed") == [(id, "failed")]
    run("jobs", "retry", id)
    assert (listed("--failed"), listed()[0][1] != "failed") == ([], True)
    assert "no failed job" in run("jobs", "retry", id, code=1).stderr
    run("jobs", "cancel", id)
    assert listed() == []


def test_whoever_lost_their_second_factor_or_the_key_goes_on(run: Run, fresh_database_url: str) -> None:
    run("workspace", "create", "claims", "--name", "Claims")
    run("member", "create", "eve@example.org", "--workspace", "claims")
    run("member", "reset-second-factor", "eve@example.org")
    [entry] = json.loads(run("audit", "--act", "second_factor.removed", "--json").stdout)
    assert (entry["who"], entry["via"]) == ("Operator", "cli")
    with psycopg.connect(fresh_database_url) as owner:  # as the first server that began on it
        owner.execute("INSERT INTO key_checks (value, since) VALUES ('x', now())")
    for lost, at_hand in (("a" * 40, "b" * 40), ("b" * 40, "a" * 40)):
        run("key", "accept", DOSSIER_SECRET_KEY=at_hand)
        found = json.loads(run("doctor", "--json", code=1, DOSSIER_SECRET_KEY=lost).stdout)
        assert [each["verdict"] for each in found if each["about"] == "key"] == ["fail"]


def test_the_key_is_changed_and_the_old_one_is_forgotten(run: Run, tmp_path: Path) -> None:
    """[S24] In the folder, where a server finds it; `tests/cli/test_keys.py` changes it under one that runs."""
    (tmp_path / FILE).write_text("x" * 40)
    asked = partial(run, DOSSIER_DATA_DIR=str(tmp_path), DOSSIER_SECRET_KEY="")
    asked("key", "rotate")
    newest, older = (tmp_path / FILE).read_text().split()
    assert (older, newest != older) == ("x" * 40, True)
    asked("key", "retire")
    assert (tmp_path / FILE).read_text().split() == [newest]
    assert [each["key"] for each in json.loads(asked("key", "list", "--json").stdout)] == [Key.of(newest).id]


def test_hosts_that_people_may_go_on_to(run: Run, fresh_database_url: str) -> None:
    run("workspace", "create", "claims", "--name", "Claims")
    assert "www.example.org" in run("workspace", "redirects", "claims", "--host", "www.example.org").stderr
    with psycopg.connect(fresh_database_url) as owner:
        assert owner.execute("SELECT redirect_hosts FROM workspaces").fetchall() == [(["www.example.org"],)]


def test_people_are_found_and_erased(api: Api, workspace: Workspace, make_case: Any, database_url: str) -> None:
    def run(*command: str) -> Any:
        environment = {**os.environ, "DATABASE_URL": database_url}
        done = warm.run(*command, "--workspace", workspace.slug, environment=environment)
        assert done.returncode == 0, done.stderr
        return done

    make_case(contacts=[{"email": "emma@example.org", "given_name": "Emma"}])
    [emma] = json.loads(run("contact", "find", "--email", "emma@example.org", "--json").stdout)
    assert emma["given_name"] == "Emma"
    assert "from 1 cases" in run("contact", "erase", emma["id"]).stderr
    assert json.loads(run("contact", "find", "--email", "emma@example.org", "--json").stdout) == []
