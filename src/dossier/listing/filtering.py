"""What the parameters of a list over HTTP ask for."""

from collections.abc import Sequence
from uuid import UUID

from dossier.conditions import Condition
from dossier.conditions.condition import Comparison


def named_workspaces(condition: Condition) -> tuple[frozenset[UUID], frozenset[str]]:
    """The ids and slugs of workspaces that a condition names with $eq or $in."""
    ids: set[UUID] = set()
    slugs: set[str] = set()
    for each in condition.comparisons():
        for operand in _operands(each):
            if each.attribute.name == "workspace.id":
                ids.add(UUID(operand))
            elif each.attribute.name == "workspace.slug":
                slugs.add(operand)
    return frozenset(ids), frozenset(slugs)


def _operands(comparison: Comparison) -> Sequence[str]:
    if comparison.op not in ("$eq", "$in"):
        return ()
    operands = comparison.operand if comparison.op == "$in" else (comparison.operand,)
    return [each for each in operands if isinstance(each, str)]
