"""A condition: a tree of comparisons, and whether it holds for a thing. There is no third truth value."""

import operator
import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any, Literal

from dossier.conditions.vocabulary import Attribute
from dossier.foundation import exact
from dossier.foundation.text import fold

Operator = Literal["$eq", "$ne", "$gt", "$lt", "$ge", "$le", "$in", "$nin", "$contains", "$defined"]
NEGATED: Mapping[str, Operator] = {"$ne": "$eq", "$nin": "$in"}
ORDER: Mapping[str, Callable[[Any, Any], bool]] = {
    "$gt": operator.gt,
    "$lt": operator.lt,
    "$ge": operator.ge,
    "$le": operator.le,
}
DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


@dataclass(frozen=True, slots=True)
class EvaluationContext:
    """What a condition may look at. Scalars by name (times as datetime, ids as lower-case text), values of families by key.

    `related`: relation → the thing's attributes, or a list of things where there can be several.
    """

    attributes: Mapping[str, Any] = field(default_factory=dict)
    families: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    related: Mapping[str, Any] = field(default_factory=dict)

    def value(self, attribute: Attribute) -> Any:
        """The value of an attribute; None where there is none."""
        if attribute.key is not None:
            return self.families.get(attribute.name.partition(".")[0], {}).get(attribute.key)
        relation, _, name = attribute.name.rpartition(".")
        known = self.related.get(relation) if relation else self.attributes
        return known.get(name) if known else None


@dataclass(frozen=True, slots=True)
class Moment:
    """A time that a stored day is compared with: the day counts as its midnight UTC; other text by code point."""

    text: str
    at: datetime

    @property
    def day(self) -> str:
        return self.at.date().isoformat()

    @property
    def is_midnight(self) -> bool:
        return self.at.time() == datetime.min.time()

    def compared(self, op: str) -> tuple[str, str | None]:
        """The comparison of a day's text with `day` that says the same: operator and operand; None: never true."""
        if op == "$eq":
            return "$eq", self.day if self.is_midnight else None
        if self.is_midnight:
            return op, self.day
        return {"$lt": "$le", "$le": "$le", "$gt": "$gt", "$ge": "$gt"}[op], self.day


class Condition(ABC):
    """Part of the tree. `holds` decides it for a thing; `dossier.listing.sql` says it in SQL."""

    __slots__ = ()

    @abstractmethod
    def evaluate(self, context: EvaluationContext) -> bool:
        """Whether it is true of the thing."""

    @abstractmethod
    def comparisons(self) -> "Iterator[Comparison]":
        """Every comparison in the tree."""

    def names(self) -> frozenset[str]:
        """The attributes it looks at: `status`, `data.amount`, `steps.call.status`, `owner.email`."""
        return frozenset(each.attribute.name for each in self.comparisons())


@dataclass(frozen=True, slots=True)
class All(Condition):
    """Every part holds."""

    parts: tuple[Condition, ...]

    def evaluate(self, context: EvaluationContext) -> bool:
        return all(part.evaluate(context) for part in self.parts)

    def comparisons(self) -> "Iterator[Comparison]":
        for part in self.parts:
            yield from part.comparisons()


@dataclass(frozen=True, slots=True)
class AnyOf(Condition):
    """Some part holds."""

    parts: tuple[Condition, ...]

    def evaluate(self, context: EvaluationContext) -> bool:
        return any(part.evaluate(context) for part in self.parts)

    def comparisons(self) -> "Iterator[Comparison]":
        for part in self.parts:
            yield from part.comparisons()


@dataclass(frozen=True, slots=True)
class Not(Condition):
    """The part does not hold."""

    part: Condition

    def evaluate(self, context: EvaluationContext) -> bool:
        return not self.part.evaluate(context)

    def comparisons(self) -> "Iterator[Comparison]":
        yield from self.part.comparisons()


@dataclass(frozen=True, slots=True)
class OfOne(Condition):
    """Of the things in a relation there is one for which the part holds."""

    relation: str
    part: Condition

    def evaluate(self, context: EvaluationContext) -> bool:
        several = context.related.get(self.relation, ())
        return any(self.part.evaluate(EvaluationContext(related={self.relation: each})) for each in several)

    def comparisons(self) -> "Iterator[Comparison]":
        yield from self.part.comparisons()


@dataclass(frozen=True, slots=True)
class Comparison(Condition):
    """An attribute against an operand that fits it. The negated operators are `Not` around these."""

    attribute: Attribute
    op: Operator
    operand: Any
    members: "Members | None" = field(init=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "members", Members(self.operand) if self.op == "$in" else None)

    def evaluate(self, context: EvaluationContext) -> bool:
        value = self._value(context)
        return matches(value, self.op, self.operand) if self.members is None else value in self.members

    def _value(self, context: EvaluationContext) -> Any:
        value = context.value(self.attribute)
        return fold(value) if self.attribute.kind == "folded" and value is not None else value

    def comparisons(self) -> "Iterator[Comparison]":
        yield self


class Members:
    """The operands of an `$in`, made ready once: an update asks for one of a thousand without going through them."""

    __slots__ = ("_all",)

    def __init__(self, operands: Sequence[Any]) -> None:
        self._all = frozenset(_typed(each) for operand in operands for each in _equals(operand))

    def __contains__(self, value: object) -> bool:
        return not isinstance(value, list | dict) and _typed(value) in self._all


def _equals(operand: Any) -> Iterator[Any]:
    """What is equal to an operand: of a time its text, and the day of which it is the midnight."""
    if isinstance(operand, Moment):
        yield operand.text
        yield from (day for day in [operand.compared("$eq")[1]] if day)
    else:
        yield operand


def _typed(scalar: Any) -> tuple[bool, Any]:
    return isinstance(scalar, bool), scalar  # true is no number


def matches(value: Any, op: str, operand: Any) -> bool:
    """Whether a value stands in that relation to an operand."""
    if op == "$defined":
        return (value is not None) is operand
    if op == "$contains":
        return _contains(value, operand)
    if isinstance(operand, Moment):
        return _against_moment(value, op, operand)
    if op == "$eq":
        return equal(value, operand)
    return comparable(value, operand) and bool(ORDER[op](value, operand))


def equal(value: Any, operand: Any) -> bool:
    """Equal and of one type; numbers by value, and true is no number."""
    if isinstance(value, bool) or isinstance(operand, bool):
        return value is operand
    same: bool = value == operand
    return same


def comparable(value: Any, operand: Any) -> bool:
    """Whether two values have an order: two texts, two numbers, two times."""
    same = any(isinstance(value, kind) and isinstance(operand, kind) for kind in (str, int | Decimal, datetime))
    return same and not isinstance(value, bool) and not isinstance(operand, bool)


def _contains(value: Any, operand: Any) -> bool:
    if isinstance(value, list):
        return any(equal(member, operand) for member in value)
    return isinstance(value, str) and isinstance(operand, str) and operand in value


def _against_moment(value: Any, op: str, moment: Moment) -> bool:
    if isinstance(value, str) and DAY.fullmatch(value):
        op, day = moment.compared(op)
        return day is not None and matches(value, op, day)
    return matches(value, op, moment.text)


def moment_of(text: str) -> datetime | None:
    """The time that an RFC 3339 text with an offset says, in UTC; None when it is none."""
    try:
        return exact.moment(text)
    except ValueError:
        return None
