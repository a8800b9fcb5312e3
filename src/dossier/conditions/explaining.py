"""Why a condition holds, or does not: each of its comparisons with the value that it looked at."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from dossier.conditions.condition import All, AnyOf, Comparison, Condition, EvaluationContext, Moment, Not, OfOne

_OPPOSITE: Mapping[str, str] = {"eq": "ne", "ne": "eq", "in": "nin", "nin": "in", "filled": "empty", "empty": "filled"}


@dataclass(frozen=True, slots=True)
class Asked:
    """A comparison as people put it together: an attribute, an operator as forms call it, and with what; `negated` where no operator says that."""

    name: str
    operator: str
    operands: tuple[Any, ...]
    negated: bool = False

    @property
    def opposite(self) -> "Asked":
        if other := _OPPOSITE.get(self.operator):
            return replace(self, operator=other)
        return replace(self, negated=not self.negated)


@dataclass(frozen=True, slots=True)
class Part:
    """One comparison: what was asked, as programs read it (`data.amount $gt 10000`) and as people do, whether it held, and the value that there was."""

    part: str
    held: bool
    value: Any
    asked: Asked


def explained(condition: Condition, context: EvaluationContext) -> Iterator[Part]:
    """Every comparison of a condition on a thing, in order. Of several related things: whether there was one."""
    match condition:
        case All(parts) | AnyOf(parts):
            for part in parts:
                yield from explained(part, context)
        case Not(part):
            for each in explained(part, context):
                yield Part(f"not {each.part}", not each.held, each.value, each.asked.opposite)
        case OfOne(_, part):
            for comparison in part.comparisons():
                yield Part(_said(comparison), condition.evaluate(context), None, _asked(comparison))
        case Comparison():
            value = context.value(condition.attribute)
            yield Part(_said(condition), condition.evaluate(context), value, _asked(condition))


def _asked(comparison: Comparison) -> Asked:
    name, operand = comparison.attribute.name, comparison.operand
    if comparison.op == "$defined":
        return Asked(name, "filled" if operand else "empty", ())
    operands = operand if isinstance(operand, tuple) else (operand,)
    return Asked(name, comparison.op.removeprefix("$"), tuple(map(_shown, operands)))


def _said(comparison: Comparison) -> str:
    operand = comparison.operand
    shown = [_shown(each) for each in operand[:10]] if isinstance(operand, tuple) else _shown(operand)
    return f"{comparison.attribute.name} {comparison.op} {shown}"[:300]


def _shown(operand: Any) -> Any:
    return operand.text if isinstance(operand, Moment) else operand
