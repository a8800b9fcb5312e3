"""What can be done to files."""

from dossier.files.actions.changing import change, erase, let_go
from dossier.files.actions.checking import check_pending, release
from dossier.files.actions.merging import Said, merged
from dossier.files.actions.previewing import draw_first, draws, preview
from dossier.files.actions.publishing import public_content
from dossier.files.actions.reading import by_key, key_of, pieces, raise_if_withheld
from dossier.files.actions.resuming import begin, end, end_unfinished, finish, going_on, progress, turn
from dossier.files.actions.sweeping import delete_left, erase_unheld, sweep
from dossier.files.actions.texts import read
from dossier.files.actions.uploading import Received, Told, keep, put, raise_if_full, room, take_back
from dossier.files.actions.zipping import zipped

__all__ = [
    "Received",
    "Said",
    "Told",
    "begin",
    "by_key",
    "change",
    "check_pending",
    "delete_left",
    "draw_first",
    "draws",
    "end",
    "end_unfinished",
    "erase",
    "erase_unheld",
    "finish",
    "going_on",
    "keep",
    "key_of",
    "let_go",
    "merged",
    "pieces",
    "preview",
    "progress",
    "public_content",
    "put",
    "raise_if_full",
    "raise_if_withheld",
    "read",
    "release",
    "room",
    "sweep",
    "take_back",
    "turn",
    "zipped",
]
