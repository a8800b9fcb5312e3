"""Form templates: versions, drafts, history, presets, and lists of options that they share."""

from alembic import op

from dossier.migrations.runner import before, statements

revision = "0094_form_templates"
down_revision = before(revision)


def upgrade() -> None:
    """Run `0094_form_templates.sql`."""
    op.get_bind().connection.cursor().execute(statements(revision))
