"""Conditions put together by code: direct filters say what `filter` says, on the same path."""

from collections.abc import Sequence

from dossier.conditions.condition import All, Condition, OfOne
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


def of_one(relation: str, part: Condition) -> Condition:
    """Of the things in the relation there is one for which the part holds."""
    return OfOne(relation, part)


def attribute(vocabulary: Vocabulary, path: str) -> Attribute:
    """The attribute that a path names: `status`, `owner.email`. It is known to exist."""
    relation, _, name = path.rpartition(".")
    found = vocabulary.relationships[relation][name] if relation else vocabulary.attribute(name)
    assert found
    return found
