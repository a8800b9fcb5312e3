"""Notices of forms, which go with these, without stopping anybody."""

from alembic import op

from dossier.migrations.runner import before, statements

revision = "0123_form_notices"
down_revision = before(revision)


def upgrade() -> None:
    """Run `0123_form_notices.sql`, a statement at a time."""
    with op.get_context().autocommit_block():
        for statement in statements(revision).split(";\n"):
            if statement.strip():
                op.get_bind().connection.cursor().execute(statement)
