"""Migrations: from nothing to the reference, safe to run twice, and never two at once."""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import psycopg

from dossier.migrations import head, migrate, pending
from tests.migrations.schema import REFERENCE, dumped

# Tables that no workspace leads: who may act, and what the server keeps for itself.
EXEMPT = {
    "workspaces",
    "members",
    "memberships",
    "tokens",
    "token_workspaces",
    "idempotency_keys",
    "alembic_version",
    "member_passwords",
    "sign_in_links",
    "sessions",
    "sign_in_failures",
    "member_second_factors",
    "member_recovery_codes",
    "member_identities",
}


def test_from_zero_equals_the_reference(fresh_database_url: str) -> None:
    assert dumped(fresh_database_url) == REFERENCE.read_text(), "run: make reference"


def test_nothing_is_pending_and_a_second_run_does_nothing(fresh_database_url: str) -> None:
    assert pending(fresh_database_url) == []
    assert migrate(fresh_database_url, lambda _: None) == []
    assert head() == "0005_app_indexes"


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
        assert sorted(pool.map(run, range(2))) == [["0"], ["5"]]


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
