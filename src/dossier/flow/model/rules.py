"""Which rules of its template a change of a thing sets off, and what they set in it (contract of moves, section 2).

Rules are decided together on the thing as it stands, then done in the order of the document: what one sets, the others
see in the next round.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Generic

from dossier.case_templates.model import (
    WAITING_FOR,
    AtOnce,
    Automation,
    Changed,
    Created,
    From,
    SetOwner,
    StepBecomes,
    Template,
    raise_if_unknown_status,
)
from dossier.conditions import EvaluationContext
from dossier.fields import check_values
from dossier.flow.model.computing import recomputed
from dossier.flow.model.following import F, Following
from dossier.flow.model.states import STATUS_NAMES
from dossier.foundation.clock import today
from dossier.foundation.errors import AppError, Invalid, pointer
from dossier.foundation.messages import Message, Named
from dossier.records.model import Cause, ChangeSet, Entry

FIRED, REFUSED = "automation", "automation_refused"


@dataclass(frozen=True, slots=True)
class Looked(Generic[F]):
    """What the rules have seen of a change so far: the thing as it was then (None: it was not yet), and how many entries."""

    thing: F | None
    entries: int = 0


def fire(change: ChangeSet[F], template: Template, looked: Looked[F]) -> tuple[ChangeSet[F], Looked[F]]:
    """The change with what the rules do that it sets off, and what they have seen of it by then."""
    if not template.reacting or len(change.entries) == looked.entries:
        return change, looked
    news = _News(change, looked)
    seen = Looked(change.after, len(change.entries))
    for rule in template.reacting:
        if why := news.why(rule):
            change = carried_out(change, rule, why)
    return change, seen


def carried_out(change: ChangeSet[F], rule: Automation, why: Message) -> ChangeSet[F]:
    """The change with what the rule does at once; a part that does not fit is refused, and said. The first entry is the rule's run."""
    cause, before = Cause(rule.key, change.after.version + 1), len(change.entries)
    reason = Message("The rule “{rule}”: {why}.", {"rule": rule.name, "why": why})
    for _, action in rule.at_once:
        change = _done(change, rule, action, cause, reason)
    if len(change.entries) == before:
        return change.note(Entry(FIRED, {}, reason, automatic=True, cause=cause))
    return change


def _done(change: ChangeSet[F], rule: Automation, action: AtOnce, cause: Cause, reason: Message) -> ChangeSet[F]:
    try:
        values = _owner(change.after, action) if isinstance(action, SetOwner) else _values(change, action.values)
    except AppError as refusal:
        return change.note(refused(rule.name, refusal.message, cause))
    moved = change.put_by_itself(FIRED, values, reason, cause=cause)
    touched = moved is not change and any(path.startswith("data.") for path in moved.entries[-1].changes)
    return recomputed(moved) if touched else moved


def refused(name: str, why: Message, cause: Cause) -> Entry:
    """That a rule could not set what it should; nothing else is held up by it."""
    reason = Message("The rule “{rule}” could not be carried out: {why}", {"rule": name, "why": why})
    return Entry(REFUSED, {}, reason, automatic=True, cause=cause)


def _owner(thing: Following, action: SetOwner) -> Mapping[str, Any]:
    """The owner as far as it is known here; `flow.actions.owning` finds the member, and whose turn it is."""
    if action.in_turn:
        return {"owner": {"email": None, "in_turn": list(action.emails)}}
    (email,) = action.emails
    is_so = ((thing.owner or {}).get("email") or "").casefold() == email.casefold()
    return {} if is_so else {"owner": {"email": email}}


def _values(change: ChangeSet[F], asked: Mapping[str, Any]) -> dict[str, Any]:
    """Path → value as it is stored, typed as in an update of the data; 400."""
    thing = change.after
    given = {path: _taken(change, value) for path, value in asked.items()}
    data = {path.removeprefix("data."): value for path, value in given.items() if path.startswith("data.")}
    values = {path: value for path, value in given.items() if not path.startswith("data.")}
    for path, value in values.items():
        _raise_unless_it_fits(thing, path, value)
    if "status" in values:
        values["parent_status"] = thing.statuses[values["status"]].parent_status
    return values | check_values(thing, thing.unknown_fields, data, today(thing.updated_at, thing.time_zone))


