"""`dossier backup`: everything in one file, with the content of files beside it, while servers run; looked at again with `dossier backup verify`."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import psycopg
import typer
from typer.core import TyperGroup

from dossier import __version__
from dossier.cli import archive, contents
from dossier.cli.connection import database_url, settings
from dossier.cli.output import fail, refusals, say
from dossier.cli.programs import busy, counts, program
from dossier.cli.restore import rehearse
from dossier.foundation.cipher import FILE as KEY_FILE
from dossier.foundation.postgres import binaries
from dossier.foundation.storage import Storage
from dossier.foundation.storage.folder import Folder
from dossier.migrations import applied

NAME = "dossier-{moment}.tar"


class _WriteUnlessSaid(TyperGroup):
    """`dossier backup FILE` is `dossier backup write FILE`."""

    def parse_args(self, context: Any, args: list[str]) -> list[str]:
        if args and args[0] not in self.commands and args[0] != "--help":
            args.insert(0, "write")
        return super().parse_args(context, args)


app = typer.Typer(
    cls=_WriteUnlessSaid,
    no_args_is_help=True,
    help="Write everything into one file (dossier backup FILE), or look at such a file.",
    epilog="Example: dossier backup /backups --keep 14",
)


@app.command(epilog="Example: dossier backup /backups --keep 14 --passphrase-file /etc/dossier/passphrase")
def write(
    file: Annotated[
        Path, typer.Argument(help="Where to write it: a new file, or a folder, in which it is named by the time.")
    ],
    keep: Annotated[int | None, typer.Option(min=1, help="Keep so many in the folder; older ones are removed.")] = None,
    passphrase_file: Annotated[Path | None, archive.PASSPHRASE] = None,
    without_files: Annotated[
        bool, typer.Option("--without-files", help="Leave out what files contain: you copy their folder yourself.")
    ] = False,
) -> None:
    """Write the whole database into one file, and beside it what files contain, while servers run. Keep it safe: it holds everything."""
    if keep and not file.is_dir():
        raise fail("--keep goes with a folder: dossier backup FOLDER --keep 14", 2)
    target = file / NAME.format(moment=datetime.now(UTC).strftime("%Y%m%dT%H%M%SZ")) if file.is_dir() else file
    if target.exists():
        raise fail(f"{target} is there already; choose another name.")
    with _folder_beside(target) as folder, database_url() as url:
        with busy("Writing the backup…"):
            manifest = _dump(url, folder)
        copied = _copy_files(url, folder, target, manifest, without=without_files)
        with_key = _lay_key(folder, passphrase_file)
        archive.write(folder, manifest | {"key": with_key}, target)
        _note(url, target)
    rows = sum(manifest["rows"].values())
    say(f"Wrote {target}: {rows:,} rows, {target.stat().st_size / 1e6:.1f} MB.")
    say(_about_key(with_key))
    _remove_old(target.parent, keep)
    _say_of_files(copied, manifest, target)


@app.command(epilog="Example: dossier backup verify /backups/dossier-20261125T020000Z.tar")
def verify(file: Annotated[Path, typer.Argument(help="A backup.", exists=True, dir_okay=False)]) -> None:
    """Restore a backup into a database that is thrown away afterwards, and compare every sum and count, and every byte of its files."""
    rows, files = rehearse(file)
    if files and files.wrong:
        raise fail("\n".join([f"Of the files of {file} not all is there:", *files.wrong]))
    also = f" The content of {files.files:,} files is there." if files else ""
    say(f"{file} is whole: {rows:,} rows, restored and counted.{also}")


@contextmanager
def _folder_beside(target: Path) -> Iterator[Path]:
    """Where the backup is put together, on the same disk; gone afterwards."""
    beside = target.absolute().parent
    try:
        made = tempfile.TemporaryDirectory(dir=beside, prefix=".dossier-")
    except OSError as error:
        raise fail(f"Nothing can be written in {beside}: {error.strerror}.") from None
    with made as name:
        yield Path(name)


def _dump(url: str, folder: Path) -> dict[str, Any]:
    """Dump one snapshot, count the rows in the same, and write down what its files contain."""
    with psycopg.connect(url) as connection:
        connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        _raise_if_newer_server(connection)
        row = connection.execute("SELECT pg_export_snapshot()").fetchone()
        assert row
        program(
            "pg_dump",
            url,
            "--enable-row-security",
            "--format=custom",
            "--no-unlogged-table-data",
            f"--snapshot={row[0]}",
            f"--file={folder / archive.DUMP}",
        )
        files = contents.written(connection, folder / archive.FILES)
        found = {"version": __version__, "schema": applied(connection), "rows": counts(connection)}
        return found | {"files": {"count": files, "place": storage_here().place}}


def _raise_if_newer_server(connection: psycopg.Connection[Any]) -> None:
    server, ours = connection.info.server_version // 10_000, int(binaries.major_version())
    if server > ours:
        raise fail(f"The server is PostgreSQL {server}; this pg_dump knows {ours}. Use the server's own pg_dump.")


def _lay_key(folder: Path, passphrase_file: Path | None) -> bool:
    key_file = settings().data_dir / KEY_FILE
    key = settings().secret_key or (key_file.read_text().strip() if key_file.exists() else None)
    if key and passphrase_file:
        archive.lock_key(key, archive.passphrase_in(passphrase_file), folder)
        return True
    return False


def _about_key(with_key: bool) -> str:
    if with_key:
        return "The server's key is in it, under your passphrase; keep that elsewhere."
    where = "DOSSIER_SECRET_KEY" if settings().secret_key else str(settings().data_dir / KEY_FILE)
    return (
        f"Not in it: the key that second factors are encrypted with ({where}). Keep it too, or give --passphrase-file."
    )


def storage_here() -> Storage:
    """Where the settings have files kept."""
    from dossier.server.services import storage_of  # noqa: PLC0415 - as other commands do

    return storage_of(settings())


def _copy_files(
    url: str, folder: Path, target: Path, manifest: dict[str, Any], *, without: bool
) -> contents.Copied | None:
    """Copy what the files of the snapshot contain; nothing of a bucket. Content never changes and outlives its file, so that it is all there after the snapshot."""
    source, listed = storage_here(), folder / archive.FILES
    manifest["files"]["beside"] = beside = (
        bool(manifest["files"]["count"]) and isinstance(source, Folder) and not without
    )
    if not beside:
        listed.unlink()
        return None
    named = contents.Contents(listed, manifest["files"]["count"])
    with busy("Copying files…") as shown, refusals():
        found = contents.copied(source, Folder(contents.beside(target)), named, shown.update)
    found.wrong = [each for each in found.wrong if contents.is_still_named(url, each.partition(" ")[0])]
    return found


def _say_of_files(copied: contents.Copied | None, manifest: dict[str, Any], target: Path) -> None:
    files = manifest["files"]
    if copied:
        where = (
            f"{copied.bytes / 1e6:,.1f} MB, in {contents.beside(target)}, {copied.new:,} new; keep it with the backup"
        )
        say(f"What its {copied.files:,} files contain: {where}.")
    elif files["count"]:
        say(
            f"Not in it: what its {files['count']:,} files contain. Keep a copy that is made after this: {files['place']}"
        )
    if copied and copied.wrong:
        raise fail("\n".join(["Files that are not what was kept:", *copied.wrong]))


def _note(url: str, file: Path) -> None:
    """Remember that there is a backup, for those who look how old the last one is."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("INSERT INTO backups (at, bytes) VALUES (now(), %s)", (file.stat().st_size,))
        connection.execute("DELETE FROM backups WHERE at < now() - interval '1 year'")


def _remove_old(folder: Path, keep: int | None) -> None:
    backups = sorted(folder.glob(NAME.format(moment="*T*Z")))
    for old in backups[:-keep] if keep else ():
        old.unlink()
        say(f"Removed {old}.")
    if keep and (folder / contents.FOLDER).exists():
        _clear(folder)


def _clear(folder: Path) -> None:
    """What no backup of the folder needs any more; nothing while there is one that cannot be read."""
    try:
        needed = set[str]().union(*(archive.keys_named(each) for each in folder.glob("*.tar")))
    except ValueError as error:
        say(f"No content of files was cleared away: {error} cannot be read.")
        return
    if gone := contents.clear(folder / contents.FOLDER, needed):
        say(f"Cleared away what {gone:,} files contained that no backup here names.")
