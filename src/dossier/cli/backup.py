"""`dossier backup` and `dossier restore`: everything in one file, checked when it comes back."""

import json
import os
import shutil
import subprocess
import tarfile
import tempfile
from contextlib import AbstractContextManager
from pathlib import Path
from typing import IO, Annotated, Any

import psycopg
import typer
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict

from dossier import __version__
from dossier.cli.connection import database_url
from dossier.cli.output import fail, say, stderr
from dossier.foundation.postgres import binaries
from dossier.migrations import head

MANIFEST, DUMP = "manifest.json", "database.dump"  # what the file, a tar, holds

NEWER_SETTING = b"SET transaction_timeout = 0;\n"  # that a server before PostgreSQL 17 does not know

_ENVIRONMENT = {"host": "PGHOST", "port": "PGPORT", "user": "PGUSER", "password": "PGPASSWORD", "dbname": "PGDATABASE"}


def backup(file: Annotated[Path, typer.Argument(help="Where to write it; it must not be there yet.")]) -> None:
    """Write the whole database into one file, while servers run. Keep it safe: it holds everything."""
    if file.exists():
        raise fail(f"{file} is there already; choose another name.")
    with tempfile.TemporaryDirectory(dir=file.absolute().parent, prefix=".dossier-") as folder:
        with database_url() as url, _busy("Writing the backup…"):
            manifest = _dump(url, Path(folder) / DUMP)
        (Path(folder) / MANIFEST).write_text(json.dumps(manifest))
        unfinished = Path(folder) / "unfinished"
        with os.fdopen(os.open(unfinished, os.O_CREAT | os.O_WRONLY, 0o600), "wb") as out:
            with tarfile.open(fileobj=out, mode="w") as archive:
                for name in (MANIFEST, DUMP):
                    archive.add(Path(folder) / name, name)
            out.flush()
            os.fsync(out.fileno())
        unfinished.rename(file)
    rows = sum(manifest["rows"].values())
    say(f"Wrote {file}: {rows:,} rows, {file.stat().st_size / 1e6:.1f} MB.")


def restore(
    file: Annotated[Path, typer.Argument(help="A file that `dossier backup` wrote.", exists=True, dir_okay=False)],
) -> None:
    """Fill an empty database from a backup, then check that every row is there."""
    with tempfile.TemporaryDirectory(prefix="dossier-") as folder, database_url(migrated=False) as url:
        manifest = _unpack(file, Path(folder))
        _refuse_what_is_there(url)
        with _busy("Restoring the backup…"):
            _replay(url, Path(folder) / DUMP)
        _check(url, manifest)
    say(f"Restored {file}: {sum(manifest['rows'].values()):,} rows, all there.")


def _busy(what: str) -> AbstractContextManager[Any]:
    return stderr.status(what)


def _dump(url: str, file: Path) -> dict[str, Any]:
    """Dump one snapshot, and count the rows in the same."""
    with psycopg.connect(url) as connection:
        connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        _refuse_newer_server(connection)
        row = connection.execute("SELECT pg_export_snapshot()").fetchone()
        assert row
        _program("pg_dump", url, "--format=custom", f"--snapshot={row[0]}", f"--file={file}")
        return {"version": __version__, "schema": head(), "rows": _counts(connection)}


def _refuse_newer_server(connection: psycopg.Connection[Any]) -> None:
    server, ours = connection.info.server_version // 10_000, int(binaries.major_version())
    if server > ours:
        raise fail(f"The server is PostgreSQL {server}; this pg_dump knows {ours}. Use the server's own pg_dump.")


def _unpack(file: Path, folder: Path) -> dict[str, Any]:
    try:
        with tarfile.open(file) as archive:
            manifest: dict[str, Any] = json.load(_member(archive, MANIFEST))
            with (folder / DUMP).open("wb") as out:
                shutil.copyfileobj(_member(archive, DUMP), out)
    except (tarfile.TarError, KeyError, OSError, ValueError):
        raise fail(f"{file} is no backup of Dossier, or is damaged.") from None
    if manifest["schema"] > head():
        raise fail(f"{file} was written by a newer Dossier ({manifest['version']}); restore it with that one.")
    return manifest


def _member(archive: tarfile.TarFile, name: str) -> IO[bytes]:
    found = archive.extractfile(name)
    assert found, "a file, not a folder"
    return found


def _refuse_what_is_there(url: str) -> None:
    with psycopg.connect(url) as connection:
        if _tables(connection):
            raise fail(
                "The database is not empty. Restore into a new data folder: dossier --data-dir FOLDER restore FILE"
            )


def _check(url: str, manifest: dict[str, Any]) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        found = _counts(connection)
        wrong = {name for name in manifest["rows"] | found if manifest["rows"].get(name) != found.get(name)}
        if wrong:
            raise fail(f"The restored database differs from the backup in {', '.join(sorted(wrong))}.")
        connection.execute("ANALYZE")


def _counts(connection: psycopg.Connection[Any]) -> dict[str, int]:
    return {name: _count(connection, name) for name in _tables(connection)}


def _count(connection: psycopg.Connection[Any], table: str) -> int:
    row = connection.execute(sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(table))).fetchone()
    assert row
    number: int = row[0]
    return number


def _tables(connection: psycopg.Connection[Any]) -> list[str]:
    rows = connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1").fetchall()
    return [row[0] for row in rows]


def _replay(url: str, dump: Path) -> None:
    """The dump as SQL, through psql, in one transaction."""
    script = dump.with_suffix(".sql")
    _program("pg_restore", url, "--no-owner", "--no-privileges", f"--file={script}", str(dump))
    known_everywhere = script.with_suffix(".filtered")
    with script.open("rb") as lines, known_everywhere.open("wb") as out:
        for line in lines:
            out.write(line)
            if line.startswith(b"SET row_security"):  # the last of the settings that it begins with
                break
            if line == NEWER_SETTING:
                out.seek(-len(line), os.SEEK_CUR)
                out.truncate()
        shutil.copyfileobj(lines, out)
    script.unlink()
    _program(
        "psql",
        url,
        "--quiet",
        "--no-psqlrc",
        "--single-transaction",
        "-v",
        "ON_ERROR_STOP=1",
        "-f",
        str(known_everywhere),
    )


def _program(name: str, url: str, *arguments: str) -> None:
    known = conninfo_to_dict(url)
    environment = {**os.environ, **{_ENVIRONMENT[key]: str(known[key]) for key in _ENVIRONMENT if key in known}}
    done = subprocess.run(
        [binaries.program(name), *arguments], env=environment, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise fail(f"{name}: {done.stderr.strip()[-2000:]}")
