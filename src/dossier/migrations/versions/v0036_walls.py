"""PostgreSQL itself shows a connection only the workspaces that it may see."""

from alembic import op

from dossier.migrations.runner import before, statements

revision = "0036_walls"
down_revision = before(revision)

TABLES = (
    *("bulk_changes", "bulk_results", "case_contact_news", "case_contacts", "case_count_deltas", "case_counts"),
    *("case_events", "case_field_values", "case_search", "case_template_drafts", "case_template_versions"),
    *(
        "case_templates",
        "case_tombstones",
        "case_updates",
        "case_view_defaults",
        "case_views",
        "case_words",
        "cases",
        "contact_tombstones",
    ),
    *("contacts", "indexed_fields", "search_progress", "search_queue", "search_words", "memberships"),
)
# The function is asked once for a statement, not for every row: that is what the sub-selects are for.
_POLICY = """
DROP POLICY IF EXISTS workspace ON {table};
CREATE POLICY workspace ON {table} USING (
  (SELECT visible_workspaces()) IS NULL OR {workspace} = ANY ((SELECT visible_workspaces())::uuid[]))
"""
_WALL = "ALTER TABLE {table} ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY"


def upgrade() -> None:
    """Run `0036_walls.sql`, then put up the wall of each table, in a moment of its own."""
    with op.get_context().autocommit_block():
        cursor = op.get_bind().connection.cursor()
        cursor.execute(statements(revision))
        for table, workspace in (*((each, "workspace_id") for each in TABLES), ("workspaces", "id")):
            cursor.execute(_POLICY.format(table=table, workspace=workspace))
            cursor.execute(_WALL.format(table=table))
