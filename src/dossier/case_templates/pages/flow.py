"""How a template's cases move, as a picture: statuses by their stage, what leads to each by itself, and the steps."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from dossier.case_templates.model import BUILT_IN_STATUSES, PARENT_STATUSES

WIDTH, HEIGHT, LANE, ROW, TOP, EDGE = 168, 40, 212, 62, 34, 22


@dataclass(frozen=True, slots=True)
class Box:
    """A status or a step at its place (pixels)."""

    key: str
    label: str
    x: int
    y: int

    @property
    def middle(self) -> int:
        """Where its text is centred."""
        return self.x + WIDTH // 2

    @property
    def baseline(self) -> int:
        """On which line its text stands."""
        return self.y + 25

    @property
    def above(self) -> int:
        """On which line a heading above it stands."""
        return self.y - 12


@dataclass(frozen=True, slots=True)
class Arrow:
    """What leads to a status: from another one, or from anywhere (`source` empty); by a rule of that name, or by its condition."""

    source: str
    target: str
    path: str
    rule: str = ""


@dataclass(frozen=True, slots=True)
class Flow:
    """The picture: `lanes` are the stages, with where their boxes begin; `names`: what statuses are called."""

    width: int
    height: int
    lanes: tuple[tuple[str, int], ...]
    statuses: tuple[Box, ...]
    steps: tuple[Box, ...]
    arrows: tuple[Arrow, ...]
    names: Mapping[str, str]


def statuses_of(document: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Key and name of every status that a case may have."""
    own = {each["key"]: each["label"] for each in document.get("statuses") or ()}
    built_in = {each.key: each.label for each in BUILT_IN_STATUSES}
    return list((built_in | own).items())


def drawn(document: Mapping[str, Any]) -> Flow:
    """The picture of a document, also of one that is not right yet."""
    own = document.get("statuses") or ()
    stages = {each.key: each.parent_status for each in BUILT_IN_STATUSES} | {
        each["key"]: each["parent_status"] for each in own
    }
    names = dict(statuses_of(document))
    lanes = tuple((stage, place * LANE + EDGE) for place, stage in enumerate(PARENT_STATUSES))
    places = dict.fromkeys(names, (0, 0))
    boxes: list[Box] = []
    for stage, left in lanes:
        for row, key in enumerate(each for each in names if stages.get(each) == stage):
            places[key] = (left, TOP + row * ROW)
            boxes.append(Box(key, names[key], *places[key]))
    bottom = max([box.y for box in boxes] or [TOP]) + ROW
    steps = tuple(
        Box(each["key"], each["title"], (n % 4) * LANE + EDGE, bottom + TOP + (n // 4) * ROW)
        for n, each in enumerate(document.get("steps") or ())
    )
    height = max([box.y for box in (*boxes, *steps)] or [TOP]) + ROW
    return Flow(LANE * len(lanes), height, lanes, tuple(boxes), steps, tuple(_arrows(document, places)), names)


def _arrows(document: Mapping[str, Any], places: Mapping[str, tuple[int, int]]) -> Iterator[Arrow]:
    for each in document.get("statuses") or ():
        if each.get("when"):
            yield from _to(each["key"], _sources(each["when"].get("condition"), places), places, "")
    for rule in document.get("automations") or ():
        for action in rule.get("then") or ():
            target = (action.get("set") or {}).get("status")
            if isinstance(target, str) and target in places:
                yield from _to(target, _sources(rule.get("if"), places), places, rule["name"])


def _sources(condition: Any, places: Mapping[str, tuple[int, int]]) -> list[str]:
    """The statuses from which a condition can hold, where it says so plainly."""
    asked = condition.get("status") if isinstance(condition, dict) else None
    found = [asked.get("$eq"), *(asked.get("$in") or ())] if isinstance(asked, dict) else []
    return [each for each in found if isinstance(each, str) and each in places] or [""]


def _to(target: str, sources: list[str], places: Mapping[str, tuple[int, int]], rule: str) -> Iterator[Arrow]:
    x, y = places[target]
    for source in sources:
        if source and source != target:
            left, top = places[source]
            if left == x:
                path = f"M{left + WIDTH} {top + 20} C{left + WIDTH + 26} {top + 20} {x + WIDTH + 26} {y + 20} {x + WIDTH + 3} {y + 20}"
            elif left < x:
                path = f"M{left + WIDTH} {top + 20} C{left + WIDTH + 24} {top + 20} {x - 24} {y + 20} {x - 3} {y + 20}"
            else:
                path = f"M{left} {top + 26} C{left - 24} {top + 26} {x + WIDTH + 24} {y + 26} {x + WIDTH + 3} {y + 26}"
        else:
            path = f"M{x - 18} {y + 20} L{x - 3} {y + 20}"
        yield Arrow(source if source != target else "", target, path, rule)
