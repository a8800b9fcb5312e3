"""A signature that somebody draws, or types as their name: the strokes are kept with their times, the picture is made of them."""

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from dossier.foundation import json
from dossier.foundation.errors import InvalidValue

MOST_POINTS, MOST_STROKES = 5_000, 200
MOST_NAME = 200  # characters
WIDTH, HEIGHT = 600, 200  # what strokes are drawn into
_MEMBERS = frozenset(("typed", "drawn", "name", "strokes", "method"))

Stroke = list[list[int]]
"""Points of x, y and milliseconds since the first."""


def signature_of(given: Any) -> dict[str, Any] | None:
    """A signature as it is stored, from how it is stored or sent (`typed`, `drawn`); None for none; InvalidValue for what is none."""
    if not isinstance(given, Mapping) or not _MEMBERS.issuperset(given):
        raise _unreadable()
    name = given.get("typed") or given.get("name") or ""
    if not isinstance(name, str) or given.get("method") not in (None, "typed", "drawn"):
        raise _unreadable()
    if len(name) > MOST_NAME:
        raise InvalidValue(
            "“{field}” must have {count} characters at most; it has {length}.", count=MOST_NAME, length=len(name)
        )
    strokes = _strokes(given.get("drawn") or given.get("strokes") or "")
    if strokes:
        return {"method": "drawn", "name": name.strip() or None, "strokes": strokes}
    return {"method": "typed", "name": name.strip()} if name.strip() else None


def _strokes(drawn: Any) -> list[Stroke]:
    if isinstance(drawn, str):
        try:
            drawn = json.decode(drawn.encode()) if drawn else []
        except Exception as bad:
            raise _unreadable() from bad
    if not isinstance(drawn, list) or len(drawn) > MOST_STROKES:
        raise _unreadable()
    strokes = [[_point(point) for point in stroke] if isinstance(stroke, list) else _refuse() for stroke in drawn]
    if sum(map(len, strokes)) > MOST_POINTS:
        raise _unreadable()
    return [stroke for stroke in strokes if stroke]


def _point(point: Any) -> list[int]:
    if not isinstance(point, list) or len(point) != 3 or not all(isinstance(each, int | Decimal) for each in point):
        raise _unreadable()
    x, y, at = (int(each) for each in point)
    return [min(max(x, 0), WIDTH), min(max(y, 0), HEIGHT), min(max(at, 0), 10**9)]


def _refuse() -> Stroke:
    raise _unreadable()


def _unreadable() -> InvalidValue:
    return InvalidValue("“{field}” could not be read; sign again, or type your name.")


def paths(signature: Mapping[str, Any]) -> Iterator[str]:
    """The strokes as paths of SVG: nothing but numbers of ours."""
    for stroke in signature.get("strokes") or ():
        yield _path(stroke)


def _path(stroke: Sequence[Sequence[int]]) -> str:
    first, *rest = stroke
    if not rest:
        return f"M{first[0]} {first[1]}h1"
    return f"M{first[0]} {first[1]}" + "".join(f"L{x} {y}" for x, y, *_ in rest)
