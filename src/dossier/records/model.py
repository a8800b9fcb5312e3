"""What every kept thing can do: change as a whole and remember it, be read as it was, have a change taken back.

A kind of thing describes itself by a `Record`, a value; there is nothing to inherit from.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, Generic, Literal, LiteralString, Protocol, TypeVar
from uuid import UUID

from dossier.fields import HasFields, UnknownFields
from dossier.foundation.clock import milliseconds, wire_time
from dossier.foundation.errors import AppError, Conflict, NotFound, PreconditionFailed, Problem
from dossier.foundation.json import same
from dossier.foundation.messages import Message, Named

Change = Mapping[Literal["old", "new", "source"], Any]
"""A part's value before and after, as JSON has it; `source`: where it comes from, if it was given elsewhere."""

Changes = Mapping[str, Change]
"""Path → the change of the part there."""

Sources = Mapping[str, Mapping[str, Any]]
"""Path → where its value comes from."""

IfMatch = int | Literal["*"] | None
"""The version that a client has seen; `*` only asks that the thing exists, which every change does."""


class Kept(Protocol):
    """A thing that is kept: a frozen value. Every change raises its version by one for each thing that happened."""

    @property
    def workspace_id(self) -> UUID: ...
    @property
    def id(self) -> UUID: ...
    @property
    def version(self) -> int: ...
    @property
    def updated_at(self) -> datetime: ...


class Archivable(Kept, Protocol):
    """A thing that can be put away; while it is, changes of it are refused."""

    @property
    def archived_at(self) -> datetime | None: ...
    def raise_if_archived(self) -> None: ...


Data = Mapping[str, Any]
"""Field key → value."""


class WithData(Archivable, HasFields, Protocol):
    """A thing with fields and their values; `unknown_fields`: what becomes of others that are sent."""

    @property
    def data(self) -> Data: ...
    @property
    def time_zone(self) -> str: ...
    @property
    def unknown_fields(self) -> UnknownFields: ...


T = TypeVar("T", bound=Kept)
A = TypeVar("A", bound=Archivable)


def _nothing(_thing: Any) -> Collection[str]:
    return ()


def _stays_not(_thing: Any, _changes: Changes) -> None:
    return None


def _last(_thing: Any, path: str) -> str:
    return path.rpartition(".")[2]


@dataclass(frozen=True, slots=True)
class Record(Generic[T]):
    """How a kind of thing describes itself.

    `name`: one of them in English; also the kind of their topic, and of changes of many.
    `missing`: what is said of an `{id}` that there is not; `history`: their table of entries; `key`: the column there that says whose.
    `get` reads the part at a path, as JSON has it (None: there is none); `put_all` gives the thing with parts set, at a version.
    `not_undone`: kinds of entries that nothing takes back, and why; `stays` says why of other entries, by what they did.
    `follows`: kinds of entries that come of another one of the same moment, and go back with it.
    `derived`: paths that follow from others, and so are never set by taking back.
    `called`: how people know the part at a path.
    `in_order`: whether entries know their place in the order of commits, in which they are told to others.
    `no_entry`, `no_version`: what is said where a history has no entry `{id}`, or none any more that made a version.
    """

    name: str
    missing: str
    history: LiteralString
    key: LiteralString
    get: Callable[[T, str], Any]
    put_all: Callable[[T, Mapping[str, Any], int], T]
    not_undone: Mapping[str, str] = field(default_factory=dict)
    stays: Callable[[T, Changes], str | None] = _stays_not
    follows: Collection[str] = ()
    derived: Callable[[T], Collection[str]] = _nothing
    called: Callable[[T, str], "str | Message"] = _last
    in_order: bool = False
    no_entry: str = ""
    no_version: str = ""

    def found(self, thing: T | None, id: UUID) -> T:
        """The thing that was looked for; 404."""
        if thing is None:
            raise self.no_such(id)
        return thing

    def no_such(self, id: UUID) -> AppError:
        """404: there is none with that id, or none that the reader may see."""
        return NotFound.because(self.missing, id=id)


Reader = Callable[[Any], Any]


def _as_it_is(value: Any) -> Any:
    return value


@dataclass(frozen=True, slots=True)
class Keyed:
    """A member that holds parts by key. `show`: a part as JSON has it; `read`: from that to the part.

    `spread` makes a mapping by key of a member that is none, and `gather` the member again.
    """

    member: str
    show: Reader = _as_it_is
    read: Reader = _as_it_is
    spread: Callable[[Any], Mapping[str, Any]] = _as_it_is
    gather: Callable[[Mapping[str, Any]], Any] = _as_it_is


