"""The lives of a database: transactions are numbered anew where a dump of it is restored, and positions must only grow (decision 43)."""

from typing import Any

import psycopg
from psycopg import sql

_FUNCTIONS = """
CREATE OR REPLACE FUNCTION commit_position() RETURNS bigint LANGUAGE sql AS
  $$ SELECT pg_current_xact_id()::text::bigint + {added} $$;
CREATE OR REPLACE FUNCTION commits_settled() RETURNS bigint LANGUAGE sql STABLE AS
  $$ SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint + {added} $$;
"""
# The last position of each workspace by its index: reading all of the history would take minutes.
_WHERE_IT_IS = """
SELECT database_epoch(), (SELECT epoch FROM database_epochs ORDER BY number DESC LIMIT 1), commits_settled(),
  pg_snapshot_xmin(pg_current_snapshot())::text::bigint,
  greatest((SELECT max(position) FROM commit_marks), (SELECT max(last) FROM workspaces w CROSS JOIN LATERAL (
    SELECT greatest((SELECT max(position) FROM case_events WHERE workspace_id = w.id),
                    (SELECT max(position) FROM case_tombstones WHERE workspace_id = w.id)) AS last) AS each), 0)
"""
_ADD = """
INSERT INTO database_epochs (number, epoch, after) SELECT coalesce(max(number), 0) + 1, %s, %s FROM database_epochs
"""


def begin_epoch(connection: psycopg.Connection[Any]) -> None:
    """Where the database lives elsewhere than before, or was set back, say so, and let positions go on behind the last one.

    Only its owner can. Of a server that was set back nobody knows which positions it gave twice: none of them holds.
    """
    epoch, last, settled, transaction, position = _where_it_is(connection)
    if settled <= position:
        added = sql.Literal(position + 1 - transaction)
        connection.execute(sql.SQL(_FUNCTIONS).format(added=added))
    if epoch != last:
        moved = last is None or last.partition(".")[0] != epoch.partition(".")[0]
        connection.execute(_ADD, (epoch, position if moved else 0))


def must_begin_epoch(connection: psycopg.Connection[Any]) -> bool:
    """Whether changes that are made now would stand among those that were told already."""
    _, _, settled, _, position = _where_it_is(connection)
    return bool(settled <= position)


def _where_it_is(connection: psycopg.Connection[Any]) -> tuple[Any, ...]:
    row = connection.execute(_WHERE_IT_IS).fetchone()
    assert row
    return tuple(row)
