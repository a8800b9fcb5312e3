"""The tables of the job queue, as procrastinate 3.10 ships them.

A release of procrastinate that changes its schema comes with a migration that runs the library's own.
"""

from alembic import op
from procrastinate.schema import SchemaManager

from dossier.migrations.runner import before

revision = "0002_jobs"
down_revision = before(revision)


def upgrade() -> None:
    """Run the library's schema."""
    op.get_bind().connection.cursor().execute(SchemaManager.get_schema())
