"""The files of a case: those that its fields name, and those that were put on it."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Literal

from dossier.cases.model.case import Case
from dossier.cases.model.record import CaseChange
from dossier.fields import Field
from dossier.files.model import NamedFile
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


def newly_named(change: CaseChange) -> dict[str, list[str]]:
    """Field → the ids of files that its value names by a change, and did not before; only of fields that name new ones."""
    new: dict[str, list[str]] = {}
    for path in change.changed_paths():
        prefix, _, key = path.partition(".")
        field = change.after.field(key) if prefix == "data" else None
        if field and (ids := field.files(change.after.data.get(key))):
            before = _named(change.before, key) if change.before else ()
            new[key] = [id for id in ids if id not in before]
    return {key: ids for key, ids in new.items() if ids}


def newly_put(change: CaseChange) -> set[str]:
    """The ids of the files that a change puts on the case."""
    return {*change.after.put_on} - {*(change.before.put_on if change.before else ())}


def values_named(case: Case) -> Iterator[str]:
    """The ids of the files that the values of a case name."""
    for field in case.fields():
        yield from field.files(case.data.get(field.key))


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
            field = case.field(key) if prefix == "data" else None
            rest[path] = both(field, change, show) if field else change
    return rest | ({"files": files} if any(files.values()) else {})


def both(field: Field, change: Mapping[Side, Any], show: Callable[[str], Any]) -> Mapping[Side, Any]:
    """A value before and after, with the files that it names."""
    return {side: field.with_files(value, show) for side, value in change.items()}


def shown_data(case: Case, show: Callable[[str], Any]) -> Mapping[str, Any]:
    """The values of a case with the files that they name."""
    if not case.files:
        return case.data
    named = (field for field in case.fields() if field.key in case.data)
    return {**case.data, **{field.key: field.with_files(case.data[field.key], show) for field in named}}


def offered(case: Case) -> list[Mapping[str, str]]:
    """The files of a case that its fields can name, as people see them."""
    return [file.document() for file in case.files.values() if not file.erased]


def document_of(files: Mapping[str, NamedFile], id: str) -> Mapping[str, str]:
    """A file as people see it; of one that is not there any more the id."""
    return files[id].document() if id in files else {"id": id}


def _named(case: Case, key: str) -> list[str]:
    field = case.field(key)
    return list(field.files(case.data.get(key))) if field else []
