"""Many changes written by few statements: so many at a time that writing them down takes no long moment."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, TypeVar

BATCH_SIZE = 1_000_000  # characters of values that one statement writes, unless a single thing has more

C = TypeVar("C")


def portions(changes: Sequence[C], value_of: Callable[[C], Any]) -> Iterator[Sequence[C]]:
    """The changes in their order, as many at a time as have values of `BATCH_SIZE` characters together."""
    begin, size = 0, 0
    for place, change in enumerate(changes):
        own = _size(value_of(change))
        size += own
        if size > BATCH_SIZE and place > begin:
            yield changes[begin:place]
            begin, size = place, own
    if begin < len(changes):
        yield changes[begin:]


def _size(value: Any) -> int:
    """About how many characters the value has as JSON."""
    if isinstance(value, str):
        return len(value) + 2
    if isinstance(value, Mapping):
        return sum(len(key) + 4 + _size(each) for key, each in value.items())
    return sum(map(_size, value)) if isinstance(value, list | tuple) else 8
