"""The one condition language: parsed, and decided on a thing (contract section 4). It knows no table and no kind of thing."""

from dossier.conditions.building import all_of, attribute, defined, equals, of_one
from dossier.conditions.condition import Condition, EvaluationContext
from dossier.conditions.parse import parse_condition, parse_filter
from dossier.conditions.vocabulary import Family, Vocabulary, attributes

__all__ = [
    "Condition",
    "EvaluationContext",
    "Family",
    "Vocabulary",
    "all_of",
    "attribute",
    "attributes",
    "defined",
    "equals",
    "of_one",
    "parse_condition",
    "parse_filter",
]
