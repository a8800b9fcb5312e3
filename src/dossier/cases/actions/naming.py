"""Files that fields of cases newly name: looked up in one statement for all changes, held, or refused by name."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from uuid import UUID

from dossier import files
from dossier.cases.model import CaseChange
from dossier.cases.model.files import newly_named
from dossier.files.model import NamedFile
from dossier.foundation.database import Transaction
from dossier.foundation.errors import AppError, Invalid, Problem, pointer

Found = Mapping[tuple[UUID, str], NamedFile]


def _in_data(key: str) -> str:
    return pointer("data", key)


async def settle(
    changes: Sequence[tuple[Transaction, CaseChange]], at: Callable[[str], str] = _in_data
) -> list[CaseChange | AppError]:
    """Each change with the files that it newly names, or why it may not name them; `at` points to the value of a field."""
    named = [newly_named(change) for _, change in changes]
    ids = {id for each in named for new in each.values() for id in new}
    if not ids:
        return [change for _, change in changes]
    found = await files.take(changes[0][0], ids)
    return [_settled(change, new, found, at) for (_, change), new in zip(changes, named, strict=True)]


def _settled(
    change: CaseChange, named: Mapping[str, Sequence[str]], found: Found, at: Callable[[str], str]
) -> CaseChange | AppError:
    there = {id: found.get((change.after.workspace_id, id)) for new in named.values() for id in new}
    if problems := tuple(_problems(change, named, there, at)):
        return Invalid(problems)
    known = {id: file for id, file in there.items() if file}
    return replace(change, after=replace(change.after, files={**change.after.files, **known}))


def _problems(
    change: CaseChange,
    named: Mapping[str, Sequence[str]],
    there: Mapping[str, NamedFile | None],
    at: Callable[[str], str],
) -> Iterator[Problem]:
    """What is taken back may name files that the field does not take any more: it did. What it may not, `files.restore` says."""
    if any(entry.kind == "undone" for entry in change.entries):
        return
    for key, new in named.items():
        field = change.after.field(key)
        assert field
        for bad in field.unfit(change.after.data[key], {id: there[id] for id in new}):
            yield bad.of(field.named, at(key))


def in_schema(keys: Sequence[str]) -> Callable[[str], str]:
    """Where the value of a field stands in the `schema` of a case that is made."""
    return partial(_in_schema, keys)


def _in_schema(keys: Sequence[str], key: str) -> str:
    return pointer("schema", keys.index(key), "value")
