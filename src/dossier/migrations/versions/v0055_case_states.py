"""How many cases stand in which state is kept, not counted by every look at the list."""

from alembic import op

from dossier.migrations.runner import before, statements

revision = "0055_case_states"
down_revision = before(revision)

TABLES = ("case_state_counts", "case_state_deltas", "case_states_counted")
_POLICY = """
DROP POLICY IF EXISTS workspace ON {table};
CREATE POLICY workspace ON {table} USING (
  (SELECT visible_workspaces()) IS NULL OR workspace_id = ANY ((SELECT visible_workspaces())::uuid[]))
"""
_WALL = "ALTER TABLE {table} ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY"


def upgrade() -> None:
    """Run `0055_case_states.sql` and put up the walls, each in a moment of its own; a job counts the cases of before."""
    with op.get_context().autocommit_block():
        cursor = op.get_bind().connection.cursor()
        cursor.execute(statements(revision))
        for table in TABLES:
            cursor.execute(_POLICY.format(table=table))
            cursor.execute(_WALL.format(table=table))
