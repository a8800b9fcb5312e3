"""Facts about cases. Each entry of a fact is a row of the history, under the same version."""

from dataclasses import dataclass

from dossier.cases.model import CASE_RECORD, Case
from dossier.foundation.events import Fact
from dossier.records.model import Entry

CASE = CASE_RECORD.name
"""The kind of topic under which changes of cases are announced."""


@dataclass(frozen=True, slots=True)
class CaseCreated(Fact):
    """A case was made, with what followed by itself."""

    case: Case
    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class CaseChanged(Fact):
    """A case was changed, by whomever, with what followed by itself."""

    before: Case
    case: Case
    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class CaseErased(Fact):
    """A case was erased for good; a tombstone is left."""

    case: Case
