"""Two people at one field of several parts: what each of them changed is kept, as long as they changed different parts."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from dossier.fields import Field
from dossier.foundation.json import same


class Clash(Exception):
    """Both changed the same part: somebody must choose."""


def merged(field: Field, seen: Any, mine: Any, theirs: Any) -> Any:
    """What `mine` and `theirs` make of what was `seen`, all as JSON has them; `Clash` where both changed one part."""
    if same(seen, theirs) or same(mine, theirs):
        return mine
    if same(seen, mine):
        return theirs
    how = _MERGES.get(field.type)
    if how is None:
        raise Clash
    return how(field, seen, mine, theirs) or None


def _one(seen: Any, mine: Any, theirs: Any) -> Any:
    if same(seen, theirs) or same(mine, theirs):
        return mine
    if same(seen, mine):
        return theirs
    raise Clash


def _address(_field: Field, seen: Any, mine: Any, theirs: Any) -> Mapping[str, Any]:
    versions = [each or {} for each in (seen, mine, theirs)]
    parts = dict.fromkeys(part for each in versions for part in each)
    kept = {part: _one(*(each.get(part) for each in versions)) for part in parts}
    return {part: value for part, value in kept.items() if value is not None}


def _choices(field: Field, seen: Any, mine: Any, theirs: Any) -> Sequence[Any]:
    was, wanted, there = (set(each or ()) for each in (seen, mine, theirs))
    kept = (there | (wanted - was)) - (was - wanted)
    order = [option.value for option in field.options]  # type: ignore[attr-defined]
    return sorted(kept, key=lambda value: order.index(value) if value in order else len(order))


def _rows(_field: Field, seen: Any, mine: Any, theirs: Any) -> Sequence[Any]:
    """Rows that were there are compared one by one, those that came after them are all kept; a row that went is a clash."""
    was, wanted, there = (list(each or ()) for each in (seen, mine, theirs))
    if len(wanted) < len(was) or len(there) < len(was):
        raise Clash
    count = len(was)
    kept = [_one(*rows) for rows in zip(was, wanted[:count], there[:count], strict=True)]
    return [*kept, *there[count:], *wanted[count:]]


_MERGES: Mapping[str, Callable[[Field, Any, Any, Any], Any]] = {
    "address": _address,
    "multiple_choice": _choices,
    "table": _rows,
}
