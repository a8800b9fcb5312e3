"""The pages that every kept thing has once it describes itself: its timeline, its fields, what is done with it, its changes as they happen, many changed at once."""

from dossier.records.pages.acts import ActPages
from dossier.records.pages.bulk import BulkPages
from dossier.records.pages.fields import FieldPages
from dossier.records.pages.live import LivePages
from dossier.records.pages.timeline import Timeline, as_of_moment, timeline

__all__ = ["ActPages", "BulkPages", "FieldPages", "LivePages", "Timeline", "as_of_moment", "timeline"]
