"""What every kept thing can do, once it describes itself by a `Record`: history, as of a time, taking back, If-Match."""

from dossier.records.actions import at, check_if_match, history_page, values_before
from dossier.records.store import history
from dossier.records.store.history import entries_of, recording

__all__ = ["at", "check_if_match", "entries_of", "history", "history_page", "recording", "values_before"]
