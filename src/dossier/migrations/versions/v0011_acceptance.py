"""Memberships are accepted, and members found by their address as mail systems compare it."""

import unicodedata

import idna
from alembic import op

from dossier.migrations.runner import before, statements

revision = "0011_acceptance"
down_revision = before(revision)


def upgrade() -> None:
    """Add what is missing, fill it, and let no two members have one address."""
    cursor = op.get_bind().connection.cursor()
    cursor.execute(statements(revision))
    for id, email in cursor.execute("SELECT id, email FROM members").fetchall():
        cursor.execute("UPDATE members SET email_identity = %s WHERE id = %s", (_identity(email), id))
    cursor.execute("CREATE UNIQUE INDEX members_email_identity ON members (email_identity)")


def _identity(address: str) -> str:
    """As `dossier.foundation.text.email_identity` does it at the time of this migration."""
    local, _, domain = address.strip().rpartition("@")
    local = unicodedata.normalize("NFC", unicodedata.normalize("NFC", local).lower())
    try:
        return f"{local}@{idna.encode(domain, uts46=True).decode()}"
    except idna.IDNAError:
        return f"{local}@{domain.lower()}"
