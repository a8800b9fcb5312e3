"""With a PostgreSQL of one's own: an owner that is no superuser, and a role that only serves."""

import os
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest
from psycopg import sql
from psycopg.conninfo import make_conninfo

from dossier.foundation.identifiers import new_id
from tests.cli import warm
from tests.conftest import database_server
from tests.many import left_to_ci

Command = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def names() -> Iterator[tuple[str, str]]:
    """Addresses of two empty databases, `{owner}` and `{app}` to come: made and dropped with their roles."""
    mark = new_id().hex[-12:]
    owner, app = f"owner_{mark}", f"app_{mark}"
    with psycopg.connect(database_server(), autocommit=True) as connection:
        for role in (owner, app):
            connection.execute(f"CREATE ROLE {role} LOGIN PASSWORD 'x'")
        for database in (f"one_{mark}", f"two_{mark}"):
            connection.execute(f"CREATE DATABASE {database} OWNER {owner}")
        try:
            yield owner, app
        finally:
            for database in (f"one_{mark}", f"two_{mark}"):
                connection.execute(f"DROP DATABASE {database} WITH (FORCE)")
            for role in (owner, app):
                connection.execute(sql.SQL("DROP ROLE {}").format(sql.Identifier(role)))


@pytest.fixture
def command(names: tuple[str, str], tmp_path: Path) -> Command:
    """`dossier …` with the addresses of both roles, on the first database or the second."""
    owner, app = names

    def run(*arguments: str, on: str = "one", code: int = 0, owned: bool = True) -> "subprocess.CompletedProcess[str]":
        database = owner.replace("owner", on)
        url, owners = (
            make_conninfo(database_server(), dbname=database, user=user, password="x") for user in (app, owner)
        )
        environment = {**os.environ, "DATABASE_URL": url, "DOSSIER_DATA_DIR": str(tmp_path)}
        environment |= {"DOSSIER_OWNER_DATABASE_URL": owners} if owned else {}
        done = warm.run(*arguments, environment=environment)
        assert done.returncode == code, done.stderr + done.stdout
        return done

    return run


@left_to_ci(
    "migrates two databases from nothing, backs up and restores", "cli/test_commands.py::test_a_backup_comes_back_whole"
)
@pytest.mark.long
def test_two_roles_migrate_work_back_up_and_restore(command: Command, names: tuple[str, str], tmp_path: Path) -> None:
    """[S11] Row-level security is forced on the owner too, and takes nothing away from backups."""
    command("migrate")
    command("workspace", "create", "claims", "--name", "Claims")
    command("token", "create", "--workspace", "claims", "--name", "CRM", owned=False)
    assert "can do no more than serve" in command("doctor", code=1).stdout, "no backup yet"
    assert "owns tables: name a role" in subprocess_doctor(names, tmp_path)
    file = tmp_path / "backup.tar"
    command("backup", str(file))
    restored = command("restore", str(file), on="two")
    assert "all there" in restored.stderr
    assert "claims" in command("workspace", "list", "--json", on="two").stdout
    command("migrate", on="two")
    assert "claims" in command("workspace", "list", "--json", on="two", owned=False).stdout
    refused = command("migrate", owned=False)
    assert "at 0" in refused.stderr, "nothing to do"


def subprocess_doctor(names: tuple[str, str], folder: Path) -> str:
    """What the doctor says where one role does everything."""
    owner = make_conninfo(database_server(), dbname=names[0].replace("owner", "one"), user=names[0], password="x")
    environment = {**os.environ, "DATABASE_URL": owner, "DOSSIER_DATA_DIR": str(folder)}
    return warm.run("doctor", environment=environment).stdout
