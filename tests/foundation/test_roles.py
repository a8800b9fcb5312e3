"""The role that serves can read and write rows, and nothing else: a hole in a statement is no way out of the database."""

import asyncio
import re
from dataclasses import replace
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from psycopg import errors

from dossier.foundation.actor import Actor, Scope
from dossier.foundation.database import Database, Transaction
from dossier.foundation.postgres import SERVING, Cluster
from dossier.foundation.testing import postgres
from dossier.migrations import may_too_much
from tests.cli.served import server
from tests.many import left_to_ci
from tests.world import OPERATOR, Api, World

OPEN = {"audit_entries", "form_links", "sessions", "sign_in_links", "token_workspaces"}
"""Who may act, and what the server keeps of it: asked before anybody's workspaces are known."""

ATTACKS = [
    "COPY (SELECT 1) TO PROGRAM 'id'",
    "SELECT pg_read_file('postgresql.conf')",
    "CREATE TABLE mine (id int)",
    "CREATE FUNCTION mine() RETURNS int LANGUAGE sql AS 'SELECT 1'",
    "CREATE EXTENSION dblink",
    "CREATE ROLE mine",
    "DROP TABLE cases",
    "ALTER TABLE cases ADD COLUMN mine int",
    "TRUNCATE cases",
    "UPDATE alembic_version SET version_num = '9999'",
    "UPDATE audit_entries SET actor_name = 'somebody else'",
    "ALTER SYSTEM SET fsync = off",
    "SET ROLE dossier",
    "SELECT rolpassword FROM pg_authid",
]


@pytest.mark.parametrize("attack", ATTACKS)
def test_the_role_that_serves_can_do_no_more(database_url: str, attack: str) -> None:
    """[S11] Programs, files, the schema, roles, the audit log: refused by PostgreSQL itself."""
    with (
        psycopg.connect(postgres.serving(database_url), autocommit=True) as connection,
        pytest.raises(psycopg.Error) as refused,
    ):
        connection.execute(attack)
    assert isinstance(refused.value, errors.InsufficientPrivilege | errors.UndefinedObject), refused.value


@left_to_ci("starts a server and its database from nothing")
@pytest.mark.long
def test_the_embedded_server_serves_as_that_role() -> None:
    """[S11] After a start from nothing; and its password does not let the owner in."""
    with server() as one:
        one.start()
        cluster = Cluster(one.folder, lambda _: None)
        with psycopg.connect(cluster.conninfo) as owner:
            query = "SELECT DISTINCT usename FROM pg_stat_activity WHERE application_name = 'dossier'"
            assert owner.execute(query).fetchall() == [(SERVING,)]
            assert may_too_much(owner, SERVING) is None
            assert (
                may_too_much(owner, "dossier")
                == "is a superuser, passes by row-level security, makes roles, owns tables"
            )
        with psycopg.connect(cluster.serving_conninfo) as serving, pytest.raises(errors.InsufficientPrivilege):
            serving.execute("CREATE TEMPORARY TABLE mine (id int)")
        with pytest.raises(psycopg.OperationalError):
            psycopg.connect(cluster.serving_conninfo, user="dossier")


@pytest.mark.parametrize(
    ("query", "index"),
    [
        ("SELECT word FROM search_words WHERE letters %% 'brussels' AND %s IS NOT NULL", "search_words_likeness"),
        (
            "SELECT case_id FROM case_field_values WHERE workspace_id = %s AND field = 'n' AND number_value = 5",
            "number",
        ),
    ],
)
def test_indexes_answer_behind_the_wall(database_url: str, query: str, index: str) -> None:
    """[S11] Row-level security leaves mistyped words and numbers to their indexes."""
    with psycopg.connect(
        postgres.serving(database_url), options="-c dossier.scope={} -c enable_seqscan=off"
    ) as connection:
        rows = connection.execute("EXPLAIN " + query, (uuid4(),)).fetchall()  # type: ignore[call-overload]
    plan = "\n".join(row[0] for row in rows)
    assert re.search(rf"{index}(.|\n)*Index Cond: .*(number_value|letters)", plan), plan


def test_every_table_of_a_workspace_has_its_wall(database_url: str) -> None:
    """[S11] A new table with a `workspace_id` is behind row-level security, forced, or says why not."""
    query = """
        SELECT c.relname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'workspace_id'
        WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace AND NOT (c.relrowsecurity AND c.relforcerowsecurity)
    """
    with psycopg.connect(database_url) as owner:
        open_tables = {row[0] for row in owner.execute(query)}
    assert open_tables == OPEN


def test_a_connection_shows_what_it_said(world: World, api: Api, workspace: Any, database_url: str) -> None:
    """[S11] Nothing, one workspace, all; and a row cannot be put into another one."""
    api.json("POST", "/v1/cases", json={"title": "Mine"})
    with psycopg.connect(postgres.serving(database_url), options="-c dossier.scope={}", autocommit=True) as one:
        count = "SELECT count(*) FROM cases WHERE title = 'Mine'"
        assert one.execute(count).fetchone() == (0,)
        one.execute("SELECT set_config('dossier.scope', %s, false)", ("{" + str(workspace.id) + "}",))
        assert one.execute(count).fetchone() == (1,)
        with pytest.raises(errors.InsufficientPrivilege, match="row-level security"):
            one.execute("INSERT INTO indexed_fields (workspace_id, field) VALUES (%s, 'x')", (world.workspace().id,))


async def _fails(tx: Transaction) -> None:
    await tx.first("SELECT 1")
    raise LookupError


async def _is_refused(tx: Transaction) -> None:
    await tx.first("SELECT 1 / 0")


async def _is_refused_at_the_end(tx: Transaction) -> None:
    await tx.first("SELECT 1")
    await tx.send("SELECT 1 / 0")


async def _is_left(tx: Transaction) -> None:
    await tx.first("SELECT 1")
    raise asyncio.CancelledError


UNDONE = [_fails, _is_refused, _is_refused_at_the_end, _is_left, None]


@pytest.mark.parametrize("undone", UNDONE)
def test_a_connection_that_writes_shows_each_scope_its_own(world: World, database_url: str, undone: Any) -> None:
    """[S11] What a connection shows is remembered over transactions, and never over one that was undone (None: a rehearsal)."""
    scopes = [Scope((world.workspace().id,)) for _ in range(2)]
    shown = "SELECT current_setting('dossier.scope') AS scope"

    async def look(tx: Transaction) -> Any:
        return (await tx.one(shown))["scope"]

    async def work() -> None:
        database = Database(postgres.serving(database_url), max_connections=1)
        await database.open()
        try:
            for mine, others in (scopes, scopes[::-1], scopes):
                assert await database.write(acting(mine), look) == f"{{{mine.workspaces[0]}}}"
                if undone is None:
                    await database.write(acting(others), look, commit=False)
                else:
                    with pytest.raises((LookupError, errors.DivisionByZero, asyncio.CancelledError)):
                        await database.write(acting(others), undone)
                assert await database.write(acting(others), look) == f"{{{others.workspaces[0]}}}"
        finally:
            await database.close()

    world.server.run(work())


def acting(scope: Scope) -> Actor:
    return replace(OPERATOR, scope=scope)
