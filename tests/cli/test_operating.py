"""What an operator does in a hurry: the wrong folder, the wrong version, a damaged backup, a command in the way."""

import fcntl
import json
import os
import subprocess
import tarfile
from pathlib import Path

import psycopg
import pytest

from dossier.cli import archive
from dossier.cli.restore import known_everywhere
from dossier.server.settings import BadSettings, load
from tests.cli import served, warm
from tests.cli.served import Server, data_folder, server
from tests.cli.test_commands import Run, run  # noqa: F401 - a fixture
from tests.many import left_to_ci, some

NEWER = "9999_of_the_future"
PASSPHRASE = "a passphrase that is long enough"


def dossier(folder: Path, *arguments: str, **more: str) -> "subprocess.CompletedProcess[str]":
    return warm.run(*arguments, environment=Server(folder).environment() | more)


@pytest.mark.parametrize(
    "command", [["backup", "x.tar"], ["workspace", "list"], ["doctor"], ["migrate"], ["token", "list"], ["member", "link", "a@b.example"]]
)  # fmt: skip
def test_no_command_makes_a_database_by_accident(tmp_path: Path, command: list[str]) -> None:
    """[R5] A wrong folder is refused with what to do, and nothing is made: not a folder, not an empty backup."""
    folder = tmp_path / "not-there"
    refused = dossier(folder, *(each.replace("x.tar", str(tmp_path / "x.tar")) for each in command))
    assert refused.returncode == 1, refused.stdout
    assert f"no database in {folder}" in refused.stderr
    assert "DOSSIER_DATA_DIR" in refused.stderr
    assert list(tmp_path.iterdir()) == []


# ---- the settings file ----


def test_service_and_commands_read_one_file(tmp_path: Path) -> None:
    """[R5] What stands in the settings file holds for every process; the environment goes before it."""
    file = tmp_path / "dossier.env"
    file.write_text("# where\nDOSSIER_DATA_DIR=\"/srv/a folder\"\n\n; also\nPORT=8123\nDOSSIER_OIDC_NAME='Our = one'\n")
    read = load({"DOSSIER_ENV_FILE": str(file), "PORT": "9000"})
    assert (read.data_dir, read.port, read.oidc_name) == (Path("/srv/a folder"), 9000, "Our = one")
    assert load({"DOSSIER_ENV_FILE": "", "PORT": "1"}).port == 1
    assert load({"DOSSIER_ENV_FILE": str(tmp_path / "none")}).port == 8000
    refused = dossier(tmp_path / "x", "backup", "y", DOSSIER_ENV_FILE=str(file), DOSSIER_DATA_DIR="")
    assert "no database in /srv/a folder" in refused.stderr


@pytest.mark.parametrize("line", ["no equals", 'A="open', "DOSSIER_WORKERS=many"])
def test_a_settings_file_that_cannot_be_read_is_explained(tmp_path: Path, line: str) -> None:
    """[R5] With the line, or the setting, that is wrong."""
    (tmp_path / "env").write_text(f"PORT=1\n{line}\n")
    with pytest.raises(BadSettings, match=r"Line 2|DOSSIER_WORKERS"):
        load({"DOSSIER_ENV_FILE": str(tmp_path / "env")})


# ---- a newer schema ----


@pytest.fixture
def newer(fresh_database_url: str) -> str:
    with psycopg.connect(fresh_database_url) as connection:
        connection.execute("UPDATE alembic_version SET version_num = %s", [NEWER])
    return fresh_database_url


@pytest.mark.parametrize("command", some([["serve"], ["migrate"], ["workspace", "list"], ["backup", "FILE"]]))
def test_a_newer_schema_is_refused(newer: str, run: Run, tmp_path: Path, command: list[str]) -> None:  # noqa: F811
    """[R6] By the server and by every command; nothing is written."""
    refused = run(*(each.replace("FILE", str(tmp_path / "x.tar")) for each in command), code=1, PORT="0")
    assert NEWER in refused.stderr
    assert not (tmp_path / "x.tar").exists()


def test_doctor_says_which_schema_is_there(newer: str, run: Run) -> None:  # noqa: F811
    """[R6] The database's own, not the code's."""
    findings = json.loads(run("doctor", "--json", code=1).stdout)
    [found] = [each for each in findings if each["about"] in ("migrations", "schema")]
    assert (found["verdict"], NEWER in found["says"]) == ("fail", True)


