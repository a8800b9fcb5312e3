"""What the role that serves may do: read and write rows. It owns nothing, so that a hole in a statement is no way out."""

from typing import Any

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict

_GRANTS = """
GRANT USAGE ON SCHEMA public TO {role};
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {role};
GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {role};
REVOKE INSERT, UPDATE, DELETE ON alembic_version FROM {role};
REVOKE UPDATE ON audit_entries, case_tombstones FROM {role};
"""


# Comparisons that tell nothing of the rows they are asked of. Behind row-level security an index can answer only such
# ones, and only a superuser may say so: without it mistyped words and numbers are found by reading a workspace's rows.
TELL_NOTHING = (
    "similarity_op(text, text)",
    *(f"numeric_{each}(numeric, numeric)" for each in ("eq", "lt", "le", "gt", "ge")),
)


def user_of(conninfo: str) -> str | None:
    """The role that a libpq string or URL names."""
    user = conninfo_to_dict(conninfo).get("user")
    return str(user) if user else None


def grant(owner: str, role: str) -> None:
    """Let a role serve the migrated database of the owner's `conninfo`; safe to run again, after every migration."""
    with psycopg.connect(owner) as connection:
        connection.execute(sql.SQL(_GRANTS).format(role=sql.Identifier(role)))
        if connection.execute("SELECT 1 FROM pg_roles WHERE rolname = current_user AND rolsuper").fetchone():
            for each in TELL_NOTHING:
                connection.execute(sql.SQL("ALTER FUNCTION " + each + " LEAKPROOF"))


def may_too_much(connection: psycopg.Connection[Any], role: str) -> str | None:
    """What a role can do that serving does not need: "is a superuser", …; None when there is nothing."""
    row = connection.execute(_POWERS, (role,)).fetchone()
    if row is None:
        return None
    powers = [what for what, has in zip(_SAID, row, strict=True) if has]
    return ", ".join(powers) or None


_SAID = ("is a superuser", "passes by row-level security", "makes roles", "owns tables")
_POWERS = """
SELECT rolsuper, rolbypassrls, rolcreaterole, EXISTS (SELECT FROM pg_class c WHERE c.relowner = r.oid AND c.relkind = 'r')
FROM pg_roles r WHERE rolname = %s
"""
