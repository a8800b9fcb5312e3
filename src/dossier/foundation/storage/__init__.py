"""Where large content is kept beside the database: a folder, or an S3-compatible server; behind one small interface."""

from dossier.foundation.storage.coming import Coming, Overtaken
from dossier.foundation.storage.kinds import Kept, Missing, Storage, storage_away, storage_full
from dossier.foundation.storage.opening import Place, opened
from dossier.foundation.storage.unfinished import Unfinished, Whole
from dossier.foundation.storage.working import InThreads, nowhere

__all__ = [
    "Coming",
    "InThreads",
    "Kept",
    "Missing",
    "Overtaken",
    "Place",
    "Storage",
    "Unfinished",
    "Whole",
    "nowhere",
    "opened",
    "storage_away",
    "storage_full",
]
