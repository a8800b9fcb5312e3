"""From the parts of a parsed formula to functions of a case's data, each of a known kind."""

import ast
from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from functools import reduce
from typing import Any

from dossier.fields.faces import Kind
from dossier.fields.field import text_of
from dossier.fields.formula import (
    MAX_TEXT,
    READERS,
    Formula,
    FormulaError,
    Known,
    Typed,
    day_of,
    gathered,
    lifted,
    number_of,
    position_of,
    rounded,
    source_of,
    written,
)
from dossier.foundation import exact
from dossier.foundation.errors import InvalidValue
from dossier.foundation.messages import Message, Value
from dossier.foundation.text import did_you_mean, gettext_noop

MAX_DECIMALS = 20
_MEANINGLESS = gettext_noop("this has no meaning in a formula: {part}")
OTHER_KIND = gettext_noop("this must be a {wanted}, not a {given}.")
_OTHER_COUNT = gettext_noop("“{name}” takes {count} values in its brackets.")


def compiled(formula: Formula, known: Known, fields: Sequence[str]) -> Typed:
    """The formula over fields of these kinds; FormulaError. `fields`: every key, also those that a formula cannot use."""
    return _Compiler(formula.text, known, fields).one(formula.tree)


whole = exact.WIDE.create_decimal
_ARITHMETIC: Mapping[type, tuple[str, Callable[[Decimal, Decimal], Decimal]]] = {
    ast.Add: ("+", exact.WIDE.add),
    ast.Sub: ("-", exact.WIDE.subtract),
    ast.Mult: ("*", exact.WIDE.multiply),
    ast.Div: ("/", exact.WIDE.divide),
}
_ORDER: Mapping[type, Callable[[Any, Any], bool]] = {
    ast.Lt: lambda one, other: one < other,
    ast.LtE: lambda one, other: one <= other,
    ast.Gt: lambda one, other: one > other,
    ast.GtE: lambda one, other: one >= other,
}


def days_or_numbers(
    sign: str, left: Typed, right: Typed, how: Callable[[Decimal, Decimal], Decimal] = exact.WIDE.subtract
) -> Typed | None:
    """Two numbers by `how`, days between two days, a day so many days later or earlier; None for what cannot go together."""
    match left.kind, sign, right.kind:
        case "number", _, "number":
            return Typed("number", lifted(how, left, right))
        case "date", "-", "date":
            return Typed("number", lifted(lambda one, other: whole((one - other).days), left, right))
        case "date", "+", "number":
            return Typed("date", lifted(lambda day, days: day + timedelta(int(days)), left, right))
        case "date", "-", "number":
            return Typed("date", lifted(lambda day, days: day - timedelta(int(days)), left, right))
    return None


def unknown_field(name: str, known: Known, fields: Sequence[str]) -> Message:
    """Why a formula cannot name that: the field has no value for it, or there is none."""
    if name in fields:
        return Message("the field “{name}” has no value that a formula could use.", {"name": name})
    hint = did_you_mean(name, known)
    return Message("there is no field “{name}”.{hint}", {"name": name, "hint": hint})


