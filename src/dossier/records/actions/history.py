"""Reading what happened to a kept thing, the thing as it was, and refusing who changes what they have not seen."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from dossier.foundation.clock import wire_time
from dossier.foundation.database import ReadSession, Topic, Transaction
from dossier.foundation.errors import Problem, pointer
from dossier.foundation.lists import Page
from dossier.foundation.messages import Named
from dossier.records.model import (
    HistoryEntry,
    IfMatch,
    Record,
    T,
    VersionConflict,
    following,
    matches,
    taken_back,
)
from dossier.records.store import history


async def history_page(reading: ReadSession, record: Record[T], thing: T, page: Page) -> tuple[int, list[HistoryEntry]]:
    """A page of the entries, newest first, and how many there are."""
    return await history.page(reading, record, thing, page.size, page.offset)


async def at(reading: ReadSession, record: Record[T], thing: T, moment: datetime) -> tuple[T, datetime | None]:
    """The thing as it was at a moment, and when it had last been changed by then; None when it was not yet."""
    was, version = await history.before(reading, record, thing, moment)
    return record.put_all(thing, was, version), await history.moment_of(reading, record, thing, version)


async def in_version(reading: ReadSession, record: Record[T], thing: T, version: int) -> tuple[T, datetime]:
    """The thing as it was in one of its versions, and when it came to that."""
    later = await history.since(reading, record, thing, version)
    was = {path: change["old"] for entry in later for path, change in entry.changes.items()}
    moment = await history.moment_of(reading, record, thing, version)
    return record.put_all(thing, was, version), moment or thing.updated_at


def announce(transaction: Transaction, record: Record[T], thing: T) -> None:
    """Let open pages and jobs that follow this kind of thing know, once the change is kept."""
    transaction.announce(Topic(record.name, thing.workspace_id, thing.id))


async def values_before(
    reading: ReadSession, record: Record[T], thing: T, entry: HistoryEntry, *, followed: bool = False
) -> dict[str, Any]:
    """Path → value that takes an entry back (`followed`: with what came of it); 409 where a later change stands in the way."""
    later = await history.since(reading, record, thing, entry.version) if followed else []
    return taken_back(record, thing, entry, following(record, entry, later))


async def check_if_match(
    reading: ReadSession, record: Record[T], thing: T, if_match: IfMatch, paths: Collection[str] | None = None
) -> None:
    """Optimistic locking: 412 when one of the paths (None: anything) was changed after the version that the client has seen."""
    if not isinstance(if_match, int) or matches(if_match, thing.version):
        return
    if if_match > thing.version:
        raise VersionConflict.because(
            "The {thing} has not reached version {version}; it is at {present}.",
            "not_reached",
            people="It has not reached version {version}; it is at {present}.",
            thing=record.name,
            version=if_match,
            present=thing.version,
        )
    wanted = None if paths is None else list(paths)
    later = await history.since(reading, record, thing, if_match, wanted)
    newest = {path: entry for entry in reversed(later) for path in entry.changes if wanted is None or path in wanted}
    VersionConflict.if_any(_changed(record, thing, path, entry) for path, entry in newest.items())


def _changed(record: Record[T], thing: T, path: str, entry: HistoryEntry) -> Problem:
    prefix, _, key = path.partition(".")
    meta: dict[str, Any] = {
        "value": record.get(thing, path),
        "version": entry.version,
        "at": wire_time(entry.at),
        "actor": entry.actor,
    }
    return Problem(
        "“{field}” was changed by {name} at {time}.",
        "changed_since",
        pointer(*filter(None, (prefix, key))),
        people="“{field}” was changed by {name} meanwhile; look at it, and do it again.",
        meta=meta,
        field=Named(key or path, record.called(thing, path)),
        name=entry.actor["name"],
        time=wire_time(entry.at),
    )
