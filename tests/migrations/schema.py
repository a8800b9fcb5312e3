"""The schema that migrations lead to, as pg_dump says it."""

import os
import re
import subprocess
from pathlib import Path

from psycopg.conninfo import conninfo_to_dict

from dossier.foundation.postgres import binaries

REFERENCE = Path(__file__).parents[2] / "docs" / "reference" / "schema.sql"


def dumped(url: str) -> str:
    """The schema of a database, without the job queue's tables and what differs between versions of pg_dump."""
    known = conninfo_to_dict(url)
    environment = {**os.environ, "PGPASSWORD": str(known.get("password") or ""), "PGHOST": str(known["host"])}
    environment |= {"PGUSER": str(known["user"]), "PGDATABASE": str(known["dbname"])}
    options = (
        "--schema-only",
        "--no-owner",
        "--no-privileges",
        "--exclude-table=procrastinate_*",
        "--exclude-table=alembic_version",
    )
    done = subprocess.run(
        [binaries.program("pg_dump"), *options], env=environment, capture_output=True, text=True, check=True
    )
    # The last of these is a mark of PostgreSQL 15.20 on columns.
    statements = re.sub(
        r"^(--.*|ALTER TABLE ONLY \S+ ALTER COLUMN \S+ SET \(pg_attver=.*|SET .*|SELECT pg_catalog.*|\\.*)\n",
        "",
        done.stdout,
        flags=re.MULTILINE,
    )
    for kind, end in (("FUNCTION", r"\$\$;"), ("TYPE", r"\);")):
        pattern = rf"^CREATE {kind} public\.procrastinate.*?^{end}\n"
        statements = re.sub(pattern, "", statements, flags=re.MULTILINE | re.DOTALL)
    return re.sub(r"\n{2,}", "\n\n", statements).strip() + "\n"
