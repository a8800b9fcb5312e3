"""The content of files beside a backup: copied once for all backups of a folder, compared, brought back, and cleared away."""

import hashlib
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, LiteralString, NamedTuple

import psycopg

from dossier.foundation.storage import Missing, Storage, Unfinished
from dossier.foundation.storage.folder import Folder

FOLDER = "dossier-files"
"""Beside a backup: what its files contain. Content never changes, so that all backups there share it."""

NAMED = "SELECT object, size, encode(sha256, 'hex') FROM files WHERE erased_at IS NULL"
WITH_PICTURES = f"{NAMED} UNION ALL SELECT object, bytes, encode(sha256, 'hex') FROM file_previews"  # noqa: S608 - of constants
"""And what was made of them: it could be made again, but that takes long."""
_STILL = f"SELECT EXISTS ({NAMED} AND workspace_id = %s AND object = %s)"


AT_ONCE, TOGETHER = (
    4,
    200,
)  # files that are copied beside each other, and after how many of them it is said how far it is


class Content(NamedTuple):
    """What a file says of its content."""

    key: str
    size: int
    sha256: str


class Contents(NamedTuple):
    """Many of them, in a list that `written` wrote."""

    list: Path
    total: int

    def each(self) -> Iterator[Content]:
        """One after the other."""
        with self.list.open() as lines:
            for line in lines:
                key, size, sha256 = line.split()
                yield Content(key, int(size), sha256)


@dataclass
class Copied:
    """What was to be there: how many, how many of them had to be copied, and what is wrong with the others."""

    files: int = 0
    bytes: int = 0
    new: int = 0
    wrong: list[str] = field(default_factory=list)


class _Damaged(Exception):  # becomes a line of `wrong`
    """It is not what its file says."""


def beside(backup: Path) -> Path:
    """Where the content is that goes with a backup."""
    return backup.absolute().parent / FOLDER


def written(connection: psycopg.Connection[Any], file: Path, query: LiteralString = NAMED) -> int:
    """Write down what the files of a snapshot say of their content, a line each; how many. Who copies for hours holds no transaction."""
    count = 0
    with connection.cursor("contents") as cursor, file.open("w") as out:
        for row in cursor.execute(query):
            out.write(" ".join(map(str, row)) + "\n")
            count += 1
    return count


@contextmanager
def of_database(url: str, query: LiteralString = NAMED) -> Iterator[Contents]:
    """What the files of a database say of their content."""
    with TemporaryDirectory(prefix="dossier-") as made:
        file = Path(made) / "files.list"
        with psycopg.connect(url) as connection:
            count = written(connection, file, query)
        yield Contents(file, count)


def is_still_named(url: str, key: str) -> bool:
    """Whether a file has that content: it may have been erased while others were copied."""
    with psycopg.connect(url) as connection:
        row = connection.execute(_STILL, [key.partition("/")[0], key]).fetchone()
    return bool(row and row[0])


def copied(
    source: Storage, target: Storage, named: Contents, tell: Callable[[str], None], *, again: bool = False
) -> Copied:
    """Have all of it lie in `target` too. What lies there is left, so that a copy that was cut short goes on; `again`: each that is new is read once more there."""
    return _each(named, lambda one: _have(source, target, one, again=again), tell)


def compared(storage: Storage, named: Contents, tell: Callable[[str], None]) -> Copied:
    """What is there of it, every byte read."""
    return _each(named, lambda one: _compare(storage, one), tell)


def _each(named: Contents, work: Callable[[Content], bool], tell: Callable[[str], None]) -> Copied:
    """Some at a time, beside each other: of a bucket each is waited for."""
    found, left = Copied(), named.each()
    with ThreadPoolExecutor(AT_ONCE) as threads:
        while some := list(islice(left, TOGETHER)):
            for each, (new, wrong) in zip(some, threads.map(partial(_tried, work), some), strict=True):
                found.files += 1
                found.bytes += each.size
                found.new += new
                found.wrong += [f"{each.key} {wrong}"] if wrong else []
            tell(f"{found.files:,} of {named.total:,} files, {found.bytes / 1e6:,.0f} MB")
    return found


def _tried(work: Callable[[Content], bool], one: Content) -> tuple[bool, str | None]:
    try:
        return work(one), None
    except Missing:
        return False, "is missing"
    except _Damaged:
        return False, "is damaged"


def _have(source: Storage, target: Storage, content: Content, *, again: bool) -> bool:
    if _lies(target, content):
        return False
    _copy(source, target, content)
    if again:
        _compare(target, content)
    return True


def _lies(storage: Storage, content: Content) -> bool:
    with suppress(Missing):
        if storage.size(content.key) == content.size:
            return True
        storage.delete(content.key)
    return False


def _copy(source: Storage, target: Storage, content: Content) -> None:
    made = Unfinished(target.unfinished)
    try:
        for piece in source.read(content.key, 0, content.size):
            if made.take(piece):
                made.write()
        made.write()
        made.close()
        if (made.size, made.sha256.hexdigest()) != content[1:]:
            raise _Damaged
        with suppress(FileExistsError):  # somebody else copies too
            target.put(content.key, made.file)
    finally:
        made.discard()


def _compare(storage: Storage, content: Content) -> bool:
    sha256, size = hashlib.sha256(), storage.size(content.key)
    for piece in storage.read(content.key, 0, content.size):
        sha256.update(piece)
    if (size, sha256.hexdigest()) != content[1:]:
        raise _Damaged
    return False


def clear(folder: Path, needed: set[str]) -> int:
    """Delete what no backup names; how many."""
    storage = Folder(folder)
    gone = [each.key for each in storage.list() if each.key not in needed]
    for key in gone:
        storage.delete(key)
    return len(gone)