class _Compiler:
    """Makes the parts of one formula."""

    def __init__(self, text: str, known: Known, fields: Sequence[str]) -> None:
        self.text, self.known, self.fields = text, known, fields

    def refuse(self, node: ast.expr, message: str | Message, /, **values: Value) -> FormulaError:
        return FormulaError(message, position_of(self.text, node), **values)

    def part(self, node: ast.expr) -> Typed:
        """A part of whatever kind, one value or many."""
        make = _PARTS.get(type(node))
        if make is None:
            raise self.meaningless(node)
        return make(self, node)

    def meaningless(self, node: ast.expr) -> FormulaError:
        return self.refuse(node, _MEANINGLESS, part=source_of(self.text, node))

    def one(self, node: ast.expr, *kinds: Kind) -> Typed:
        """A part that is a single value, of one of these kinds."""
        part = self.part(node)
        if part.many:
            raise self.refuse(node, "a column is many values; use sum, min, max or count.")
        if kinds and part.kind not in kinds:
            raise self.refuse(node, OTHER_KIND, wanted=called(kinds), given=called([part.kind]))
        return part

    def constant(self, node: ast.Constant) -> Typed:
        if isinstance(node.value, bool):
            return Typed("yes_or_no", lambda _data: node.value, literal=node.value)
        if isinstance(node.value, str):
            try:
                text = text_of(node.value)
            except InvalidValue:
                raise self.refuse(node, "a text must not contain NUL or half of a surrogate pair.") from None
            return Typed("text", lambda _data: text, literal=text)
        try:
            number = number_of(exact.number(source_of(self.text, node)))
        except ValueError:
            raise self.refuse(node, "this is no number: {part}", part=source_of(self.text, node)) from None
        return Typed("number", lambda _data: number, literal=number)

    def name(self, node: ast.Name) -> Typed:
        return self._field(node, node.id)

    def column(self, node: ast.Attribute) -> Typed:
        if not isinstance(node.value, ast.Name):
            raise self.meaningless(node)
        return self._field(node, f"{node.value.id}.{node.attr}", many=True)

    def _field(self, node: ast.expr, name: str, *, many: bool = False) -> Typed:
        kind = self.known.get(name)
        if kind is None:
            raise self.refuse(node, unknown_field(name, self.known, self.fields))
        read, (key, _, column) = READERS[kind], name.partition(".")
        if not many:
            return Typed(kind, lambda data: read(data.get(key)))
        return Typed(kind, lambda data: [read(row.get(column)) for row in data.get(key) or ()], many=True)

    def unary(self, node: ast.UnaryOp) -> Typed:
        if isinstance(node.op, ast.Not):
            part = self.one(node.operand, "yes_or_no")
            return Typed("yes_or_no", lambda data: not part.value(data))
        if not isinstance(node.op, ast.USub | ast.UAdd):
            raise self.refuse(node, "this operator has no meaning in a formula.")
        part = self.one(node.operand, "number")
        how = exact.WIDE.minus if isinstance(node.op, ast.USub) else exact.WIDE.plus
        return Typed("number", lifted(how, part))

    def arithmetic(self, node: ast.BinOp) -> Typed:
        if type(node.op) not in _ARITHMETIC:
            raise self.refuse(node, "this operator has no meaning in a formula; there are + - * /.")
        sign, how = _ARITHMETIC[type(node.op)]
        left, right = self.one(node.left), self.one(node.right)
        if found := days_or_numbers(sign, left, right, how):
            return found
        values: dict[str, Value] = {"sign": sign, "left": called([left.kind]), "right": called([right.kind])}
        if "text" in (left.kind, right.kind):
            raise self.refuse(node, "“{sign}” cannot take a {left} and a {right}; use concat for texts.", **values)
        raise self.refuse(node, "“{sign}” cannot take a {left} and a {right}.", **values)

    def logic(self, node: ast.BoolOp) -> Typed:
        parts = [self.one(each, "yes_or_no") for each in node.values]
        how = all if isinstance(node.op, ast.And) else any
        return Typed("yes_or_no", lambda data: how(bool(part.value(data)) for part in parts))

    def comparison(self, node: ast.Compare) -> Typed:
        nodes = [node.left, *node.comparators]
        parts = [self.one(each) for each in nodes]
        for part, each in zip(parts[1:], nodes[1:], strict=True):
            if part.kind != parts[0].kind:
                one, other = called([parts[0].kind]), called([part.kind])
                raise self.refuse(each, "a {one} cannot be compared with a {other}.", one=one, other=other)
        tests = [self._test(node, op) for op in node.ops]
        pairs = list(zip(tests, parts, parts[1:], strict=False))
        return Typed(
            "yes_or_no", lambda data: all(test(one.value(data), other.value(data)) for test, one, other in pairs)
        )

    def _test(self, node: ast.Compare, op: ast.cmpop) -> Callable[[Any, Any], bool]:
        if isinstance(op, ast.Eq):
            return lambda one, other: bool(one == other)
        if isinstance(op, ast.NotEq):
            return lambda one, other: bool(one != other)
        if type(op) not in _ORDER:
            raise self.refuse(node, "this comparison has no meaning in a formula.")
        order = _ORDER[type(op)]
        return lambda one, other: one is not None and other is not None and order(one, other)

    def choice(self, node: ast.IfExp) -> Typed:
        condition, then = self.one(node.test, "yes_or_no"), self.one(node.body)
        other = self.one(node.orelse, then.kind)
        return Typed(then.kind, lambda data: then.value(data) if condition.value(data) else other.value(data))

    def call(self, node: ast.Call) -> Typed:
        if not isinstance(node.func, ast.Name) or node.keywords:
            raise self.meaningless(node)
        name = node.func.id
        made = _FUNCTIONS.get(name)
        if made is None:
            there_are = Message(" There are {names}.", {"names": tuple(_FUNCTIONS)})
            hint = did_you_mean(name, _FUNCTIONS) or there_are
            raise self.refuse(node, "there is no function “{name}”.{hint}", name=name, hint=hint)
        if not node.args:
            raise self.refuse(node, "“{name}” takes something in its brackets.", name=name)
        return made(self, node)

    # ---- functions ----

    def fixed(self, node: ast.Call, name: str, *kinds: Kind) -> list[Typed]:
        """Exactly so many arguments, each of its kind."""
        if len(node.args) != len(kinds):
            raise self.refuse(node, _OTHER_COUNT, name=name, count=len(kinds))
        return [self.one(each, kind) for each, kind in zip(node.args, kinds, strict=True)]

    def alike(self, node: ast.Call, *kinds: Kind) -> list[Typed]:
        """Arguments of one kind, columns among them."""
        parts = [self.part(each) for each in node.args]
        wanted = kinds or (parts[0].kind,)
        for part, each in zip(parts, node.args, strict=True):
            if part.kind not in wanted or part.kind != parts[0].kind:
                raise self.refuse(each, OTHER_KIND, wanted=called(wanted), given=called([part.kind]))
        return parts

    def quoted_field(self, node: ast.Call) -> Typed:
        (part,) = self.fixed(node, "field", "text")
        if part.literal is None:
            raise self.refuse(node, "“field” takes the key of a field in quotes.")
        return self._field(node, part.literal)

    def quoted_date(self, node: ast.Call) -> Typed:
        (part,) = self.fixed(node, "date", "text")
        day = day_of(part.literal)
        if day is None:
            raise self.refuse(node, '“date” takes a day in quotes, such as date("2026-01-31").')
        return Typed("date", lambda _data: day)

    def rounding(self, node: ast.Call) -> Typed:
        kinds: tuple[Kind, ...] = ("number", "number")
        parts = self.fixed(node, "round", *kinds[: len(node.args)])
        decimals = parts[1].literal if len(parts) > 1 else Decimal(0)
        if decimals is None or decimals not in range(MAX_DECIMALS + 1):
            raise self.refuse(node, "“round” takes how many decimals as a number from 0 to {most}.", most=MAX_DECIMALS)
        return Typed("number", lifted(lambda number: rounded(number, int(decimals)), parts[0]))


