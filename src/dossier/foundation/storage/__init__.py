"""Where large content is kept beside the database: a folder, or an S3-compatible server; behind one small interface."""

from dossier.foundation.storage.kinds import Kept, Missing, Storage, storage_away, storage_full
from dossier.foundation.storage.opening import Place, opened
from dossier.foundation.storage.unfinished import Unfinished
from dossier.foundation.storage.working import InThreads, nowhere

__all__ = [
    "InThreads",
    "Kept",
    "Missing",
    "Place",
    "Storage",
    "Unfinished",
    "nowhere",
    "opened",
    "storage_away",
    "storage_full",
]
