"""How fields that a list can be filtered by stand with an index, for people: what it is called, and how far it is."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from dossier.conditions.rows import FilterAttribute
from dossier.foundation.database import ReadSession
from dossier.listing.collection import Collection as Kind
from dossier.listing.field_index import FieldIndex, IndexedField, State
from dossier.listing.list_query import ResolvedQuery

_OF_FIELD = "data."


@dataclass(frozen=True, slots=True)
class FieldState:
    """A field by key and name; `state`: of its index, "none" where it has none; `share`: of all things, in percent, that are in it."""

    key: str
    name: str
    state: State | Literal["none"] = "none"
    share: int = 0


async def field_states(
    reading: ReadSession,
    index: FieldIndex,
    kind: Kind,
    choices: Sequence[FilterAttribute],
    wanted: Collection[str] | None = None,
) -> list[FieldState]:
    """Every field that can be asked about or has an index, by name, or only those that are wanted; two statements at most."""
    known = {each.field: each for each in await index.states(reading, reading.scope.workspaces[0])}
    names = {key: key for key in known} | _names(choices)
    of_all = await _total(reading, kind) if any(each.state == "filling" for each in known.values()) else 0
    keys = names if wanted is None else wanted
    return sorted(
        _states({key: names.get(key, key) for key in keys}, known, of_all), key=lambda each: each.name.lower()
    )


async def slow_fields(reading: ReadSession, index: FieldIndex, kind: Kind, asked: ResolvedQuery) -> list[FieldState]:
    """The fields by which a list would be shown faster with an index; nothing is asked where there is none."""
    wanted = asked.asked.worth_an_index
    return await field_states(reading, index, kind, asked.choices, wanted) if wanted else []


def _names(choices: Sequence[FilterAttribute]) -> dict[str, str]:
    fields = [each for each in choices if each.name.startswith(_OF_FIELD)]
    return {each.name.removeprefix(_OF_FIELD): each.label for each in reversed(fields)}


def _states(names: Mapping[str, str], known: Mapping[str, IndexedField], of_all: int) -> Iterable[FieldState]:
    for key, name in names.items():
        found = known.get(key)
        share = min(99, found.filled * 100 // max(1, of_all)) if found else 0
        yield FieldState(key, name, found.state, share) if found else FieldState(key, name)


async def _total(reading: ReadSession, kind: Kind) -> int:
    return int((await reading.one(kind.total, archived=[True, False]))["count"])
