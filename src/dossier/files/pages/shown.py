"""A file as pages show it: what kind it is to people, and where it can be had."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from dossier.files.model import File
from dossier.web import addresses
from dossier.web.addresses import Address

HELD_BACK = ("pending", "infected", "not_possible")
_KINDS: Mapping[str, str] = {
    "application/pdf": "pdf",
    "application/zip": "archive",
    "application/msword": "document",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "document",
    "application/vnd.oasis.opendocument.text": "document",
    "application/rtf": "document",
    "application/vnd.ms-excel": "sheet",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "sheet",
    "application/vnd.oasis.opendocument.spreadsheet": "sheet",
    "text/csv": "sheet",
    "application/vnd.ms-powerpoint": "slides",
    "application/vnd.openxmlformats-officedocument.presentationml.presentation": "slides",
    "application/vnd.oasis.opendocument.presentation": "slides",
    "message/rfc822": "mail",
    "application/json": "text",
}


def kind_of(type: str) -> str:
    """What a media type is to people: a key of the tables in `files/_labels.html`."""
    if type.startswith("image/"):
        return "picture"
    return _KINDS.get(type, "text" if type.startswith("text/") else "other")


@dataclass(frozen=True, slots=True)
class ShownFile:
    """A file among those of a thing; `fields`: the names of those that name it."""

    file: File
    fields: Sequence[str] = ()

    @property
    def kind(self) -> str:
        return kind_of(self.file.type)

    @property
    def content(self) -> Address | None:
        """Where it can be had; None while it is held back."""
        return (
            None
            if self.file.verdict in HELD_BACK or self.file.erased_at
            else addresses.FILES / self.file.id / "content"
        )
