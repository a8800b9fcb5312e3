"""Who may use the cluster of a data folder: one server at a time, and commands beside it."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from dossier.foundation.postgres.binaries import account
from dossier.foundation.postgres.cluster import Announce, Cluster


class Busy(Exception):  # a refusal, with who is in the way
    """Another server runs on the data folder; the message names its process."""


@contextmanager
def served(folder: Path, announce: Announce, extra: str = "") -> Iterator[Cluster]:
    """The running cluster of a folder, for the one server on it; it stops when the block ends."""
    with _sole_use(folder):
        cluster = Cluster(folder, announce, extra)
        try:
            cluster.start()
            yield cluster
        finally:
            cluster.stop()


@contextmanager
def reachable(folder: Path, announce: Announce) -> Iterator[Cluster]:
    """The running cluster of a folder, for a command: the server's if one runs, else started and stopped after."""
    try:
        with served(folder, announce) as cluster:
            yield cluster
            return
    except Busy:
        cluster = Cluster(folder, announce)
    cluster.wait_until_ready()
    yield cluster


@contextmanager
def _sole_use(folder: Path) -> Iterator[None]:
    if not folder.exists():
        folder.mkdir(parents=True, mode=0o711 if account().is_other else 0o700)  # PostgreSQL passes through
    with (folder / "server.lock").open("a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.seek(0)
            message = f"Another Dossier runs on {folder} (process {lock.read().strip() or 'unknown'})."
            raise Busy(message) from None
        lock.truncate(0)
        lock.write(str(os.getpid()))
        lock.flush()
        yield
