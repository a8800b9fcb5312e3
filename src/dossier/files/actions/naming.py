"""Files that fields newly name: looked up in one statement for all changes, held, or refused by name."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from uuid import UUID

from dossier.files.model import NamedFile
from dossier.files.model.held import H, newly_named
from dossier.files.store import holding
from dossier.foundation.database import Transaction
from dossier.foundation.errors import AppError, Invalid, Problem, pointer
from dossier.records.model import ChangeSet

At = Callable[[str], str]
"""A pointer to the value of a field, by its key."""
New = Mapping[str, Sequence[str]]
Found = Mapping[tuple[UUID, str], NamedFile]
_IN_DATA: At = partial(pointer, "data")


async def settle(
    changes: Sequence[tuple[Transaction, ChangeSet[H]]], at: At = _IN_DATA
) -> list[ChangeSet[H] | AppError]:
    """Each change with the files that it newly names, or why it may not name them."""
    named = [newly_named(change) for _, change in changes]
    ids = {id for each in named for new in each.values() for id in new}
    if not ids:
        return [change for _, change in changes]
    found = await holding.take(changes[0][0], ids)
    return [_settled(change, new, found, at) for (_, change), new in zip(changes, named, strict=True)]


def in_schema(keys: Sequence[str]) -> At:
    """Where the value of a field stands in the `schema` of a thing that is made."""
    return lambda key: pointer("schema", keys.index(key), "value")


def _settled(change: ChangeSet[H], named: New, found: Found, at: At) -> ChangeSet[H] | AppError:
    there = {id: found.get((change.after.workspace_id, id)) for new in named.values() for id in new}
    if problems := tuple(_problems(change, named, there, at)):
        return Invalid(problems)
    known = {id: file for id, file in there.items() if file}
    return replace(change, after=replace(change.after, files={**change.after.files, **known}))  # type: ignore[type-var]


def _problems(change: ChangeSet[H], named: New, there: Mapping[str, NamedFile | None], at: At) -> Iterator[Problem]:
    """What is taken back may name files that the field does not take any more: it did. What it may not, `HeldFiles.restore` says."""
    if any(entry.kind == "undone" for entry in change.entries):
        return
    for key, new in named.items():
        field = change.after.field(key)
        assert field
        for bad in field.unfit(change.after.data[key], {id: there[id] for id in new}):
            yield bad.of(field.named, at(key))
