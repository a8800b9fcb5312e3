"""The files of a thing: those that its fields name, and those that were put on it; where they stand among its parts."""

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any, Literal, Protocol, TypeVar, get_args

from dossier.fields import Field, Shown
from dossier.files.model.file import NamedFile, named_at
from dossier.records.model import Change, Changes, ChangeSet, Keyed, WithData

Side = Literal["old", "new"]
_SIDES: tuple[Side, ...] = get_args(Side)
Show = Callable[[str], Any]
"""What stands for a file, by its id."""


class HoldsFiles(WithData, Protocol):
    """A thing that shows `files`, by id, of which these were `put_on` it; fields name them by their ids."""

    @property
    def files(self) -> Mapping[str, NamedFile]: ...
    @property
    def put_on(self) -> tuple[str, ...]: ...


H = TypeVar("H", bound=HoldsFiles)

FILE_PARTS: Mapping[str, Keyed] = {
    "files": Keyed(
        "put_on",
        show=lambda file_id: {"id": file_id},
        read=lambda document: document["id"],
        spread=lambda ids: {each: each for each in ids},
        gather=tuple,
    ),
    "names": Keyed("files", NamedFile.document, lambda document: NamedFile(**document)),
    "checks": Keyed("checks"),
}
"""Where the files that were put on a thing stand among its parts, what those that it shows are called, and what a scanner says of them."""


def fields_naming(thing: HoldsFiles, id: str) -> list[str]:
    """The keys of the fields that name a file."""
    return [field.key for field in thing.fields() if id in field.files(thing.data.get(field.key))]


def touched(change: ChangeSet[H]) -> set[str]:
    """The ids of the files that a change puts on the thing, takes off, or that fields of it named before or name after."""
    ids: set[str] = set()
    for path in change.changed_paths():
        prefix, _, key = path.partition(".")
        if prefix == "files":
            ids.add(key)
        elif prefix == "data":
            ids.update(*(_named(thing, key) for thing in (change.before, change.after) if thing))
    return ids


def newly_named(change: ChangeSet[H]) -> dict[str, list[str]]:
    """Field → the ids of files that its value names by a change, and did not before; only of fields that name new ones."""
    new: dict[str, list[str]] = {}
    for path in change.changed_paths():
        prefix, _, key = path.partition(".")
        field = change.after.field(key) if prefix == "data" else None
        if field and (ids := field.files(change.after.data.get(key))):
            before = _named(change.before, key) if change.before else ()
            new[key] = [id for id in ids if id not in before]
    return {key: ids for key, ids in new.items() if ids}


def newly_put(change: ChangeSet[H]) -> set[str]:
    """The ids of the files that a change puts on the thing."""
    return {*change.after.put_on} - {*(change.before.put_on if change.before else ())}


def values_named(thing: HoldsFiles) -> Iterator[str]:
    """The ids of the files that the values of a thing name."""
    for field in thing.fields():
        yield from field.files(thing.data.get(field.key))


def named_in(thing: HoldsFiles, changes: Changes) -> Iterator[str]:
    """The ids of the files that changes of a thing name."""
    for path, change in changes.items():
        prefix, _, key = path.partition(".")
        if prefix in ("files", "checks"):
            yield key
        elif prefix == "data" and (field := thing.field(key)):
            yield from (*field.files(change["old"]), *field.files(change["new"]))


def told(thing: HoldsFiles, changes: Changes, show: Show) -> Changes:
    """Changes with their files as `show` has them, by id; those put on it, taken off or renamed stand together under `files`."""
    files: dict[Side, list[Any]] = {"old": [], "new": []}
    found: dict[str, Change] = {}
    for path, change in changes.items():
        prefix, _, key = path.partition(".")
        if prefix in ("files", "names"):
            for side in _SIDES:
                files[side] += [show(key) | change[side]] if change[side] else []
        else:
            field = thing.field(key) if prefix == "data" else None
            found[path] = both(field, change, show) if field else change
    if any(files.values()):
        found["files"] = {"old": files["old"], "new": files["new"]}
    return found


def both(field: Field, change: Change, show: Show) -> Change:
    """A value before and after, with the files that it names."""
    return {**change, **{side: field.with_files(change[side], show) for side in _SIDES}}


def shown_data(thing: HoldsFiles, show: Show) -> Mapping[str, Any]:
    """The values of a thing with the files that they name."""
    if not thing.files:
        return thing.data
    named = (field for field in thing.fields() if field.key in thing.data)
    return {**thing.data, **{field.key: field.with_files(thing.data[field.key], show) for field in named}}


def data_at(thing: HoldsFiles, address: str) -> Mapping[str, Any]:
    """The values of a thing with the files that they name as programs see them; `address`: of the API."""
    return shown_data(thing, partial(named_at, thing.files, address))


def data_for_people(thing: HoldsFiles) -> Mapping[str, Any]:
    """The values of a thing with the files that they name as people see them."""
    return shown_data(thing, partial(document_of, thing.files))


def offered(thing: HoldsFiles) -> list[Mapping[str, str]]:
    """The files of a thing that its fields can name, as people see them."""
    return [file.document() for file in thing.files.values() if not file.erased]


def shown_field(thing: HoldsFiles, field: Field) -> Shown:
    """A field as the page of a thing shows it, with the files that it names and can name."""
    value = field.with_files(thing.data.get(field.key), partial(document_of, thing.files))
    return Shown(field, value, offered=offered(thing))


def document_of(files: Mapping[str, NamedFile], id: str) -> Mapping[str, str]:
    """A file as people see it; of one that is not there any more the id."""
    return files[id].document() if id in files else {"id": id}


def _named(thing: HoldsFiles, key: str) -> list[str]:
    field = thing.field(key)
    return list(field.files(thing.data.get(key))) if field else []
