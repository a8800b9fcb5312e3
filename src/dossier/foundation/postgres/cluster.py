"""One cluster in one folder: made, started, waited for, stopped."""

import hashlib
import hmac
import os
import secrets
import shutil
import signal
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import psutil
import psycopg
from psycopg.conninfo import make_conninfo

from dossier.foundation.postgres import binaries
from dossier.foundation.postgres.binaries import SYSTEM_HOME, PostgresError, account

__all__ = ["Cluster", "PostgresError"]

Announce = Callable[[str], None]

USER = DATABASE = "dossier"  # who owns everything: for migrations, backups and commands
SERVING = "dossier_app"  # who serves: reads and writes rows, owns nothing
SOCKET_LIMIT = 99  # bytes of a socket's path; some systems allow no more than 103
SOCKET_NAME = ".s.PGSQL.5432"
LOG_LIMIT = 5_000_000  # bytes of the log that is kept; it is started anew above that
# The account writes its files itself: root would follow the links that somebody in the database can make of them.
_WRITE = 'cat > "$0"'
_LOGGED = (
    *("/bin/sh", "-c"),
    f'[ ! -f "$0" ] || [ "$(wc -c < "$0")" -le {LOG_LIMIT} ] || rm -f -- "$0"; exec "$@" >> "$0" 2>&1',
)
STOP_SECONDS = 60
WATCH_EVERY = 0.5  # seconds
START_AGAIN_AFTER = 2.0  # seconds after PostgreSQL could not be started
_POLL = 0.01  # seconds
_ANNOUNCE_EVERY = 5.0  # seconds

# Written anew at every start. Errors quote values, so they stay out of the log: whoever asked is told anyway.
# random_page_cost: of memory and solid disks; with that of turning disks, an index is passed over for all rows of a table.
# io_max_concurrency to autovacuum_worker_slots: room in shared memory for what is never used; it is 5 MB (decision 67).
_SETTINGS = """
listen_addresses = ''
max_connections = 60
shared_buffers = 128MB
max_wal_size = 1GB
max_logical_replication_workers = 0
checkpoint_timeout = 15min
io_method = sync
io_max_concurrency = 2
max_pred_locks_per_transaction = 10
max_wal_senders = 0
wal_buffers = 1MB
autovacuum_worker_slots = 3
jit = off
random_page_cost = 1.1
timezone = 'UTC'
log_timezone = 'UTC'
fsync = on
full_page_writes = on
synchronous_commit = on
log_min_messages = fatal
log_min_error_statement = panic
log_error_verbosity = terse
log_checkpoints = off
"""


# What a killed server left under way: all of it, and its locks, before anything new begins.
_END_SESSIONS = """
SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity
WHERE backend_type IN ('client backend', 'parallel worker') AND pid <> pg_backend_pid()
"""


class NotReady(PostgresError):
    """A server's PostgreSQL does not take connections."""


