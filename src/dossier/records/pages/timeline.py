"""The timeline for people: what one person did in one minute stands together, and of long texts only what differs."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import groupby
from typing import Any
from zoneinfo import ZoneInfo

from dossier.foundation import exact
from dossier.foundation.database import ReadSession
from dossier.foundation.errors import Invalid
from dossier.foundation.lists import Page
from dossier.records.actions.history import history_page
from dossier.records.model import HistoryEntry, Record, T

SHOWN, MAX_SHOWN = 20, 1000  # entries
LONG = 120  # characters of a text, from which on only what differs is shown
AROUND = 30  # characters that stay before and after it


@dataclass(frozen=True, slots=True)
class Group:
    """What somebody did in a minute: the newest entry, and the others."""

    first: HistoryEntry
    rest: Sequence[HistoryEntry]


@dataclass(frozen=True, slots=True)
class Timeline:
    """What a page shows of a history, as `records/timeline.html` draws it, and how many earlier entries there are."""

    groups: Sequence[Group]
    more: int

    @property
    def entries(self) -> list[HistoryEntry]:
        """All that it shows."""
        return [entry for group in self.groups for entry in (group.first, *group.rest)]


async def timeline(reading: ReadSession, record: Record[T], thing: T, most: int = SHOWN) -> Timeline:
    """What happened to a thing, the newest entries of it."""
    total, entries = await history_page(reading, record, thing, Page(1, most))
    return Timeline(groups(entries), max(total - len(entries), 0))


def as_of_moment(text: str, time_zone: str) -> datetime | None:
    """A time as an input has it, on the workspace's clock; a whole minute is all of it. None for none; 400."""
    if not text:
        return None
    try:
        moment = exact.local_moment(text)
        if len(text) == len("2026-03-01T09:30"):
            moment = moment.replace(second=59, microsecond=999_999)
        return (moment if moment.tzinfo else moment.replace(tzinfo=ZoneInfo(time_zone))).astimezone(UTC)
    except (ValueError, OverflowError):
        raise Invalid.because("“{value}” is no time.", "invalid_time", parameter="at", value=text[:40]) from None


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
