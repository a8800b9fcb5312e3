"""The forms of a telephone number, indexed without stopping anybody."""

from alembic import op

from dossier.migrations.runner import before, statements

revision = "0112_forms_by_phone"
down_revision = before(revision)


def upgrade() -> None:
    """Run `0112_forms_by_phone.sql`, a statement at a time."""
    with op.get_context().autocommit_block():
        for statement in statements(revision).split(";\n"):
            if statement.strip():
                op.get_bind().connection.cursor().execute(statement)
