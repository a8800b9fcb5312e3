"""The one condition language: parsed, decided on a case, and said in SQL (contract section 4)."""

from dossier.conditions.building import all_of, attribute, defined, equals, named_workspaces, of_contact
from dossier.conditions.condition import Condition, Facts
from dossier.conditions.parse import parse_condition, parse_filter
from dossier.conditions.sql import to_sql
from dossier.conditions.vocabulary import CASE_TEMPLATES, CASES, Vocabulary

__all__ = [
    "CASES",
    "CASE_TEMPLATES",
    "Condition",
    "Facts",
    "Vocabulary",
    "all_of",
    "attribute",
    "defined",
    "equals",
    "named_workspaces",
    "of_contact",
    "parse_condition",
    "parse_filter",
    "to_sql",
]
