"""The timeline for people: what one person did in one minute stands together, and of long texts only what differs."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from dossier.records.model import HistoryEntry

LONG = 120  # characters of a text, from which on only what differs is shown
AROUND = 30  # characters that stay before and after it


@dataclass(frozen=True, slots=True)
class Group:
    """What somebody did in a minute: the newest entry, and the others."""

    first: HistoryEntry
    rest: Sequence[HistoryEntry]


def groups(entries: Iterable[HistoryEntry]) -> list[Group]:
    """Entries, newest first, by who it was, through what, and minute."""
    same = lambda each: (each.actor["type"], each.actor["id"], each.via, each.at.replace(second=0, microsecond=0))  # noqa: E731
    return [Group(first, rest) for first, *rest in (list(each) for _, each in groupby(entries, same))]


def difference(old: Any, new: Any) -> tuple[Any, Any]:
    """Both values; of two long texts the part that differs, with a little around it."""
    if not (isinstance(old, str) and isinstance(new, str)) or max(len(old), len(new)) <= LONG:
        return old, new
    before = _alike(old, new)
    after = min(_alike(old[::-1], new[::-1]), min(len(old), len(new)) - before)
    return _cut(old, before, after), _cut(new, before, after)


def _alike(one: str, other: str) -> int:
    """How many characters both begin with, found by halves: texts are long."""
    low, high = 0, min(len(one), len(other))
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if one[low:middle] == other[low:middle] else (low, middle - 1)
    return low


def _cut(text: str, before: int, after: int) -> str:
    start, end = max(before - AROUND, 0), min(len(text) - after + AROUND, len(text))
    return ("…" if start else "") + text[start:end] + ("…" if end < len(text) else "")
