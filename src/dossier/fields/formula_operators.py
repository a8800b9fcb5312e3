"""Formulas as JSON: `{"$round": [{"$mul": ["data.net", 0.21]}, 2]}`. They mean what the same functions mean in a text.

A number, true or false is itself; a text that reads `data.<key>` is that field, `data.<table>.<column>` a column, any other text is
itself; an object has one operator.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import reduce
from typing import Any

from dossier.conditions import Condition, EvaluationContext, Family, Vocabulary, parse_condition
from dossier.fields.faces import Kind
from dossier.fields.field import text_of
from dossier.fields.formula import (
    MAX_DEPTH,
    MAX_NODES,
    READERS,
    Data,
    FormulaError,
    Known,
    Typed,
    gathered,
    lifted,
    number_of,
    rounded,
)
from dossier.fields.formula_parts import MAX_DECIMALS, OTHER_KIND, called, days_or_numbers, unknown_field, whole
from dossier.foundation import exact
from dossier.foundation.errors import Invalid, InvalidValue, pointer
from dossier.foundation.messages import Message, Value
from dossier.foundation.text import did_you_mean

_FIELD = re.compile(r"data\.([a-z0-9_]{1,120}(?:\.[a-z0-9_]{1,120})?)")
_ANSWERS = Vocabulary(
    attributes={}, families={"data": Family("data", re.compile(r"data\.([a-z0-9_]{1,120})"), "data.<key>")}
)


class OperatorError(FormulaError):
    """A formula of operators that cannot be; the place is a JSON Pointer into it."""

    def __init__(self, message: str | Message, place: str = "", /, **values: Value) -> None:
        message = message if isinstance(message, Message) else Message(message, values)
        self.message = Message("at {position}: {problem}", {"position": place or "/", "problem": message})
        Exception.__init__(self, str(self.message))


@dataclass(frozen=True, slots=True)
class OperatorFormula:
    """A formula of operators that can be read; `names`: the fields that it looks at, `columns`: how often at all rows of a table."""

    tree: Any
    names: frozenset[str]
    nodes: int
    columns: int

    def compiled(self, known: Known, fields: Sequence[str]) -> Typed:
        """The formula over fields of these kinds; FormulaError. `fields`: every key, also those that a formula cannot use."""
        return _Compiler(known, fields).one(self.tree, "")


def read(tree: Mapping[str, Any]) -> OperatorFormula:
    """The formula that an object says; FormulaError for one that none could mean, whatever the fields."""
    reading = _Reading()
    reading.look(tree, "", 0)
    return OperatorFormula(tree, frozenset(reading.names), reading.nodes, reading.columns)


class _Reading:
    """Goes through a formula once: how large it is, and what it names."""

    def __init__(self) -> None:
        self.names: set[str] = set()
        self.nodes = self.columns = 0

    def look(self, part: Any, at: str, depth: int) -> None:
        self.nodes += 1
        if self.nodes > MAX_NODES:
            raise OperatorError("it has more than {most} parts.", at, most=MAX_NODES)
        if depth > MAX_DEPTH:
            raise OperatorError("it is nested deeper than {most}.", at, most=MAX_DEPTH)
        if isinstance(part, str) and (found := _FIELD.fullmatch(part)):
            key, _, column = found[1].partition(".")
            self.names.add(key)
            self.columns += bool(column)
        elif isinstance(part, Mapping):
            self._operator(part, at, depth)

    def _operator(self, part: Mapping[str, Any], at: str, depth: int) -> None:
        name, operands = operator_of(part, at)
        if name == "$if" and operands:
            names = (each.attribute.key for each in _condition(operands[0], at + "/$if/0").comparisons())
            self.names |= {str(each) for each in names}
            self.nodes += 1
            operands = operands[1:]
        for place, each in enumerate(operands):
            self.look(each, at + pointer(name, place), depth + 1)


def operator_of(part: Mapping[str, Any], at: str) -> tuple[str, list[Any]]:
    """The operator of an object, and what it is given; one thing that is not in a list is given alone."""
    if len(part) != 1:
        raise OperatorError("an object in a formula has one operator, such as {example}.", at, example='{"$sum": […]}')
    ((name, operands),) = part.items()
    if name not in _OPERATORS:
        there_are = Message(" There are {names}.", {"names": tuple(_OPERATORS)})
        hint = did_you_mean(name, _OPERATORS) or there_are
        raise OperatorError("there is no operator “{name}”.{hint}", at, name=name, hint=hint)
    return name, operands if isinstance(operands, list) else [operands]


def _condition(raw: Any, at: str) -> Condition:
    try:
        return parse_condition(raw, _ANSWERS)
    except Invalid as refusal:
        first = refusal.problems[0]
        raise OperatorError(first.message, at + (first.pointer or "")) from None


class _Compiler:
    """Makes the parts of one formula."""

    def __init__(self, known: Known, fields: Sequence[str]) -> None:
        self.known, self.fields = known, fields

    def part(self, part: Any, at: str) -> Typed:
        """A part of whatever kind, one value or many."""
        if isinstance(part, Mapping):
            name, operands = operator_of(part, at)
            return _OPERATORS[name](self, operands, at + pointer(name))
        if isinstance(part, bool):
            return Typed("yes_or_no", lambda _data: part, literal=part)
        if isinstance(part, int | Decimal):
            number = number_of(part)
            return Typed("number", lambda _data: number, literal=number)
        if isinstance(part, str):
            return self._text(part, at)
        raise OperatorError("this has no meaning in a formula.", at)

    def _text(self, text: str, at: str) -> Typed:
        if found := _FIELD.fullmatch(text):
            return self._field(found[1], at)
        try:
            checked = text_of(text)
        except InvalidValue:
            raise OperatorError("a text must not contain NUL or half of a surrogate pair.", at) from None
        return Typed("text", lambda _data: checked, literal=checked)

    def _field(self, name: str, at: str) -> Typed:
        kind = self.known.get(name)
        if kind is None:
            raise OperatorError(unknown_field(name, self.known, self.fields), at)
        read, (key, _, column) = READERS[kind], name.partition(".")
        if not column:
            return Typed(kind, lambda data: read(data.get(key)))
        return Typed(kind, lambda data: [read(row.get(column)) for row in data.get(key) or ()], many=True)

    def one(self, part: Any, at: str, *kinds: Kind) -> Typed:
        """A part that is a single value, of one of these kinds."""
        made = self.part(part, at)
        if made.many:
            raise OperatorError("a column is many values; use {names}.", at, names=("$sum", "$min", "$max", "$count"))
        if kinds and made.kind not in kinds:
            raise OperatorError(OTHER_KIND, at, wanted=called(kinds), given=called([made.kind]))
        return made

    def alike(self, operands: Sequence[Any], at: str, *kinds: Kind) -> list[Typed]:
        """Parts of one kind, columns among them; at least one."""
        parts = [self.part(each, at + pointer(place)) for place, each in enumerate(operands)]
        if not parts:
            raise OperatorError("it takes at least one value.", at)
        for place, each in enumerate(parts):
            if each.kind not in kinds or each.kind != parts[0].kind:
                wanted = called([parts[0].kind] if parts[0].kind in kinds else kinds)
                raise OperatorError(OTHER_KIND, at + pointer(place), wanted=wanted, given=called([each.kind]))
        return parts

    def so_many(self, operands: Sequence[Any], at: str, least: int, most: int) -> None:
        if not least <= len(operands) <= most:
            raise OperatorError("it takes {least} to {most} values.", at, least=least, most=most)

    # ---- operators ----

    def total(self, operands: Sequence[Any], at: str) -> Typed:
        add = exact.WIDE.add
        parts = self.alike(operands, at, "number")
        return Typed("number", gathered(lambda values: reduce(add, values, Decimal(0)), parts))

    def product(self, operands: Sequence[Any], at: str) -> Typed:
        self.so_many(operands, at, 2, MAX_NODES)
        parts = [self.one(each, at + pointer(place), "number") for place, each in enumerate(operands)]
        return Typed("number", lifted(lambda *values: reduce(exact.WIDE.multiply, values), *parts))

    def difference(self, operands: Sequence[Any], at: str) -> Typed:
        """Of two numbers, or in days of two days; a day so many days earlier."""
        self.so_many(operands, at, 2, 2)
        left, right = (self.one(each, at + pointer(place)) for place, each in enumerate(operands))
        found = days_or_numbers("-", left, right)
        if found is None:
            raise OperatorError(OTHER_KIND, at + "/1", wanted=called(["number"]), given=called([right.kind]))
        return found

    def quotient(self, operands: Sequence[Any], at: str) -> Typed:
        self.so_many(operands, at, 2, 2)
        parts = [self.one(each, at + pointer(place), "number") for place, each in enumerate(operands)]
        return Typed("number", lifted(exact.WIDE.divide, *parts))

    def choice(self, operands: Sequence[Any], at: str) -> Typed:
        """Of a condition, what holds if it does, and what if it does not (missing, where nothing is said)."""
        self.so_many(operands, at, 2, 3)
        condition = _condition(operands[0], at + "/0")
        for each in condition.comparisons():
            if each.attribute.key not in self.fields:
                raise OperatorError(unknown_field(str(each.attribute.key), self.known, self.fields), at + "/0")
        then = self.one(operands[1], at + "/1")
        other = self.one(operands[2], at + "/2", then.kind) if len(operands) == 3 else Typed(then.kind, lambda _: None)
        return Typed(then.kind, _chosen(condition, then, other))

    def extreme(self, which: Callable[..., Any], operands: Sequence[Any], at: str) -> Typed:
        parts = self.alike(operands, at, "number", "date")
        return Typed(parts[0].kind, gathered(lambda values: which(values, default=None), parts))

    def rounding(self, operands: Sequence[Any], at: str) -> Typed:
        self.so_many(operands, at, 1, 2)
        decimals = operands[1] if len(operands) > 1 else 0
        if isinstance(decimals, bool) or decimals not in range(MAX_DECIMALS + 1):
            sentence = "decimals are a number from 0 to {most}."
            raise OperatorError(sentence, at + "/1", most=MAX_DECIMALS)
        number = self.one(operands[0], at + "/0", "number")
        return Typed("number", lifted(lambda value: rounded(value, int(decimals)), number))

    def number_of_values(self, operands: Sequence[Any], at: str) -> Typed:
        parts = [self.part(each, at + pointer(place)) for place, each in enumerate(operands)]
        return Typed("number", gathered(lambda values: whole(len(values)), parts))


def _chosen(condition: Condition, then: Typed, other: Typed) -> Callable[[Data], Any]:
    def value(data: Data) -> Any:
        held = condition.evaluate(EvaluationContext(families={"data": data}))
        return then.value(data) if held else other.value(data)

    return value


_OPERATORS: Mapping[str, Callable[[_Compiler, Sequence[Any], str], Typed]] = {
    "$sum": _Compiler.total,
    "$sub": _Compiler.difference,
    "$mul": _Compiler.product,
    "$div": _Compiler.quotient,
    "$if": _Compiler.choice,
    "$min": lambda compiler, operands, at: compiler.extreme(min, operands, at),
    "$max": lambda compiler, operands, at: compiler.extreme(max, operands, at),
    "$round": _Compiler.rounding,
    "$count": _Compiler.number_of_values,
}