@dataclass(frozen=True, slots=True)
class Parts(Generic[T]):
    """`keyed`: what a path begins with → where its parts stand; `read`: member → what changes when it is set, if not it alone."""

    keyed: Mapping[str, Keyed]
    read: Mapping[str, Callable[[Any], Mapping[str, Any]]] = field(default_factory=dict)

    def get(self, thing: T, path: str) -> Any:
        """The part that a path names, as JSON has it; None where there is none."""
        prefix, _, key = path.partition(".")
        if kind := self.keyed.get(prefix):
            part = kind.spread(getattr(thing, kind.member)).get(key)
            return None if part is None else kind.show(part)
        value = getattr(thing, path)
        return wire_time(value) if isinstance(value, datetime) else value

    def put_all(self, thing: T, values: Mapping[str, Any], version: int) -> T:
        """The thing at another version, with many parts set; None takes one away."""
        members: dict[str, Any] = {"version": version}
        under: dict[str, dict[str, Any]] = {}
        for path, value in values.items():
            prefix, _, key = path.partition(".")
            if prefix in self.keyed:
                under.setdefault(prefix, {})[key] = value
            else:
                members |= self.read[path](value) if path in self.read else {path: value}
        for prefix, new in under.items():
            kind = self.keyed[prefix]
            members[kind.member] = _with(kind, getattr(thing, kind.member), new)
        return replace(thing, **members)  # type: ignore[type-var]


def _with(kind: Keyed, held: Any, new: Mapping[str, Any]) -> Any:
    kept = {key: part for key, part in kind.spread(held).items() if key not in new}
    return kind.gather(kept | {key: kind.read(value) for key, value in new.items() if value is not None})


@dataclass(frozen=True, slots=True)
class Cause:
    """A rule of the thing's own that did it, and the run of it: the version of the run's first entry."""

    rule: str
    run: int


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that happened: a version of the thing, and a row of its history."""

    kind: str
    changes: Changes
    reason: Message | None = None
    automatic: bool = False  # done by the thing itself, not by the caller
    cause: Cause | None = None  # for who follows the fact; the history has the reason


@dataclass(frozen=True, slots=True)
class ChangeSet(Generic[T]):
    """A change in the making: the thing before (None while it is being made), as it becomes, and what happens on the way."""

    record: Record[T]
    before: T | None
    after: T
    entries: tuple[Entry, ...] = ()

    def put(
        self,
        kind: str,
        values: Mapping[str, Any],
        reason: Message | None = None,
        *,
        automatic: bool = False,
        cause: Cause | None = None,
        sources: Sources | None = None,
    ) -> "ChangeSet[T]":
        """The change with these parts set, path by path; the same one when all of them are so already. `sources`: where values come from."""
        changes = self._changes(values)
        if not changes:
            return self
        if sources:
            changes = {path: _from(change, sources.get(path)) for path, change in changes.items()}
        after = self.record.put_all(self.after, _new(changes), self.after.version + 1)
        return replace(self, after=after, entries=(*self.entries, Entry(kind, changes, reason, automatic, cause)))

    def along(self, values: Mapping[str, Any]) -> "ChangeSet[T]":
        """The change with these parts set by its last entry: they follow from what that changed."""
        changes = self._changes(values)
        if not changes:
            return self
        last = replace(self.entries[-1], changes={**self.entries[-1].changes, **changes})
        after = self.record.put_all(self.after, _new(changes), self.after.version)
        return replace(self, after=after, entries=(*self.entries[:-1], last))

    def put_by_itself(
        self, kind: str, values: Mapping[str, Any], reason: Message | None = None, cause: Cause | None = None
    ) -> "ChangeSet[T]":
        """The same, done by the thing itself."""
        return self.put(kind, values, reason, automatic=True, cause=cause)

    def note(self, entry: Entry) -> "ChangeSet[T]":
        """The change with one more entry that changes nothing; it is a version all the same."""
        after = self.record.put_all(self.after, {}, self.after.version + 1)
        return replace(self, after=after, entries=(*self.entries, entry))

    @property
    def changed(self) -> bool:
        return bool(self.entries)

    def changed_paths(self, since: int = 0) -> frozenset[str]:
        """Every path that the entries from position `since` on have changed."""
        return frozenset(path for entry in self.entries[since:] for path in entry.changes)

    def changed_data(self) -> dict[str, dict[str, Any]]:
        """Field key → its value before all of this and after it."""
        paths = dict.fromkeys(path for entry in self.entries for path in entry.changes if path.startswith("data."))
        get, before = self.record.get, self.before
        return {
            path.removeprefix("data."): {"old": get(before, path) if before else None, "new": get(self.after, path)}
            for path in paths
        }

    def _changes(self, values: Mapping[str, Any]) -> Changes:
        old = {path: self.record.get(self.after, path) for path in values}
        return {path: {"old": old[path], "new": new} for path, new in values.items() if not same(old[path], new)}


def made(record: Record[T], thing: T, paths: Iterable[str]) -> ChangeSet[T]:
    """The change that makes a thing, which is at version 0: its first entry says what these parts are."""
    values = {path: record.get(thing, path) for path in paths}
    changes: Changes = {path: {"old": None, "new": value} for path, value in values.items() if value is not None}
    return ChangeSet(record, None, thing).note(Entry("created", changes))


def _from(change: Change, source: Mapping[str, Any] | None) -> Change:
    return {**change, "source": source} if source else change


def _new(changes: Changes) -> dict[str, Any]:
    return {path: change["new"] for path, change in changes.items()}


@dataclass(frozen=True, slots=True)
class HistoryEntry:
    """A row of a history, with who it was: `actor` is `{type, id, name}`."""

    id: UUID
    at: datetime
    version: int
    kind: str
    actor: Mapping[str, Any]
    via: str
    changes: Changes
    reason: Message | None


class VersionConflict(PreconditionFailed):
    """412: somebody else changed, after the version that the client has seen, what it wants to change (optimistic locking)."""

    code = "changed_since"


@dataclass(frozen=True, slots=True)
class BulkAsked:
    """What a member asked to have done to many things; the value is somebody's address, and another one once they are erased."""

    member_id: UUID
    kind: str
    value: str | None


