"""What every storage can do, and how it refuses. All of it waits, and is called in threads (`InThreads`)."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol

from dossier.foundation.errors import AppError, NoSpace, Problem, Unavailable

CHUNK = (
    256 * 1024
)  # bytes that are given at once: of what one reader has in memory, each step on its way out has a copy
AWAY_SECONDS = 5  # after which it is worth asking again


class Missing(Exception):  # what follows from it, its caller knows
    """There is nothing under that key."""


@dataclass(frozen=True, slots=True)
class Kept:
    """What lies under a key: how many bytes, and since when."""

    key: str
    size: int
    at: datetime


class Storage(Protocol):
    """Content by key. A key is `a/b/c`; what lies under it never changes.

    Every method may raise `storage_away` (503), `put` also `storage_full` (507).
    """

    @property
    def place(self) -> str:
        """Where it is, for the operator; no secret."""

    @property
    def unfinished(self) -> Path:
        """The local folder, for its owner alone, in which files are made that `put` then takes."""

    def put(self, key: str, file: Path) -> None:
        """Keep a finished local file, whole and for good when this returns; FileExistsError where something is. The file is gone afterwards."""

    def size(self, key: str) -> int:
        """Bytes; Missing."""

    def read(self, key: str, start: int, end: int) -> Iterator[bytes]:
        """The bytes from `start` to before `end`, in pieces of `CHUNK` at most; Missing."""

    def delete(self, key: str) -> None:
        """Nothing lies there afterwards; that nothing did is no error."""

    def list(self) -> Iterator[Kept]:
        """All that is kept, in any order."""


def storage_full() -> AppError:
    """507: no room is left where files are kept."""
    return NoSpace.because(
        "There is no space left where files are kept; nothing was kept. Tell your administrator.", "storage_full"
    )


def storage_away() -> AppError:
    """503: what keeps files does not answer, or not as it should."""
    problem = Problem("The storage of files does not answer; try again in a moment.", "storage_away")
    return Unavailable((problem,), {"Retry-After": str(AWAY_SECONDS)})
