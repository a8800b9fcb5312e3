"""The embedded PostgreSQL of a data folder: what an earlier one left, where it may lie, and who it runs as."""

import os
from pathlib import Path

import psycopg
import pytest

from dossier.foundation.postgres import Cluster, PostgresError, binaries, running_cluster
from tests.cli.served import copy_migrated, data_folder
from tests.many import left_to_ci

pytestmark = pytest.mark.long


def test_a_pid_file_that_nobody_stands_behind() -> None:
    with data_folder() as folder:
        copy_migrated(folder)
        with running_cluster(folder, print) as cluster:
            pid_file = cluster.data / "postmaster.pid"
            content = pid_file.read_text()
        pid_file.write_text(content.replace(content.split("\n")[0], str(os.getpid()), 1))
        with running_cluster(folder, print) as cluster, psycopg.connect(cluster.conninfo):
            pass


def test_a_path_too_long_for_a_socket() -> None:
    with data_folder() as folder:
        long = folder.parent / ("x" * 60) / ("y" * 60)
        long.parent.mkdir(mode=0o711)
        copy_migrated(long)
        with running_cluster(long, print) as cluster, psycopg.connect(cluster.conninfo):
            assert len(str(cluster.socket_folder)) < 99


def test_another_major_version_is_explained() -> None:
    with data_folder() as folder:
        copy_migrated(folder)
        (folder / "postgres" / "data" / "PG_VERSION").write_text("14\n")
        with pytest.raises(PostgresError, match=r"PostgreSQL 14.*dossier backup"), running_cluster(folder, print):
            pass


def test_without_root_postgresql_runs_as_ourselves(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody else's account, and the data folder itself. As root this is decided by who asks, so it is asked."""
    binaries.account.cache_clear()
    monkeypatch.setattr(os, "geteuid", lambda: 1234)
    monkeypatch.setattr(os, "getegid", lambda: 1234)
    try:
        with data_folder() as folder:
            folder.parent.chmod(0o700)
            assert binaries.account() == binaries.Account(1234, 1234, is_other=False)
            assert Cluster(folder, print).home == folder / "postgres"
            assert "user" not in binaries.process_options()
    finally:
        binaries.account.cache_clear()


@left_to_ci("makes a database cluster and starts it four times")
@pytest.mark.skipif(os.geteuid() != 0, reason="only root has files that the account has not")
def test_root_follows_no_link_of_the_account(tmp_path: Path) -> None:
    """[S11] Settings and log are written by the account itself: what they may be made to point to stays as it is."""
    secret = tmp_path / "secret"
    secret.write_text("root's own")
    secret.chmod(0o600)
    with data_folder() as folder:
        with running_cluster(folder, print) as cluster:
            pass
        for file in (cluster.data / "postgresql.conf", cluster.log):
            file.unlink()
            file.symlink_to(secret)
            with pytest.raises(PostgresError), running_cluster(folder, print):
                pass
            file.unlink()
        assert secret.read_text() == "root's own"
        with running_cluster(folder, print) as cluster, psycopg.connect(cluster.conninfo) as connection:
            assert connection.execute("SELECT 1").fetchone() == (1,)
