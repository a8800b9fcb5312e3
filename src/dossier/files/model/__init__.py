"""What a file is: its members, its name, its type."""

from dossier.files.model.checks import infected_refused, not_releasable, withheld
from dossier.files.model.file import (
    MAX_NAME,
    NO_SUCH,
    SCOPES,
    VOCABULARY,
    Change,
    File,
    NamedFile,
    Scope,
    clean_name,
    empty_file,
    in_use,
    named_at,
    new_object,
    no_such,
    quota_reached,
    raise_if_erased,
)
from dossier.files.model.types import BINARY, RASTER, Seen, is_shown, served_type, text_type, type_of
from dossier.files.model.upload import Progress, Upload

__all__ = [
    "BINARY",
    "MAX_NAME",
    "NO_SUCH",
    "RASTER",
    "SCOPES",
    "VOCABULARY",
    "Change",
    "File",
    "NamedFile",
    "Progress",
    "Scope",
    "Seen",
    "Upload",
    "clean_name",
    "empty_file",
    "in_use",
    "infected_refused",
    "is_shown",
    "named_at",
    "new_object",
    "no_such",
    "not_releasable",
    "quota_reached",
    "raise_if_erased",
    "served_type",
    "text_type",
    "type_of",
    "withheld",
]