@dataclass(frozen=True, slots=True)
class BulkChange:
    """One change of many things: what a member asked for, and how far it is."""

    id: UUID
    member_id: UUID
    kind: str
    value: str | None
    created_at: datetime
    finished_at: datetime | None
    total: int
    changed: int
    unchanged: int
    refused: int
    undoable: int

    @property
    def done(self) -> int:
        """How many were looked at, whatever became of them."""
        return self.changed + self.unchanged + self.refused


@dataclass(frozen=True, slots=True)
class BulkItem:
    """One of these things. `version`: the one that the change made of it, or that is to be taken back."""

    position: int
    id: UUID
    version: int | None


@dataclass(frozen=True, slots=True)
class BulkResult:
    """What came of one of them, and why it was refused."""

    id: UUID
    outcome: Literal["changed", "unchanged", "refused"]
    why: Sequence[Message]


def next_moment(thing: Kept, now: datetime) -> datetime:
    """Now, or the first moment after the last change: `updated_at` strictly increases."""
    return max(now, milliseconds(thing.updated_at) + timedelta(milliseconds=1))


def matches(if_match: IfMatch, version: int) -> bool:
    """Whether the client has seen this version, or does not say what it has seen."""
    return not isinstance(if_match, int) or if_match == version


def taken_back(
    record: Record[T], thing: T, entry: HistoryEntry, followed: Sequence[HistoryEntry] = ()
) -> dict[str, Any]:
    """Path → value that takes the entry back; 409 naming every part that was changed since.

    `followed`: what the thing did by itself because of it, oldest first, which goes back with it where it still stands.
    """
    if why := record.not_undone.get(entry.kind) or record.stays(thing, entry.changes):
        raise Conflict.because(why, "not_undoable")
    derived = record.derived(thing)
    entry, *followed = (_without(each, derived) for each in (entry, *followed))
    old = {path: change["old"] for each in reversed((entry, *followed)) for path, change in each.changes.items()}
    new = {path: change["new"] for each in (entry, *followed) for path, change in each.changes.items()}
    moved = {path for path in old if not same(record.get(thing, path), new[path])}
    Conflict.if_any(
        Problem(
            "“{part}” was changed again since; undo that first.",
            "changed_since",
            part=Named(path.removeprefix("data."), record.called(thing, path)),
        )
        for path in entry.changes
        if path in moved
    )
    if moved:
        return {path: old[path] for path in entry.changes}
    return old


def _without(entry: HistoryEntry, paths: Collection[str]) -> HistoryEntry:
    return replace(entry, changes={path: change for path, change in entry.changes.items() if path not in paths})


def following(record: Record[T], entry: HistoryEntry, later: Sequence[HistoryEntry]) -> list[HistoryEntry]:
    """What came of an entry by itself, oldest first: the entries of the same moment that follow others."""
    return [each for each in reversed(later) if each.at == entry.at and each.kind in record.follows]
