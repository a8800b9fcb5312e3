"""What people and programs send: kept whole or not at all, answered as what it is."""

from dossier.files.actions.changing import change, let_go
from dossier.files.actions.checking import release
from dossier.files.store.holding import Hold, keep, named, showing, shown_by, shown_files, take
from dossier.files.store.rows import COLLECTION, ROWS, get, lock
from dossier.files.store.texts import words_in

__all__ = [
    "COLLECTION",
    "ROWS",
    "Hold",
    "change",
    "get",
    "keep",
    "let_go",
    "lock",
    "named",
    "release",
    "showing",
    "shown_by",
    "shown_files",
    "take",
    "words_in",
]