_KINDS: Mapping[Kind, str] = {
    "number": gettext_noop("number"),
    "text": gettext_noop("text"),
    "date": gettext_noop("date"),
    "yes_or_no": gettext_noop("yes or no"),
}


def called(kinds: Sequence[Kind]) -> Message:
    """Kinds of values in a sentence."""
    first, *others = (Message(_KINDS[kind]) for kind in kinds)
    return reduce(lambda one, other: Message("{one} or a {other}", {"one": one, "other": other}), others, first)


def _concat(values: list[Any]) -> str | None:
    text = "".join(map(written, values))
    return text if len(text) <= MAX_TEXT else None


def _years(since: date, until: date) -> Decimal:
    """Whole years from one day to another."""
    return whole(until.year - since.year - ((until.month, until.day) < (since.month, since.day)))


def _extreme(which: Callable[..., Any]) -> Callable[[_Compiler, ast.Call], Typed]:
    def made(compiler: _Compiler, node: ast.Call) -> Typed:
        parts = (
            compiler.alike(node, "number")
            if compiler.part(node.args[0]).kind != "date"
            else compiler.alike(node, "date")
        )
        return Typed(parts[0].kind, gathered(lambda values: which(values, default=None), parts))

    return made


def _ofday_of(name: str, how: Callable[[date], int]) -> Callable[[_Compiler, ast.Call], Typed]:
    return lambda compiler, node: Typed(
        "number", lifted(lambda day: whole(how(day)), *compiler.fixed(node, name, "date"))
    )


def _sum(compiler: _Compiler, node: ast.Call) -> Typed:
    add = exact.WIDE.add
    return Typed("number", gathered(lambda values: reduce(add, values, Decimal(0)), compiler.alike(node, "number")))


def _count(compiler: _Compiler, node: ast.Call) -> Typed:
    parts = [compiler.part(each) for each in node.args]
    return Typed("number", gathered(lambda values: whole(len(values)), parts))


def _coalesce(compiler: _Compiler, node: ast.Call) -> Typed:
    first = compiler.one(node.args[0])
    parts = [first, *(compiler.one(each, first.kind) for each in node.args[1:])]
    return Typed(first.kind, gathered(lambda values: values[0] if values else None, parts))


def _joined(compiler: _Compiler, node: ast.Call) -> Typed:
    parts = [compiler.one(each, "text", "number", "date") for each in node.args]
    return Typed("text", gathered(_concat, parts))


def _is_empty(compiler: _Compiler, node: ast.Call) -> Typed:
    if len(node.args) != 1:
        raise compiler.refuse(node, _OTHER_COUNT, name="empty", count=1)
    part = compiler.part(node.args[0])
    return Typed("yes_or_no", lambda data: part.value(data) in (None, "", []))


_FUNCTIONS: Mapping[str, Callable[[_Compiler, ast.Call], Typed]] = {
    "sum": _sum,
    "min": _extreme(min),
    "max": _extreme(max),
    "count": _count,
    "round": _Compiler.rounding,
    "abs": lambda compiler, node: Typed("number", lifted(exact.WIDE.abs, *compiler.fixed(node, "abs", "number"))),
    "coalesce": _coalesce,
    "concat": _joined,
    "empty": _is_empty,
    "date": _Compiler.quoted_date,
    "year": _ofday_of("year", lambda day: day.year),
    "month": _ofday_of("month", lambda day: day.month),
    "day": _ofday_of("day", lambda day: day.day),
    "years": lambda compiler, node: Typed("number", lifted(_years, *compiler.fixed(node, "years", "date", "date"))),
    "field": _Compiler.quoted_field,
}

_PARTS: Mapping[type, Callable[[_Compiler, Any], Typed]] = {
    ast.Constant: _Compiler.constant,
    ast.Name: _Compiler.name,
    ast.Attribute: _Compiler.column,
    ast.UnaryOp: _Compiler.unary,
    ast.BinOp: _Compiler.arithmetic,
    ast.BoolOp: _Compiler.logic,
    ast.Compare: _Compiler.comparison,
    ast.IfExp: _Compiler.choice,
    ast.Call: _Compiler.call,
}
