"""The search knows every script."""

from alembic import op

from dossier.migrations.runner import before, statements

revision = "0009_words"
down_revision = before(revision)


def upgrade() -> None:
    """Run `0009_words.sql`, then index the likeness of words by their letters."""
    with op.get_context().autocommit_block():
        cursor = op.get_bind().connection.cursor()
        cursor.execute(statements(revision))
        cursor.execute("DROP INDEX CONCURRENTLY IF EXISTS search_words_likeness")
        cursor.execute(
            "CREATE INDEX CONCURRENTLY IF NOT EXISTS search_words_likeness ON search_words USING gin (letters gin_trgm_ops)"
        )
