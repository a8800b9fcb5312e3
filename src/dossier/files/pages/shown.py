"""A file as pages show it: what kind it is to people, and where it can be looked at and had."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from dossier.files.actions.previewing import draws
from dossier.files.model import File, withheld
from dossier.foundation.errors import AppError
from dossier.foundation.services import Services
from dossier.web import addresses
from dossier.web.addresses import Address

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
    """A file among those of a thing. `viewer`: where it is looked at, `fields`: the names of those that name it.

    `withheld`: why its content is not given, None when it is; `is_drawn`: whether there may be pictures of its pages.
    """

    file: File
    viewer: Address
    fields: Sequence[str]
    withheld: AppError | None
    is_drawn: bool

    @property
    def kind(self) -> str:
        return kind_of(self.file.type)

    @property
    def content(self) -> Address | None:
        """Where it can be had; None while it is held back, or gone."""
        return None if self.withheld else addresses.FILES / self.file.id / "content"

    @property
    def thumbnail(self) -> Address | None:
        """A small picture of it; None where there is none."""
        return addresses.FILES / self.file.id / "thumbnail" if self._has_pictures else None

    @property
    def pages(self) -> Sequence[Address]:
        """Where the pictures of its pages are: of the first alone while nobody has counted them."""
        many = range(1, (self.file.pages or 1) + 1) if self._has_pictures else ()
        return [addresses.FILES / self.file.id / "preview" / page for page in many]

    @property
    def is_releasable(self) -> bool:
        """Whether somebody may let it through although no scanner could look at it."""
        return self.file.verdict == "not_possible" and not self.file.released and self.withheld is not None

    @property
    def _has_pictures(self) -> bool:
        return self.is_drawn and self.withheld is None


def shown_file(services: Services, file: File, viewer: Address, fields: Sequence[str] = ()) -> ShownFile:
    """A file as it is shown where the server has what it has."""
    refusal = withheld(file, serves_unchecked=services.file_limits.serves_unchecked)
    return ShownFile(file, viewer, fields, refusal, draws(services, file))
