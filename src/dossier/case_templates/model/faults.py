"""All that is wrong with a document at once, though some faults hide others: the parts with faults are left out, and the rest is looked at again.

What then seems wrong only because a part is not there, for it names it, is not said.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from dossier.foundation.errors import Invalid, Problem, pointer

LOOKS = 3  # at the rest: for shapes, for what is meant, for texts
_LISTS = ("contacts", "sections", "schema", "statuses", "steps", "automations")
Places = Mapping[str, Sequence[int]]
"""Where each part of a list stood in the document that came in."""


def all_faults(raw: object, found: Sequence[Problem], look: Callable[[object], object]) -> Iterator[Problem]:
    """What was found, and what `look` (which raises Invalid) finds in the rest."""
    yield from found
    rest, latest, places, gone = raw, found, dict[str, Sequence[int]](), set[str]()
    for _ in range(LOOKS):
        left = _without(rest, latest)
        if left is None:
            return
        rest, places, gone = left[0], _further(places, left[1]), gone | left[2]
        try:
            look(rest)
        except Invalid as refusal:
            latest = refusal.problems
            yield from (_as_it_stood(each, places) for each in latest if not _names(each, gone))
        else:
            return


def _without(raw: object, problems: Sequence[Problem]) -> tuple[dict[str, Any], Places, set[str]] | None:
    """A document without the parts and members with problems, where the others stood, and how those that are left out are called.

    None: what is wrong is no part that could be left out.
    """
    if not isinstance(raw, Mapping):
        return None
    members, parts = set[str](), dict[str, set[int]]()
    for each in problems:
        _, member, *further = (each.pointer or "").split("/") if each.pointer else ("", "")
        if further and further[0].isdecimal():
            parts.setdefault(member, set()).add(int(further[0]))
        elif member and member not in _LISTS:
            members.add(member)
        else:
            return None
    places = {name: [at for at in range(len(raw[name])) if at not in gone] for name, gone in parts.items()}
    rest = {"title": "–"} | {name: value for name, value in raw.items() if name not in members}
    rest |= {name: [raw[name][at] for at in kept] for name, kept in places.items()}
    return rest, places, {called for name, gone in parts.items() for at in gone for called in _called(raw[name][at])}


def _called(part: object) -> Iterator[str]:
    if isinstance(part, Mapping):
        yield from (part[name] for name in ("key", "name", "title", "label") if isinstance(part.get(name), str))


def _further(before: Places, now: Places) -> dict[str, Sequence[int]]:
    """Where parts stood at first that stand where they do after something was left out again."""
    return {
        **before,
        **{name: [before[name][at] if name in before else at for at in kept] for name, kept in now.items()},
    }


def _names(problem: Problem, gone: set[str]) -> bool:
    return any(re.search(rf"(?<![\w-]){re.escape(each)}(?![\w-])", problem.detail) for each in gone if each)


def _as_it_stood(problem: Problem, places: Places) -> Problem:
    _, member, *further = problem.pointer.split("/") if problem.pointer else ("", "")
    if member in places and further and further[0].isdecimal():
        return problem.at(
            pointer(member, places[member][int(further[0])]) + "".join(f"/{each}" for each in further[1:])
        )
    return problem
