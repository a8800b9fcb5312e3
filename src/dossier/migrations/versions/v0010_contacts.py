"""Contacts are found by their address as mail systems compare it, and several may share one."""

import unicodedata
from typing import Any

import idna
from alembic import op

from dossier.migrations.runner import before, statements

revision = "0010_contacts"
down_revision = before(revision)

BATCH_SIZE = 5_000  # contacts

_LACKING = """
SELECT workspace_id, id, email FROM contacts
WHERE (workspace_id, id) > (%s, %s) AND email IS NOT NULL AND email_identity IS NULL
ORDER BY workspace_id, id LIMIT %s
"""
_FILL = """
UPDATE contacts c SET email_identity = n.identity
FROM unnest(%s::uuid[], %s::uuid[], %s::text[]) AS n (workspace_id, id, identity)
WHERE c.workspace_id = n.workspace_id AND c.id = n.id
"""
_ZERO = "00000000-0000-0000-0000-000000000000"


def upgrade() -> None:
    """Add what is missing, fill it some at a time, index it, and let addresses be shared."""
    with op.get_context().autocommit_block():
        cursor = op.get_bind().connection.cursor()
        cursor.execute(statements(revision))
        _fill(cursor)
        cursor.execute(
            "CREATE INDEX CONCURRENTLY IF NOT EXISTS contacts_email_identity ON contacts (workspace_id, email_identity)"
        )
        cursor.execute(
            "CREATE INDEX CONCURRENTLY IF NOT EXISTS contacts_by_email ON contacts (workspace_id, email_folded)"
        )
        cursor.execute("DROP INDEX CONCURRENTLY IF EXISTS contacts_email")


def _fill(cursor: Any) -> None:
    after = (_ZERO, _ZERO)
    while rows := cursor.execute(_LACKING, (*after, BATCH_SIZE)).fetchall():
        workspaces, ids, emails = zip(*rows, strict=True)
        cursor.execute(_FILL, (list(workspaces), list(ids), [_identity(each) for each in emails]))
        after = rows[-1][:2]


def _identity(address: str) -> str:
    """As `dossier.foundation.text.email_identity` does it at the time of this migration."""
    local, _, domain = address.strip().rpartition("@")
    local = unicodedata.normalize("NFC", unicodedata.normalize("NFC", local).lower())
    try:
        return f"{local}@{idna.encode(domain, uts46=True).decode()}"
    except idna.IDNAError:
        return f"{local}@{domain.lower()}"
