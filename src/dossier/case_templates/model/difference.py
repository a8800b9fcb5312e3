"""What differs between two template documents, in the order of the document."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from dossier.drafting.model import named

PARTS = ("contacts", "sections", "schema", "statuses", "steps", "automations")
"""The lists of a document; what is in them has a key."""
SINGLE = ("title", "description", "locale", "unknown_fields")


@dataclass(frozen=True, slots=True)
class Difference:
    """Something added, removed, changed, or put elsewhere; `members`: which members changed, from what to what."""

    part: str  # of PARTS, or one of SINGLE
    key: str
    name: str
    what: Literal["added", "removed", "changed", "moved"]
    members: tuple[tuple[str, Any, Any], ...] = ()


def differences(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[Difference]:
    """Everything that one has to know to go from one document to the other."""
    for name in SINGLE:
        if old.get(name) != new.get(name):
            yield Difference(name, "", "", "changed", ((name, old.get(name), new.get(name)),))
    for part in PARTS:
        yield from _of_list(part, _by_key(old, part), _by_key(new, part))


def _by_key(document: Mapping[str, Any], part: str) -> dict[str, Mapping[str, Any]]:
    """What is in one of the lists of a document, by its key."""
    return {each["key"]: each for each in document.get(part) or ()}


def _of_list(part: str, old: dict[str, Mapping[str, Any]], new: dict[str, Mapping[str, Any]]) -> Iterator[Difference]:
    for key in old.keys() - new.keys():
        yield Difference(part, key, named(old[key]), "removed")
    stayed_old, stayed_new = ([key for key in each if key in old and key in new] for each in (old, new))
    for key, item in new.items():
        if key not in old:
            yield Difference(part, key, named(item), "added")
        elif old[key] != item:
            yield Difference(part, key, named(item), "changed", tuple(members(old[key], item)))
        elif stayed_old.index(key) != stayed_new.index(key):
            yield Difference(part, key, named(item), "moved")


def members(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[tuple[str, Any, Any]]:
    """The members that differ: name, from what, to what."""
    for name in dict.fromkeys([*old, *new]):
        if old.get(name) != new.get(name):
            yield name, old.get(name), new.get(name)