def test_a_backup_of_a_newer_dossier_is_not_restored(run: Run, tmp_path: Path) -> None:  # noqa: F811
    """[R6] Its manifest says the schema that the database had."""
    file = tmp_path / "b.tar"
    run("backup", str(file))
    parts = tmp_path / "parts"
    parts.mkdir()
    manifest = archive.unpack(file, parts)
    archive.write(parts, manifest | {"schema": NEWER}, tmp_path / "newer.tar")
    assert "newer Dossier" in run("restore", str(tmp_path / "newer.tar"), code=1).stderr
    assert "newer Dossier" in run("backup", "verify", str(tmp_path / "newer.tar"), code=1).stderr


# ---- backups ----


def test_a_flipped_bit_is_found_wherever_it_is(run: Run, tmp_path: Path) -> None:  # noqa: F811
    """[R12] In the dump, in the manifest, in the key: restoring and verifying refuse; the database stays empty."""
    (tmp_path / "pass").write_text(PASSPHRASE)
    file = tmp_path / "b.tar"
    run("backup", str(file), "--passphrase-file", str(tmp_path / "pass"), DOSSIER_SECRET_KEY="k" * 40)
    whole = file.read_bytes()
    with tarfile.open(file) as parts:
        places = [each.offset_data + each.size // 2 for each in parts.getmembers()]
    assert len(places) == 3
    for place in places:
        file.write_bytes(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :])
        for command in (["backup", "verify"], ["restore"]):
            assert "damaged" in run(*command, str(file), code=1).stderr


@left_to_ci(
    "restores two backups into databases of their own",
    "cli/test_operating.py::test_a_flipped_bit_is_found_wherever_it_is",
)
def test_a_backup_is_verified_by_restoring_it(run: Run, tmp_path: Path) -> None:  # noqa: F811
    """[R12] Into a database of its own, thrown away afterwards."""
    run("workspace", "create", "claims", "--name", "Claims")
    file = tmp_path / "b.tar"
    run("backup", str(file))
    assert "is whole" in run("backup", "verify", str(file)).stderr
    parts = tmp_path / "parts"
    parts.mkdir()
    manifest = archive.unpack(file, parts)
    archive.write(parts, manifest | {"rows": manifest["rows"] | {"workspaces": 7}}, tmp_path / "wrong.tar")
    assert (
        "differs from the backup in workspaces" in run("backup", "verify", str(tmp_path / "wrong.tar"), code=1).stderr
    )


def test_a_backup_that_cannot_be_written_there_is_explained(run: Run, tmp_path: Path) -> None:  # noqa: F811
    """[R18] A folder that is not there, and one in which nothing can be made, are a sentence."""
    for where in (tmp_path / "none" / "x.tar", Path("/proc/x.tar")):
        refused = run("backup", str(where), code=1)
        assert refused.stderr.startswith(f"dossier: Nothing can be written in {where.parent}")


def test_old_backups_are_removed(run: Run, tmp_path: Path) -> None:  # noqa: F811
    """[R12] `--keep` counts those of the folder that are named by their time, and touches nothing else."""
    for day in ("01", "02", "03"):
        (tmp_path / f"dossier-202601{day}T000000Z.tar").touch()
    (tmp_path / "mine.tar").touch()
    run("backup", str(tmp_path), "--keep", "2")
    names = sorted(each.name for each in tmp_path.iterdir())
    assert names[0] == "dossier-20260103T000000Z.tar"
    assert (len(names), names[-1]) == (3, "mine.tar")
    assert "goes with a folder" in run("backup", str(tmp_path / "x.tar"), "--keep", "2", code=2).stderr


@left_to_ci(
    "starts a server, backs up twice and restores twice", "cli/test_commands.py::test_a_backup_comes_back_whole"
)
def test_the_key_comes_with_the_backup_or_its_absence_is_said(tmp_path: Path) -> None:
    """[R12] Under a passphrase; the restored folder has it, mode 0600. Without one, both commands say where it is."""
    (tmp_path / "pass").write_text(PASSPHRASE)
    (tmp_path / "other").write_text(PASSPHRASE[::-1])
    with data_folder() as folder, data_folder() as restored, server() as one:
        one.folder = folder
        one.start()
        key = (folder / "secret-key").read_text()
        plain = one.command("backup", str(tmp_path / "plain.tar"))
        assert f"{folder}/secret-key" in plain.stderr
        with_key = one.command("backup", str(tmp_path / "key.tar"), "--passphrase-file", str(tmp_path / "pass"))
        assert with_key.returncode == 0, with_key.stderr
        assert key.encode() not in (tmp_path / "key.tar").read_bytes()
        one.end()
        wrong = dossier(restored, "restore", str(tmp_path / "key.tar"), "--passphrase-file", str(tmp_path / "other"))
        assert (wrong.returncode, "passphrase" in wrong.stderr, restored.exists()) == (1, True, False)
        done = dossier(restored, "restore", str(tmp_path / "key.tar"), "--passphrase-file", str(tmp_path / "pass"))
        assert done.returncode == 0, done.stderr
        assert (restored / "secret-key").read_text().strip() == key.strip()
        assert (restored / "secret-key").stat().st_mode & 0o777 == 0o600


