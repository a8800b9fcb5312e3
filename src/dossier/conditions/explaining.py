"""Why a condition holds, or does not: each of its comparisons with the value that it looked at."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from dossier.conditions.condition import All, AnyOf, Comparison, Condition, EvaluationContext, Moment, Not, OfOne


@dataclass(frozen=True, slots=True)
class Part:
    """One comparison: what was asked (`data.amount $gt 10000`), whether it held, and the value that there was."""

    part: str
    held: bool
    value: Any


def explained(condition: Condition, context: EvaluationContext) -> Iterator[Part]:
    """Every comparison of a condition on a thing, in order. Of several related things: whether there was one."""
    match condition:
        case All(parts) | AnyOf(parts):
            for part in parts:
                yield from explained(part, context)
        case Not(part):
            for each in explained(part, context):
                yield Part(f"not {each.part}", not each.held, each.value)
        case OfOne(_, part):
            for comparison in part.comparisons():
                yield Part(_said(comparison), condition.evaluate(context), None)
        case Comparison():
            yield Part(_said(condition), condition.evaluate(context), context.value(condition.attribute))


def _said(comparison: Comparison) -> str:
    operand = comparison.operand
    shown = [_shown(each) for each in operand[:10]] if isinstance(operand, tuple) else _shown(operand)
    return f"{comparison.attribute.name} {comparison.op} {shown}"[:300]


def _shown(operand: Any) -> Any:
    return operand.text if isinstance(operand, Moment) else operand
