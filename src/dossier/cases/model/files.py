"""The files of a case: those that its fields name, and those that were put on it."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Literal

from dossier.cases.model.case import Case
from dossier.cases.model.record import CaseChange
from dossier.records.model import Changes

Side = Literal["old", "new"]


def files_of(case: Case, id: str) -> list[str]:
    """The keys of the fields that name a file."""
    return [field.key for field in case.fields() if id in field.files(case.data.get(field.key))]


def touched(change: CaseChange) -> set[str]:
    """The ids of the files that a change puts on the case, takes off, or that fields of it named before or name after."""
    ids: set[str] = set()
    for path in change.changed_paths():
        prefix, _, key = path.partition(".")
        if prefix == "files":
            ids.add(key)
        elif prefix == "data":
            ids.update(*(_named(case, key) for case in (change.before, change.after) if case))
    return ids


def named_in(case: Case, changes: Changes) -> Iterator[str]:
    """The ids of the files that changes of a case name."""
    for path, change in changes.items():
        prefix, _, key = path.partition(".")
        if prefix == "files":
            yield key
        elif prefix == "data" and (field := case.field(key)):
            yield from (*field.files(change["old"]), *field.files(change["new"]))


def told(case: Case, changes: Changes, show: Callable[[str], Any]) -> Changes:
    """Changes with their files as `show` has them, by id; those put on the case, taken off or renamed stand together under `files`."""
    files: dict[Side, list[Any]] = {"old": [], "new": []}
    rest: dict[str, Mapping[Side, Any]] = {}
    for path, change in changes.items():
        prefix, _, key = path.partition(".")
        if prefix in ("files", "names"):
            for side, value in change.items():
                files[side] += [show(key) | value] if value else []
        else:
            rest[path] = _shown(case, key, change, show) if prefix == "data" else change
    return rest | ({"files": files} if any(files.values()) else {})


def _shown(case: Case, key: str, change: Mapping[Side, Any], show: Callable[[str], Any]) -> Mapping[Side, Any]:
    field = case.field(key)
    if field is None or not (field.files(change["old"]) or field.files(change["new"])):
        return change
    return {side: [show(id) for id in field.files(value)] or None for side, value in change.items()}


def _named(case: Case, key: str) -> list[str]:
    field = case.field(key)
    return list(field.files(case.data.get(key))) if field else []