# ---- one folder ----


@left_to_ci("starts a server that waits for a command")
def test_a_server_waits_for_a_command(tmp_path: Path) -> None:
    """[R13] A backup that runs is no reason to fail: the server says whom it waits for, and starts then."""
    with server() as one:
        served.copy_migrated(one.folder)
        with (one.folder / "server.lock").open("w+") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            lock.write(f"{os.getpid()} command")
            lock.flush()
            one.begin()
            one.listens(f"command (process {os.getpid()})")
            assert "listens on" not in one.said
        one.listens()


def test_a_folder_that_cannot_be_written_is_explained(tmp_path: Path) -> None:
    """[R18] With a sentence, not a traceback."""
    file = tmp_path / "file"
    file.touch()
    for command in (["serve"], ["doctor"]):
        refused = dossier(file / "data", *command)
        assert refused.returncode == 1
        assert "Traceback" not in refused.stderr
        assert str(file) in refused.stderr


# ---- connections ----


def test_a_pooler_that_drops_settings_is_refused(
    monkeypatch: pytest.MonkeyPatch, fresh_database_url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """[R7] Nothing is served over connections whose limits and read-only mode do not hold."""
    import typer

    from dossier.cli import connection

    connect = psycopg.connect

    def pooler(url: str, options: str = "", **more: object) -> object:
        assert options
        return connect(url, **more)  # type: ignore[arg-type]

    connection.raise_if_unfit(fresh_database_url, 10)
    monkeypatch.setattr(connection.psycopg, "connect", pooler)
    with pytest.raises(typer.Exit):
        connection.raise_if_unfit(fresh_database_url, 10)
    assert "pooler" in capsys.readouterr().err


def test_connections_that_cannot_be_had_are_refused_at_the_start(run: Run) -> None:  # noqa: F811
    """[R8] The sum is made before, and said."""
    refused = run("serve", "--workers", "64", code=1, PORT="0")
    assert "DOSSIER_MAX_CONNECTIONS" in refused.stderr


@left_to_ci("starts a database and two workers")
def test_the_embedded_database_has_room_for_all_workers_and_for_commands() -> None:
    """[R8] Its number of connections follows the settings."""
    with server() as one:
        one.start("--workers", "2", DOSSIER_MAX_CONNECTIONS="12")
        assert one.command("workspace", "list").returncode == 0
        found = (one.folder / "postgres" / "data" / "postgresql.conf").read_text()
        assert f"max_connections = {2 * (24 + 11) + 20}" in found


def test_single_sign_on_needs_the_servers_address() -> None:
    """[S27] What an identity provider is told is never taken from the Host of a request."""
    with pytest.raises(BadSettings, match="DOSSIER_BASE_URL"):
        load({"DOSSIER_OIDC_ISSUER": "https://id.example.org", "DOSSIER_ENV_FILE": ""})
    load(
        {
            "DOSSIER_OIDC_ISSUER": "https://id.example.org",
            "DOSSIER_BASE_URL": "https://d.example.org",
            "DOSSIER_ENV_FILE": "",
        }
    )


def test_a_backup_of_one_server_is_understood_by_others() -> None:
    """[R12] Marks that only one version of PostgreSQL keeps are left out; rows that look like one stay."""
    mark = b"ALTER TABLE ONLY public.cases ALTER COLUMN id SET (pg_attver=27636448);\n"
    rows = [b"COPY public.cases (title) FROM stdin;\n", mark, b"\\.\n"]
    dump = [b"SET transaction_timeout = 0;\n", b"SET row_security = off;\n", mark, *rows, mark]
    assert list(known_everywhere(dump)) == [b"SET row_security = off;\n", *rows]
