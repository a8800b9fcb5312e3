"""What every kept thing can do, once it describes itself by a `Record`: history, as of a time, taking back, If-Match, bulk."""

from dossier.records.actions.bulk import (
    Bulk,
    begin_bulk,
    bulk_asked_by,
    bulk_results,
    take_back_bulk,
)
from dossier.records.actions.data import DataChanges
from dossier.records.actions.erasing import forget_person, forget_text, nameless, rewrite, without_text
from dossier.records.actions.history import announce, at, check_if_match, history_page, in_version, values_before
from dossier.records.actions.keeping import Keeping
from dossier.records.actions.undo import TakingBack
from dossier.records.store import history
from dossier.records.store.history import entries_of, inserting, recording, updating
from dossier.records.store.portions import portions
from dossier.records.store.whole import Whole

__all__ = [
    "Bulk",
    "DataChanges",
    "Keeping",
    "TakingBack",
    "Whole",
    "announce",
    "at",
    "begin_bulk",
    "bulk_asked_by",
    "bulk_results",
    "check_if_match",
    "entries_of",
    "forget_person",
    "forget_text",
    "history",
    "history_page",
    "in_version",
    "inserting",
    "nameless",
    "portions",
    "recording",
    "rewrite",
    "take_back_bulk",
    "updating",
    "values_before",
    "without_text",
]
