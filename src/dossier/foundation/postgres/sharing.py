"""Who may use the cluster of a data folder: one server at a time, and commands beside it."""

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import IO

from dossier.foundation.postgres.binaries import PostgresError, account
from dossier.foundation.postgres.cluster import Announce, Cluster

COMMAND = "command"  # in the lock file: who holds it is no server, and ends soon


class DataFolderInUse(Exception):  # a refusal, with who is in the way
    """Another server runs on the data folder; the message names its process."""


_NOTHING_THERE = (
    "There is no database in {folder}. Name the data folder with --data-dir or DOSSIER_DATA_DIR "
    "(the service's settings are in /etc/dossier/dossier.env), or make a new one there with: dossier serve"
)
_RETRY_SECONDS = 0.2  # seconds


@contextmanager
def running_cluster(folder: Path, announce: Announce, extra: str = "", *, command: bool = False) -> Iterator[Cluster]:
    """The running cluster of a folder, for who has sole use of it; it stops when the block ends.

    DataFolderInUse when a server runs on the folder; a command (a backup, say) is waited for.
    """
    with exclusive_lock(folder, announce, command=command):
        cluster = Cluster(folder, announce, extra)
        try:
            cluster.start()
            with nullcontext() if command else cluster.watched():
                yield cluster
        finally:
            cluster.stop()


@contextmanager
def connect_or_start(
    folder: Path, announce: Announce, *, make: bool = False, seconds: float | None = None
) -> Iterator[Cluster]:
    """The running cluster of a folder, for a command: the server's if one runs, else started and stopped after.

    A folder without a cluster is refused unless one is to be made there: a command with the wrong folder would else
    work on a new, empty database and say that all is well. A server's cluster is waited for, `seconds` at most.
    """
    if not make and not Cluster(folder, announce).exists:
        raise PostgresError(_NOTHING_THERE.format(folder=folder))
    try:
        with running_cluster(folder, announce, command=True) as cluster:
            yield cluster
            return
    except DataFolderInUse:
        cluster = Cluster(folder, announce)
    cluster.wait_until_ready(seconds=seconds)
    yield cluster


@contextmanager
def exclusive_lock(folder: Path, announce: Announce, *, command: bool) -> Iterator[None]:
    with _lock_file(folder).open("a+") as lock:
        said = ""
        while (holder := _taken(lock)) is not None:
            pid, _, kind = holder.partition(" ")
            if kind != COMMAND:
                message = f"Another Dossier runs on {folder} (process {pid or 'unknown'})."
                raise DataFolderInUse(message)
            if holder != said:
                announce(f"A dossier command (process {pid}) works on {folder}; waiting for it to end…")
                said = holder
            time.sleep(_RETRY_SECONDS)
        lock.truncate(0)
        lock.write(f"{os.getpid()} {COMMAND if command else ''}".strip())
        lock.flush()
        yield


def _lock_file(folder: Path) -> Path:
    file = folder / "server.lock"
    try:
        if not folder.exists():
            folder.mkdir(parents=True, mode=0o711 if account().is_other else 0o700)  # PostgreSQL passes through
        file.touch()
    except OSError as error:
        message = f"{folder} cannot be written: {error.strerror}."
        raise PostgresError(message) from None
    return file


def _taken(lock: IO[str]) -> str | None:
    """Who has the lock; None when it is ours now."""
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        lock.seek(0)
        return lock.read().strip()
    return None
