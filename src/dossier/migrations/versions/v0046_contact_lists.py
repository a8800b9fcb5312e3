"""Contacts are listed, sorted and searched, as cases are."""

from alembic import op

from dossier.migrations.runner import before, statements

revision = "0046_contact_lists"
down_revision = before(revision)

TABLES = ("contact_words", "contact_search_words", "contact_search", "contact_search_queue")
_POLICY = """
DROP POLICY IF EXISTS workspace ON {table};
CREATE POLICY workspace ON {table} USING (
  (SELECT visible_workspaces()) IS NULL OR workspace_id = ANY ((SELECT visible_workspaces())::uuid[]))
"""
_WALL = "ALTER TABLE {table} ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY"
_QUEUE = """
INSERT INTO contact_search_queue (workspace_id, contact_id)
SELECT p.workspace_id, p.id FROM contacts p
LEFT JOIN contact_search s ON s.workspace_id = p.workspace_id AND s.contact_id = p.id
WHERE s.version IS DISTINCT FROM p.version
"""
_NAME = (
    "coalesce(family_name_folded || ' ' || coalesce(given_name_folded, ''), given_name_folded, email_folded, phone, '')"
)
INDEXES = {
    "contacts_by_name": f"(workspace_id, ({_NAME}), id)",
    "contacts_by_update": "(workspace_id, updated_at, id)",
    "contacts_by_making": "(workspace_id, created_at, id)",
}


def upgrade() -> None:
    """Run `0046_contact_lists.sql`, put up the walls, ask for every contact's words, and build the indexes of the orders."""
    with op.get_context().autocommit_block():
        cursor = op.get_bind().connection.cursor()
        cursor.execute(statements(revision))
        for table in TABLES:
            cursor.execute(_POLICY.format(table=table))
            cursor.execute(_WALL.format(table=table))
        cursor.execute(_QUEUE)
        for name, columns in INDEXES.items():
            cursor.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {name}")
            cursor.execute(f"CREATE INDEX CONCURRENTLY {name} ON contacts {columns}")
