"""Conditions put together by code: direct filters say what `filter` says, on the same path."""

from collections.abc import Sequence
from uuid import UUID

from dossier.conditions.condition import All, Comparison, Condition, OfContact
from dossier.conditions.parse import compare
from dossier.conditions.vocabulary import Attribute, Vocabulary


def equals(attribute: Attribute, value: str) -> Condition:
    """The attribute has that value; ValueError when it cannot."""
    return compare(attribute, "$eq", value)


def defined(attribute: Attribute, *, defined: bool) -> Condition:
    """The attribute has some value, or none."""
    return compare(attribute, "$defined", defined)


def all_of(parts: Sequence[Condition]) -> Condition:
    """Every part holds."""
    return parts[0] if len(parts) == 1 else All(tuple(parts))


def of_contact(part: Condition) -> Condition:
    """There is a contact for whom the part holds."""
    return OfContact(part)


def attribute(vocabulary: Vocabulary, path: str) -> Attribute:
    """The attribute that a path names: `status`, `owner.email`. It is known to exist."""
    relation, _, name = path.rpartition(".")
    found = vocabulary.relationships[relation][name] if relation else vocabulary.attribute(name)
    assert found
    return found


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