@dataclass(frozen=True)
class Cluster:
    """The cluster of a data folder. `extra` settings are for tests."""

    folder: Path
    announce: Announce
    extra: str = ""
    _children: list[subprocess.Popen[bytes]] = field(default_factory=list, compare=False)

    @cached_property
    def home(self) -> Path:
        """Where the cluster lies: in the data folder, unless PostgreSQL's account cannot get there."""
        inside = self.folder.absolute() / "postgres"
        return inside if account().reaches(inside / "data") else _outside(self.folder)

    @property
    def data(self) -> Path:
        return self.home / "data"

    @property
    def log(self) -> Path:
        return self.home / "log"

    @cached_property
    def socket_folder(self) -> Path:
        """A folder of ours for the socket, with a path that is short enough."""
        inside = self.home / "socket"
        if len(os.fsencode(inside / SOCKET_NAME)) <= SOCKET_LIMIT:
            return inside
        return Path(tempfile.gettempdir()) / f"dossier-{account().uid}-{_digest(self.folder)}"

    @property
    def conninfo(self) -> str:
        """How the owner connects; it holds the password."""
        return self._conninfo(USER, self._password)

    @property
    def serving_conninfo(self) -> str:
        """How a server connects, as a role that can do no more than serve."""
        return self._conninfo(SERVING, self._serving_password)

    def _conninfo(self, user: str, password: str) -> str:
        host = str(self.socket_folder)
        return make_conninfo(host=host, port=5432, user=user, dbname=DATABASE, password=password, connect_timeout=10)

    @property
    def _password(self) -> str:
        return self._password_file.read_text().strip()

    @property
    def _serving_password(self) -> str:
        """Made from the owner's, which it does not give away."""
        return hmac.digest(self._password.encode(), SERVING.encode(), "sha256").hex()

    @property
    def environment(self) -> dict[str, str]:
        """How PostgreSQL's own programs connect."""
        return {"PGHOST": str(self.socket_folder), "PGUSER": USER, "PGDATABASE": DATABASE, "PGPASSWORD": self._password}

    @property
    def _password_file(self) -> Path:
        return self.home.parent / f"{self.home.name}.password"

    @property
    def exists(self) -> bool:
        return (self.data / "PG_VERSION").exists()

    # ---- making ----

    def make(self) -> None:
        """Initialise the cluster if there is none; refuse one of another major version."""
        if self.exists:
            self._raise_if_other_version()
            return
        self.announce("Making a new database…")
        _make_folder(self.home)
        self._password_file.unlink(missing_ok=True)
        with os.fdopen(os.open(self._password_file, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w") as file:
            file.write(secrets.token_hex(24))
        unfinished = self.home / "data.unfinished"
        shutil.rmtree(unfinished, ignore_errors=True)
        self._initdb(unfinished)
        unfinished.rename(self.data)

    def _initdb(self, target: Path) -> None:
        with tempfile.NamedTemporaryFile("w") as password:
            password.write(self._password_file.read_text())
            password.flush()
            account().owns(Path(password.name))
            options = ("--auth=scram-sha-256", f"--username={USER}", f"--pwfile={password.name}", "--data-checksums")
            text = ("--encoding=UTF8", "--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8")
            binaries.run(["initdb", "-D", str(target), *options, *text, "--no-sync", "--no-instructions"])
        binaries.run(["initdb", "-D", str(target), "--sync-only"])

    def _raise_if_other_version(self) -> None:
        found = (self.data / "PG_VERSION").read_text().strip()
        ours = binaries.major_version()
        if found != ours:
            message = (
                f"The database in {self.data} was made by PostgreSQL {found}; this Dossier brings PostgreSQL {ours}. "
                "Make a backup with the Dossier that made it (dossier backup FILE), "
                "move the folder away, and restore the backup with this one (dossier restore FILE)."
            )
            raise PostgresError(message)

    # ---- running ----

    def start(self) -> None:
        """Start PostgreSQL and wait until it takes connections, recovery after a crash included; or take over one that runs."""
        self.make()
        if self._taken_over():
            return
        self.end_leftover()
        self._prepare_socket_folder()
        binaries.as_account(_WRITE, str(self._settings_file), given=self._settings)
        command = [*_LOGGED, str(self.log), binaries.program("postgres"), "-D", str(self.data)]
        # A session of its own: Ctrl-C in the terminal is ours to pass on.
        process = subprocess.Popen(command, start_new_session=True, **binaries.process_options())
        self._children.append(process)
        self.wait_until_ready(process)
        self._create_database()

    @property
    def _settings(self) -> str:
        return f"{_SETTINGS}unix_socket_directories = '{self.socket_folder}'\n{self.extra}"

    @property
    def _settings_file(self) -> Path:
        return self.data / "postgresql.conf"

    def _taken_over(self) -> bool:
        """Whether a killed server left a PostgreSQL running just as it would be started now: what that one did in it is ended, and it goes on."""
        if not self._runs_as_wanted():
            return False
        try:
            self._create_database()
            with psycopg.connect(self.conninfo, autocommit=True) as connection:
                connection.execute(_END_SESSIONS)
        except psycopg.Error:
            return False
        self.announce("Taking over the database that a killed server left running.")
        return True

    def _runs_as_wanted(self) -> bool:
        postmaster = self.postmaster()
        try:
            return (
                postmaster is not None
                and self._state() == "ready"
                and postmaster.exe() == os.path.realpath(binaries.program("postgres"))
                and self._settings_file.read_text() == self._settings
            )
        except (OSError, psutil.Error):
            return False

    def wait_until_ready(self, process: "subprocess.Popen[bytes] | None" = None, seconds: float | None = None) -> None:
        """Wait as long as it takes (or so many seconds), saying so; PostgresError when PostgreSQL gives up, NotReady after those seconds."""
        began = said = time.monotonic()
        while self._state() != "ready":
            if process and process.poll() is not None:
                message = f"PostgreSQL did not start. The end of {self.log}:\n{self._log_end()}"
                raise PostgresError(message)
            if seconds is not None and time.monotonic() - began > seconds:
                message = f"PostgreSQL is not ready after {seconds:.0f} s."
                raise NotReady(message)
            if time.monotonic() - said > _ANNOUNCE_EVERY:
                said = time.monotonic()
                self.announce(f"PostgreSQL is recovering what was under way… {said - began:.0f} s")
            time.sleep(_POLL)

    @contextmanager
    def watched(self) -> Iterator[None]:
        """While the block runs: PostgreSQL is started again whenever it ends, as often as it takes.

        It ends when it is killed, or when its disk is full; connections come back by themselves.
        """
        stopping = threading.Event()
        watcher = threading.Thread(target=self._watch, args=(stopping,), name="postgresql", daemon=True)
        watcher.start()
        try:
            yield
        finally:
            stopping.set()
            watcher.join(STOP_SECONDS)

    def _watch(self, stopping: threading.Event) -> None:
        while not stopping.wait(WATCH_EVERY):
            if self._runs():
                continue
            self.announce("PostgreSQL has ended; starting it again…")
            try:
                self.start()
            except (PostgresError, OSError, psycopg.Error) as error:
                self.announce(f"It does not start: {str(error).splitlines()[0]}")
                stopping.wait(START_AGAIN_AFTER)

    def _runs(self) -> bool:
        return self._children[-1].poll() is None if self._children else self.postmaster() is not None

    def stop(self) -> None:
        """Stop PostgreSQL: what is under way is undone, what was kept is safe."""
        postmaster = self.postmaster()
        if postmaster is None:
            return
        postmaster.send_signal(signal.SIGINT)  # fast shutdown
        try:
            for child in self._children:
                child.wait(STOP_SECONDS)
            postmaster.wait(STOP_SECONDS)
        except (psutil.TimeoutExpired, subprocess.TimeoutExpired):
            postmaster.send_signal(signal.SIGQUIT)  # it recovers at the next start

    def end_leftover(self) -> None:
        """Stop the PostgreSQL of a server that was killed, and forget the files that nobody stands behind.

        Only for whoever has sole use of the folder. The processes of a killed postmaster end by themselves, but
        a new one must not start beside them.
        """
        if self.postmaster():
            self.announce("Stopping the database that a killed server left running…")
            self.stop()
        psutil.wait_procs(self._orphans(), STOP_SECONDS)
        for file in (self.data / "postmaster.pid", *self.socket_folder.glob(f"{SOCKET_NAME}*")):
            file.unlink(missing_ok=True)

    def _orphans(self) -> list[psutil.Process]:
        """Processes that still work in the cluster's folder, as those of PostgreSQL do."""
        found = psutil.process_iter(["cwd", "status"])
        return [
            each for each in found if each.info["cwd"] == str(self.data) and each.info["status"] != psutil.STATUS_ZOMBIE
        ]

    def postmaster(self) -> psutil.Process | None:
        """The running server process of this cluster; a pid that now belongs to something else does not count."""
        try:
            process = psutil.Process(int((self.data / "postmaster.pid").read_text().split("\n")[0]))
            is_ours = str(self.data) in process.cmdline() and process.status() != psutil.STATUS_ZOMBIE
        except (OSError, ValueError, psutil.Error):
            return None
        return process if is_ours else None

    def _state(self) -> str:
        """What postmaster.pid says of the server: starting, ready, stopping; empty when it says nothing."""
        try:
            lines = (self.data / "postmaster.pid").read_text().split("\n")
        except OSError:
            return ""
        return lines[7].strip() if len(lines) > 7 else ""

    def _prepare_socket_folder(self) -> None:
        folder = self.socket_folder
        _make_folder(folder)
        status = folder.stat(follow_symlinks=False)
        if folder.is_symlink() or status.st_uid != account().uid or status.st_mode & 0o077:
            message = f"{folder} is not ours alone; remove it, then start again."
            raise PostgresError(message)

    def _create_database(self) -> None:
        with psycopg.connect(self.conninfo, dbname="postgres", autocommit=True) as connection:
            query = "SELECT 1 FROM pg_database WHERE datname = %s"
            if connection.execute(query, (DATABASE,)).fetchone() is None:
                connection.execute(f"CREATE DATABASE {DATABASE}")
            if connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", (SERVING,)).fetchone() is None:
                connection.execute(f"CREATE ROLE {SERVING} LOGIN PASSWORD '{self._serving_password}'")
            connection.execute(f"REVOKE CREATE, TEMPORARY ON DATABASE {DATABASE} FROM PUBLIC")
            connection.execute("REVOKE CONNECT ON DATABASE postgres, template1 FROM PUBLIC")

    def _log_end(self) -> str:
        try:
            return "\n".join(self.log.read_text(errors="replace").splitlines()[-12:])
        except OSError:
            return "(there is no log)"


def lies_in(folder: Path) -> Path:
    """Where the cluster of a data folder lies, for who only looks; the folder itself when there is none."""
    return next((each for each in (folder / "postgres", _outside(folder)) if (each / "data").exists()), folder)


def _outside(folder: Path) -> Path:
    return SYSTEM_HOME / _digest(folder)


def _digest(folder: Path) -> str:
    return hashlib.sha256(os.fsencode(folder.absolute())).hexdigest()[:12]


def _make_folder(folder: Path) -> None:
    """A folder for PostgreSQL alone. Folders that are there already keep the mode and owner they have."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    if not folder.exists():
        folder.mkdir(mode=0o700)
        account().owns(folder)
