"""`dossier restore`: an empty database filled from a backup, and checked."""

import os
import re
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Annotated, Any

import psycopg
import typer

from dossier.cli import archive, contents
from dossier.cli.connection import database_url, settings
from dossier.cli.output import fail, refusals, say
from dossier.cli.programs import busy, counts, program, tables
from dossier.foundation.cipher import FILE as KEY_FILE
from dossier.foundation.postgres import running_cluster
from dossier.foundation.storage.folder import Folder
from dossier.migrations import applied, head, put_order_up

# What other servers than the one that was backed up do not know: a setting of PostgreSQL 17 and later, and a mark that
# 15.20 keeps on columns and pg_dump writes out.
_OF_ONE_SERVER = re.compile(
    rb"SET transaction_timeout = 0;\n|ALTER TABLE ONLY \S+ ALTER COLUMN \S+ SET \(pg_attver=\d+\);\n"
)


def restore(
    file: Annotated[Path, typer.Argument(help="A file that `dossier backup` wrote.", exists=True, dir_okay=False)],
    passphrase_file: Annotated[Path | None, archive.PASSPHRASE] = None,
) -> None:
    """Fill an empty database from a backup, then check that every row is there. Restore only backups of your own."""
    with _scratch(file.absolute().parent) as made:
        folder = Path(made)
        manifest = archive.unpack(file, folder)
        key = _key(folder, passphrase_file)
        with database_url(migrated=False, make=True) as url:
            _raise_if_what_is_there(url)
            with busy("Restoring the backup…"):
                _replay(url, folder / archive.DUMP)
            _check(url, manifest)
            _go_on(url)
            files = _bring_files(url, file, manifest)
    say(f"Restored {file}: {sum(manifest['rows'].values()):,} rows, all there.")
    _put_key(key, manifest)
    _say_of_files(files, file, manifest)


def _bring_files(url: str, file: Path, manifest: dict[str, Any]) -> contents.Copied | None:
    """What files contain, from beside the backup to where this server keeps it."""
    if not manifest.get("files", {}).get("beside"):
        return None
    source = contents.beside(file)
    if not source.exists():
        return contents.Copied(wrong=[f"{source} is not there"])
    from dossier.server.services import storage_of  # noqa: PLC0415 - as other commands do

    with busy("Bringing back what files contain…") as shown, refusals(), contents.of_database(url) as named:
        return contents.copied(Folder(source), storage_of(settings()), named, shown.update)


def _say_of_files(files: contents.Copied | None, file: Path, manifest: dict[str, Any]) -> None:
    if files and files.wrong:
        beside = contents.beside(file)
        again = f"Put them into {beside} and run: dossier files fetch {beside}"
        raise fail("\n".join(["The database is restored, but not all of what its files contain:", *files.wrong, again]))
    if files:
        say(f"What its {files.files:,} files contain is all there ({files.bytes / 1e6:,.1f} MB).")
    elif manifest.get("files", {}).get("count"):
        say(
            f"What its files contain lay in {manifest['files']['place']}: name that place in DOSSIER_FILES_URL, or bring a copy, then run: dossier files verify"
        )


def rehearse(file: Path) -> tuple[int, contents.Copied | None]:
    """Restore a backup into a cluster of its own that is gone afterwards; how many rows it has, and how what its files contain is."""
    with _scratch(None) as made:
        folder = Path(made)
        folder.chmod(0o711)  # PostgreSQL's account passes through
        manifest = archive.unpack(file, folder)
        with (
            busy("Restoring the backup to look at it…"),
            running_cluster(folder / "rehearsal", lambda _: None) as cluster,
        ):
            _replay(cluster.conninfo, folder / archive.DUMP)
            _check(cluster.conninfo, manifest)
            files = _compared(cluster.conninfo, file, manifest)
    return sum(manifest["rows"].values()), files


def _compared(url: str, file: Path, manifest: dict[str, Any]) -> contents.Copied | None:
    if not manifest.get("files", {}).get("beside"):
        return None
    beside = contents.beside(file)
    if not beside.exists():
        return contents.Copied(wrong=[f"{beside} is not there"])
    with busy("Reading what files contain…") as shown, refusals(), contents.of_database(url) as named:
        return contents.compared(Folder(beside), named, shown.update)


def _scratch(folder: Path | None) -> "tempfile.TemporaryDirectory[str]":
    """A folder for the parts: beside the backup, where there is room for what is that large; it may be read-only."""
    if folder and not os.access(folder, os.W_OK):
        folder = None
    return tempfile.TemporaryDirectory(prefix=".dossier-", dir=folder)


def _key(folder: Path, passphrase_file: Path | None) -> str | None:
    if passphrase_file is None:
        return None
    if not (folder / archive.KEY).exists():
        raise fail("The backup holds no key; restore it without --passphrase-file.")
    return archive.unlock_key(folder, archive.passphrase_in(passphrase_file))


def _put_key(key: str | None, manifest: dict[str, Any]) -> None:
    file = settings().data_dir / KEY_FILE
    if key and not settings().secret_key and not file.exists():
        with os.fdopen(os.open(file, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w") as new:
            new.write(key)
        say(f"The server's key is in {file}.")
    elif key:
        say("The server has a key already; the one in the backup was not taken.")
    elif not settings().secret_key:
        held = "give --passphrase-file to take it out of the backup" if manifest.get("key") else f"put it into {file}"
        say(f"The key is still to come: {held} before the first start, or second factors cannot be read.")


def _raise_if_what_is_there(url: str) -> None:
    with psycopg.connect(url) as connection:
        if tables(connection):
            raise fail(
                "The database is not empty. Restore into a new data folder: dossier --data-dir FOLDER restore FILE"
            )


def _check(url: str, manifest: dict[str, Any]) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        found = counts(connection)
        wrong = {name for name in manifest["rows"] | found if manifest["rows"].get(name) != found.get(name)}
        if wrong:
            _empty(connection)
            raise fail(f"The restored database differs from the backup in {', '.join(sorted(wrong))}; it was emptied.")
        connection.execute("ANALYZE")


def _go_on(url: str) -> None:
    """What happens from now on stands behind what is in the backup; an older one is migrated first, which does it then."""
    with psycopg.connect(url, autocommit=True) as connection:
        if applied(connection) == head():
            put_order_up(connection)


def _empty(connection: psycopg.Connection[Any]) -> None:
    """What came back wrong must not be served."""
    connection.execute("DROP SCHEMA public CASCADE")
    connection.execute("CREATE SCHEMA public")


def _replay(url: str, dump: Path) -> None:
    """The dump as SQL, through psql, in one transaction."""
    script = dump.with_suffix(".sql")
    program("pg_restore", url, "--no-owner", "--no-privileges", f"--file={script}", str(dump))
    portable = script.with_suffix(".filtered")
    with script.open("rb") as lines, portable.open("wb") as out:
        out.writelines(known_everywhere(lines))
    script.unlink()
    options = ("--quiet", "--no-psqlrc", "--single-transaction", "-v", "ON_ERROR_STOP=1")
    program("psql", url, *options, "-f", str(portable))


def known_everywhere(lines: Iterable[bytes]) -> Iterator[bytes]:
    """The lines without those that only some servers understand; rows of data stay as they are."""
    in_rows = False
    for line in lines:
        if in_rows or not _OF_ONE_SERVER.fullmatch(line):
            yield line
        in_rows = line != b"\\.\n" if in_rows else line.startswith(b"COPY ") and line.endswith(b"FROM stdin;\n")
