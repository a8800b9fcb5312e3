"""The history read backwards: a case as it was, and what takes an entry back."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from dossier.cases.model.case import Case, get, put_all
from dossier.cases.model.change import Changes
from dossier.foundation.errors import Conflict, Problem
from dossier.foundation.json import same

_NOT_UNDONE = {
    "created": "A case cannot be un-made; delete it instead.",
    "steps": "Steps come and go by their conditions.",
    "step_not_started": "Nothing was changed by this entry.",
    "template": "Move the case to another version instead.",
    "transitions_stopped": "Nothing was changed by this entry.",
}


@dataclass(frozen=True, slots=True)
class HistoryEntry:
    """A row of the history, with who it was."""

    id: UUID
    at: datetime
    version: int
    kind: str
    actor: Mapping[str, Any]
    via: str
    changes: Changes
    reason: str | None


def as_of(case: Case, later: Sequence[HistoryEntry], updated_at: datetime) -> Case:
    """The case as it was before the `later` entries, newest first; `updated_at` is the time of the last one it had."""
    for entry in later:
        case = put_all(case, {path: change["old"] for path, change in entry.changes.items()}, entry.version - 1)
    return replace(case, updated_at=updated_at)


def undoing(case: Case, entry: HistoryEntry, followed: Sequence[HistoryEntry] = ()) -> dict[str, Any]:
    """Path → value that takes the entry back; 409 naming every part that was changed since.

    `followed`: what the case did by itself because of it, oldest first, which goes back with it where it still stands.
    """
    if entry.kind in _NOT_UNDONE:
        raise Conflict.because(_NOT_UNDONE[entry.kind], "not_undoable")
    derived = {f"data.{field.key}" for field in case.fields() if field.derived}  # they follow what is taken back
    entry, *followed = (_without(each, derived) for each in (entry, *followed))
    old = {path: change["old"] for each in reversed((entry, *followed)) for path, change in each.changes.items()}
    new = {path: change["new"] for each in (entry, *followed) for path, change in each.changes.items()}
    moved = {path for path in old if not same(get(case, path), new[path])}
    Conflict.if_any(
        Problem(f"“{path.removeprefix('data.')}” was changed again since; undo that first.", "changed_since")
        for path in entry.changes
        if path in moved
    )
    if moved:
        return {path: old[path] for path in entry.changes}
    return old


def _without(entry: HistoryEntry, paths: Collection[str]) -> HistoryEntry:
    return replace(entry, changes={path: change for path, change in entry.changes.items() if path not in paths})


def following(entry: HistoryEntry, later: Sequence[HistoryEntry]) -> list[HistoryEntry]:
    """The transitions that came of an entry, oldest first: those of the same moment."""
    return [each for each in reversed(later) if each.at == entry.at and each.kind == "transition"]
