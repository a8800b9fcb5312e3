"""What people and programs send: kept whole or not at all, answered as what it is."""

from dossier.files.actions.changing import forget_sent, let_go
from dossier.files.actions.enclosing import arrived, arrived_in_pieces
from dossier.files.actions.held import HeldFiles
from dossier.files.actions.naming import At, in_schema, settle
from dossier.files.actions.uploading import Received, take_back
from dossier.files.actions.uploading import keep as keep_arrived
from dossier.files.store.holders import Holders
from dossier.files.store.holding import Hold, data_of_row, drop, keep, shown_files, take
from dossier.files.store.rows import get, several

__all__ = [
    "At",
    "HeldFiles",
    "Hold",
    "Holders",
    "Received",
    "arrived",
    "arrived_in_pieces",
    "data_of_row",
    "drop",
    "forget_sent",
    "get",
    "in_schema",
    "keep",
    "keep_arrived",
    "let_go",
    "settle",
    "several",
    "shown_files",
    "take",
    "take_back",
]
