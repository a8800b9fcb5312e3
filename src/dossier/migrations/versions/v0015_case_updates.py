"""Cases are sorted by their last change, and their words taken, without an index on `cases.updated_at`."""

from typing import Any

from alembic import op

from dossier.migrations.runner import before, statements

revision = "0015_case_updates"
down_revision = before(revision)

BATCH_SIZE = 2_000  # cases

# Who erases one of these cases meanwhile waits for this batch; who changes one does not.
_FILL = """
WITH next AS MATERIALIZED (
  SELECT workspace_id, id, updated_at FROM cases WHERE (workspace_id, id) > (%s, %s)
  ORDER BY workspace_id, id LIMIT %s FOR KEY SHARE
), filled AS (
  INSERT INTO case_updates (workspace_id, id, updated_at) SELECT workspace_id, id, updated_at FROM next ON CONFLICT DO NOTHING
)
SELECT workspace_id, id FROM next ORDER BY workspace_id DESC, id DESC LIMIT 1
"""
_QUEUE = """
INSERT INTO search_queue (workspace_id, case_id)
SELECT c.workspace_id, c.id FROM cases c LEFT JOIN case_search s ON s.workspace_id = c.workspace_id AND s.case_id = c.id
WHERE s.version IS DISTINCT FROM c.version
"""
_ZERO = "00000000-0000-0000-0000-000000000000"


def upgrade() -> None:
    """Run `0015_case_updates.sql`, fill the table some cases at a time, then let the old indexes go."""
    with op.get_context().autocommit_block():
        cursor = op.get_bind().connection.cursor()
        cursor.execute(statements(revision))
        _fill(cursor)
        cursor.execute(_QUEUE)
        cursor.execute("DROP INDEX CONCURRENTLY IF EXISTS case_updates_by_time")
        cursor.execute("CREATE INDEX CONCURRENTLY case_updates_by_time ON case_updates (workspace_id, updated_at, id)")
        cursor.execute("DROP INDEX CONCURRENTLY IF EXISTS cases_updated")
        cursor.execute("DROP INDEX CONCURRENTLY IF EXISTS contacts_updated")


def _fill(cursor: Any) -> None:
    after: Any = (_ZERO, _ZERO)
    while after:
        after = cursor.execute(_FILL, (*after, BATCH_SIZE)).fetchone()
