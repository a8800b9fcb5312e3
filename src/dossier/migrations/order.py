"""The order of commits goes on where a dump was restored: transactions are numbered anew there, and positions must only grow (decision 43)."""

from typing import Any

import psycopg
from psycopg import sql

_FUNCTIONS = """
CREATE OR REPLACE FUNCTION commit_position() RETURNS bigint LANGUAGE sql AS
  $$ SELECT pg_current_xact_id()::text::bigint + {added} $$;
CREATE OR REPLACE FUNCTION commits_settled() RETURNS bigint LANGUAGE sql STABLE AS
  $$ SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint + {added} $$;
"""
# What happened, how far it was told, and from where on somebody wants to be told. The last position of each workspace by its index:
# reading all of the history would take minutes.
_WHERE_IT_IS = """
WITH now AS (SELECT pg_snapshot_xmin(each)::text::bigint AS oldest, pg_snapshot_xmax(each)::text::bigint AS next
             FROM pg_current_snapshot() AS each)
SELECT oldest, next - oldest + commits_settled(),
  greatest((SELECT max(position) FROM commit_marks), (SELECT max(position) FROM webhook_progress),
    (SELECT max(after) FROM webhooks), (SELECT max(last) FROM workspaces w CROSS JOIN LATERAL (
    SELECT greatest((SELECT max(position) FROM case_events WHERE workspace_id = w.id),
                    (SELECT max(position) FROM case_tombstones WHERE workspace_id = w.id)) AS last) AS each), 0)
FROM now
"""


def put_order_up(connection: psycopg.Connection[Any]) -> None:
    """Where what happens now would stand among what happened before, let it stand behind it. Only the owner of the database can."""
    oldest, next, last = _where_it_is(connection)
    if next <= last:
        connection.execute(sql.SQL(_FUNCTIONS).format(added=sql.Literal(last + 1 - oldest)))


def is_set_back(connection: psycopg.Connection[Any]) -> bool:
    """Whether what happens now would stand among what happened before: a dump was restored, and nobody has migrated since."""
    _, next, last = _where_it_is(connection)
    return bool(next <= last)


def _where_it_is(connection: psycopg.Connection[Any]) -> tuple[int, int, int]:
    """The number of the oldest transaction under way, the position of the next one to come, and the last position there is."""
    row = connection.execute(_WHERE_IT_IS).fetchone()
    assert row
    oldest, next, last = row
    return oldest, next, last