def _raise_unless_it_fits(thing: Following, path: str, value: Any) -> None:
    """400; what a document says literally fits, but what it takes from elsewhere may not."""
    if path == "status":
        raise_if_unknown_status(thing.statuses, str(value), pointer(path))
    elif path == "waiting_for":
        if value not in WAITING_FOR:
            raise Invalid.because("“{value}” must be one of {options}.", value=str(value)[:40], options=WAITING_FOR)
    elif not isinstance(value, str) and (path == "title" or value is not None):
        raise Invalid.because("“{field}” must be a text.", field=path)


def _taken(change: ChangeSet[F], value: Any) -> Any:
    return change.record.get(change.after, value.path) if isinstance(value, From) else value


class _News(Generic[F]):
    """What has happened since the rules last looked, and whether a condition holds now and did not then; each decided once."""

    def __init__(self, change: ChangeSet[F], looked: Looked[F]) -> None:
        self._change = change
        self._entries: Sequence[Entry] = change.entries[looked.entries :]
        self._paths = watchable(change.changed_paths(looked.entries))
        self._now, self._then = change.after, looked.thing
        self._contexts: list[EvaluationContext | None] = []

    def why(self, rule: Automation) -> Message | None:
        """Why the rule fires, in a sentence without its stop; None when it does not."""
        match rule.trigger:
            case Created() if self._then is None and self._holds(rule):
                return Message("the case was made")
            case StepBecomes(step, status) if self._has_become(step, status) and self._holds(rule):
                named = Named(step, self._change.record.called(self._now, f"steps.{step}"))
                values = {"step": named, "status": Named(status, STATUS_NAMES[status])}
                return Message("the step “{step}” is {status}", values)
            case Changed(watch) if watch & self._paths and self._holds(rule) and not self._held(rule):
                parts = {"parts": parts_of(self._change, watch & self._paths)}
                now = Message("{parts} changed, and its condition holds now", parts)
                return now if rule.condition else Message("{parts} changed", parts)
        return None

    def _has_become(self, step: str, status: str) -> bool:
        return any(self._became(entry, f"steps.{step}", status) for entry in self._entries)

    @staticmethod
    def _became(entry: Entry, path: str, status: str) -> bool:
        change = entry.changes.get(path)
        old, new = ((change[side] or {}).get("status") for side in ("old", "new")) if change else (None, None)
        return new == status != old

    def _holds(self, rule: Automation) -> bool:
        return rule.condition is None or rule.condition.evaluate(self._context(0))

    def _held(self, rule: Automation) -> bool:
        return rule.condition is not None and self._then is not None and rule.condition.evaluate(self._context(1))

    def _context(self, then: int) -> EvaluationContext:
        self._contexts = self._contexts or [None, None]
        found = self._contexts[then]
        if found is None:
            thing = self._then if then else self._now
            assert thing
            found = self._contexts[then] = thing.context()
        return found


def parts_of(change: ChangeSet[F], watched: frozenset[str]) -> tuple[Named, ...]:
    """The parts of a thing that `watch` names: by their paths for programs, as people know them for people."""
    called = change.record.called
    return tuple(Named(path, called(change.after, path.removesuffix(".status"))) for path in sorted(watched))


def watchable(paths: frozenset[str]) -> frozenset[str]:
    """What has changed, in the words of `watch`: a step's path is `steps.<key>.status`, any slot also `contacts`."""
    steps = {f"{path}.status" for path in paths if path.startswith("steps.")}
    return paths | steps | ({"contacts"} if any(path.startswith("contacts.") for path in paths) else set())


def owners_asked(change: ChangeSet[F]) -> Iterator[tuple[int, Entry]]:
    """The entries by which rules give the thing to somebody who still has to be found, each with its place."""
    for place, entry in enumerate(change.entries):
        if entry.cause and "id" not in ((entry.changes.get("owner") or {}).get("new") or {"id": None}):
            yield place, entry


def with_owner(change: ChangeSet[F], place: int, entry: Entry, after: Mapping[str, Any] | None) -> ChangeSet[F]:
    """The change with another entry in that place, after which the thing has that owner."""
    entries = (*change.entries[:place], entry, *change.entries[place + 1 :])
    return replace(change, after=replace(change.after, owner=after), entries=entries)  # type: ignore[type-var]
