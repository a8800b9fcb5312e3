"""The embedded PostgreSQL of a data folder: what an earlier one left, where it may lie, and who it runs as."""

import os
import signal
from pathlib import Path
from typing import Any

import psutil
import psycopg
import pytest

from dossier.foundation.postgres import Cluster, PostgresError, binaries, running_cluster
from tests.cli.served import copy_migrated, data_folder, until
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


def left_running(folder: Path) -> int:
    """What a killed server leaves: a PostgreSQL with its lock in it, whose process id this is."""
    left = Cluster(folder, print)
    left.start()
    holding = psycopg.connect(left.conninfo)
    holding.execute("SELECT pg_advisory_lock(1)")
    HELD.append(holding)
    postmaster = left.postmaster()
    assert postmaster
    return postmaster.pid


HELD: list[psycopg.Connection[Any]] = []
"""Connections that nobody closes."""


def test_what_a_killed_server_left_running_is_taken_over_and_watched() -> None:
    with data_folder() as folder:
        left = left_running(folder)
        with running_cluster(folder, print) as cluster:
            assert cluster.postmaster() == psutil.Process(left)
            with psycopg.connect(cluster.conninfo) as connection:
                connection.execute("SET lock_timeout = '5s'; SELECT pg_advisory_lock(1)")
            os.kill(left, signal.SIGKILL)
            until(lambda: (now := cluster.postmaster()) and now.pid != left and cluster._state() == "ready")
            with psycopg.connect(cluster.conninfo):
                pass
        assert cluster.postmaster() is None


def test_what_runs_otherwise_than_it_is_wanted_is_started_anew() -> None:
    with data_folder() as folder:
        left = left_running(folder)
        with running_cluster(folder, print, "max_connections = 61\n") as cluster:
            assert not psutil.pid_exists(left)
            with psycopg.connect(cluster.conninfo) as connection:
                assert connection.execute("SHOW max_connections").fetchone() == ("61",)


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
