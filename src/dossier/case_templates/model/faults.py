"""All that is wrong with a document at once, though some faults hide others: the parts with faults are left out, and the rest is looked at again.

What then seems wrong only because a part is not there, for it names it, is not said; nor, where a whole list is left out, that something is not in it.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from dossier.foundation.errors import Invalid, Problem, pointer

LOOKS = 3  # at the rest: for shapes, for what is meant, for texts
_LISTS = ("contacts", "sections", "schema", "statuses", "steps", "automations")
_NO_SUCH = re.compile("There is no (field|step|status|contact slot|section)")
_LIST_OF = {
    "field": "schema",
    "data": "schema",
    "step": "steps",
    "status": "statuses",
    "contact slot": "contacts",
    "contacts": "contacts",
    "section": "sections",
}
"""What is said not to be there, or how a name in a text begins → the list where it would stand."""
Places = Mapping[str, Sequence[int]]
"""Where each part of a list stood in the document that came in."""


def all_faults(raw: object, found: Sequence[Problem], look: Callable[[object], object]) -> Iterator[Problem]:
    """What was found, and what `look` (which raises Invalid) finds in the rest."""
    yield from found
    rest, latest, places, gone = raw, found, dict[str, Sequence[int]](), _Gone()
    for _ in range(LOOKS):
        left = _without(rest, latest)
        if left is None:
            return
        rest, places, gone = left[0], _further(places, left[1]), gone | left[2]
        try:
            look(rest)
        except Invalid as refusal:
            latest = refusal.problems
            yield from (_as_it_stood(each, places) for each in latest if not gone.explains(each))
        else:
            return


@dataclass(frozen=True, slots=True)
class _Gone:
    """What was left out: how its parts are called, and the lists that are not there at all."""

    called: frozenset[str] = frozenset()
    lists: frozenset[str] = frozenset()

    def __or__(self, other: "_Gone") -> "_Gone":
        return _Gone(self.called | other.called, self.lists | other.lists)

    def explains(self, problem: Problem) -> bool:
        """Whether something seems wrong only because that is not there."""
        if self.lists and _list_named(problem) in self.lists:
            return True
        return any(re.search(rf"(?<![\w-]){re.escape(each)}(?![\w-])", problem.detail) for each in self.called if each)


def _without(raw: object, problems: Sequence[Problem]) -> tuple[dict[str, Any], Places, _Gone] | None:
    """A document without the parts and members with problems, where the others stood, and what is left out.

    None: what is wrong is no part that could be left out.
    """
    if not isinstance(raw, Mapping):
        return None
    members, parts = set[str](), dict[str, set[int]]()
    for each in problems:
        _, member, *further = (each.pointer or "").split("/") if each.pointer else ("", "")
        if not member:
            return None
        if further and further[0].isdecimal() and member in _LISTS and isinstance(raw.get(member), list):
            parts.setdefault(member, set()).add(int(further[0]))
        else:
            members.add(member)
    places = {
        name: [at for at in range(len(raw[name])) if at not in gone]
        for name, gone in parts.items()
        if name not in members
    }
    rest = {"title": "–"} | {name: value for name, value in raw.items() if name not in members}
    rest |= {name: [raw[name][at] for at in kept] for name, kept in places.items()}
    called = (each for name in places for at in parts[name] for each in _called(raw[name][at]))
    return rest, places, _Gone(frozenset(called), frozenset(members.intersection(_LISTS)))


def _list_named(problem: Problem) -> str | None:
    """The list that lacks what a problem says is not there."""
    found = _NO_SUCH.match(problem.detail)
    name = str(problem.meta.get("name", "")) if problem.code == "unknown_name" and problem.meta else ""
    return _LIST_OF.get(found[1] if found else name.partition(".")[0])


def _called(part: object) -> Iterator[str]:
    if isinstance(part, Mapping):
        yield from (part[name] for name in ("key", "name", "title", "label") if isinstance(part.get(name), str))


def _further(before: Places, now: Places) -> dict[str, Sequence[int]]:
    """Where parts stood at first that stand where they do after something was left out again."""
    return {
        **before,
        **{name: [before[name][at] if name in before else at for at in kept] for name, kept in now.items()},
    }


def _as_it_stood(problem: Problem, places: Places) -> Problem:
    _, member, *further = problem.pointer.split("/") if problem.pointer else ("", "")
    if member in places and further and further[0].isdecimal():
        return problem.at(
            pointer(member, places[member][int(further[0])]) + "".join(f"/{each}" for each in further[1:])
        )
    return problem
