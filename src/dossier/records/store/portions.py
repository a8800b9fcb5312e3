"""Many changes written by few statements: so many at a time that writing them down takes no long moment."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any, TypeVar

from dossier.foundation import json

BATCH_SIZE = 1_000_000  # characters of values that one statement writes, unless a single thing has more

C = TypeVar("C")


def portions(changes: Sequence[C], value_of: Callable[[C], Any]) -> Iterator[Sequence[C]]:
    """The changes in their order, as many at a time as have values of `BATCH_SIZE` characters together."""
    begin, size = 0, 0
    for place, change in enumerate(changes):
        own = len(json.encode(value_of(change)))
        size += own
        if size > BATCH_SIZE and place > begin:
            yield changes[begin:place]
            begin, size = place, own
    if begin < len(changes):
        yield changes[begin:]
