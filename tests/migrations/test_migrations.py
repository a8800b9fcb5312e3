"""Migrations: from nothing to the reference, safe to run twice, and never two at once."""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import psycopg
import pytest

from dossier.migrations import head, migrate, pending
from dossier.migrations.runner import migrations
from tests.many import left_to_ci
from tests.migrations.schema import REFERENCE, dumped

pytestmark = pytest.mark.long

# Tables that no workspace leads: who may act, and what the server keeps for itself.
EXEMPT = {
    "server_signs",
    "key_checks",
    "job_failures",
    "workspaces",
    "members",
    "memberships",
    "tokens",
    "token_workspaces",
    "idempotency_keys",
    "idempotency_leases",
    "alembic_version",
    "member_passwords",
    "sign_in_links",
    "sessions",
    "sign_in_failures",
    "member_second_factors",
    "member_recovery_codes",
    "member_identities",
    "backups",
    "audit_entries",
    "signing_keys",
    "form_links",
    "webhook_progress",
    "commit_marks",
}


def test_from_zero_equals_the_reference(fresh_database_url: str) -> None:
    assert dumped(fresh_database_url) == REFERENCE.read_text(), "run: make reference"


def test_nothing_is_pending_and_a_second_run_does_nothing(fresh_database_url: str) -> None:
    assert pending(fresh_database_url) == []
    assert migrate(fresh_database_url, lambda _: None) == []
    assert head() == migrations()[-1]


def test_no_two_migrations_have_the_same_number() -> None:
    """Of two that were written side by side, which runs first would hang on their names."""
    numbers = [each[:4] for each in migrations()]
    assert len(set(numbers)) == len(numbers)


@left_to_ci("runs every migration from nothing")
def test_two_at_once_run_each_migration_once(fresh_database_url: str) -> None:
    with psycopg.connect(fresh_database_url, autocommit=True) as connection:
        connection.execute("DROP SCHEMA public CASCADE")
        connection.execute("CREATE SCHEMA public")

    def run(_: int) -> list[str]:
        code = "import sys; from dossier.migrations import migrate; print(len(migrate(sys.argv[1], lambda _: None)))"
        done = subprocess.run(
            [sys.executable, "-c", code, fresh_database_url], capture_output=True, text=True, check=True
        )
        return done.stdout.split()

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(run, range(2))) == [["0"], [str(len(migrations()))]]


def test_workspace_id_leads_every_key_of_workspace_content(fresh_database_url: str) -> None:
    query = """
        SELECT t.relname, i.relname, (SELECT attname FROM pg_attribute WHERE attrelid = t.oid AND attnum = x.indkey[0])
        FROM pg_index x JOIN pg_class t ON t.oid = x.indrelid JOIN pg_class i ON i.oid = x.indexrelid
        JOIN pg_namespace n ON n.oid = t.relnamespace JOIN pg_am a ON a.oid = i.relam
        WHERE n.nspname = 'public' AND a.amname = 'btree'
        UNION ALL
        SELECT t.relname, c.conname, (SELECT attname FROM pg_attribute WHERE attrelid = t.oid AND attnum = c.conkey[1])
        FROM pg_constraint c JOIN pg_class t ON t.oid = c.conrelid JOIN pg_class f ON f.oid = c.confrelid
        WHERE c.contype = 'f' AND f.relname NOT IN ('members', 'workspaces')
    """
    with psycopg.connect(fresh_database_url) as connection:
        rows: list[Any] = connection.execute(query).fetchall()
    assert len(rows) > 20
    wrong = [
        row
        for row in rows
        if row[0] not in EXEMPT and not row[0].startswith("procrastinate_") and row[2] != "workspace_id"
    ]
    assert wrong == []


_AS_BEFORE = """
DROP TRIGGER case_was_made ON cases; DROP TRIGGER case_was_changed ON cases; DROP TRIGGER contact_was_changed ON contacts;
DROP VIEW search_waiting; DROP TABLE case_updates, search_queue; CREATE INDEX cases_updated ON cases (workspace_id, updated_at, id);
UPDATE alembic_version SET version_num = '0014_backups'
"""
_CASES = """
WITH workspace AS (INSERT INTO workspaces (id, slug, name, created_at) VALUES (gen_random_uuid(), 'old', 'Old', now()) RETURNING id)
INSERT INTO cases (workspace_id, id, version, title, reference, status, parent_status, waiting_for, created_at, updated_at, steps, data)
SELECT w.id, gen_random_uuid(), 1, 'Old', 'R' || n, 'draft', 'draft', 'none', now(), now() - n * interval '1 hour', '{}', '{}'
FROM workspace w, generate_series(1, 4500) AS n
"""


def test_older_cases_keep_their_order_and_their_words_are_taken(fresh_database_url: str) -> None:
    """[R16 R17] What was there before is in the tables that follow every change; run again, it changes nothing."""
    with psycopg.connect(fresh_database_url, autocommit=True) as connection:
        connection.execute(_AS_BEFORE)
        connection.execute(_CASES)
        assert migrate(fresh_database_url, lambda _: None)[0] == "0015_case_updates"
        for query in (
            "SELECT count(*) FROM case_updates u JOIN cases c USING (workspace_id, id) WHERE c.updated_at = u.updated_at",
            "SELECT count(DISTINCT case_id) FROM search_queue",
        ):
            assert connection.execute(query).fetchone() == (4500,)
    assert dumped(fresh_database_url) == REFERENCE.read_text()
