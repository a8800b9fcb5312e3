"""Files as programs see them: attachments."""

from functools import partial
from typing import Any, Literal

from pydantic import BaseModel, Field

from dossier.files.model import attachment, named_at
from dossier.files.model.held import H, both
from dossier.foundation.http.body import RequestModel
from dossier.foundation.http.openapi import PageMeta, Timestamp, Uuid
from dossier.records import schemas as records
from dossier.records.model import ChangeSet

AttachmentScope = Literal["public", "restricted"]
FileCheck = Literal["none", "pending", "clean", "infected", "not_possible"]


class FileMetadata(BaseModel):
    """Bytes, their SHA-256 in hex, and of a picture its size in pixels."""

    size: int = Field(ge=1)
    sha256: str = Field(pattern="^[0-9a-f]{64}$")
    width: int | None = Field(ge=1)
    height: int | None = Field(ge=1)


class FileActor(BaseModel):
    """Who sent it."""

    type: Literal["token", "member", "contact", "system"]
    id: Uuid | None
    name: str


class Attachment(BaseModel):
    """A file; `data` is its content in base64, only where one is read by its id."""

    id: Uuid
    name: str
    type: str
    scope: AttachmentScope
    metadata: FileMetadata
    uri: str = Field(json_schema_extra={"format": "uri"})
    data: str | None
    created_at: Timestamp
    created_by: FileActor | None
    case: Uuid | None
    check: FileCheck
    held: bool
    expires_at: Timestamp | None
    erased_at: Timestamp | None


class FileOfCase(Attachment):
    """A file that a case shows; `field`: the key of the first field that names it, null where none does."""

    field: str | None


class AttachmentInput(RequestModel):
    """A file inside JSON; `data` is its content in base64."""

    name: str = Field(min_length=1)
    data: str
    type: str | None = None
    scope: AttachmentScope = "restricted"
    case: Uuid | None = None


class AttachmentPatch(RequestModel):
    """What is to be otherwise about a file; what is left out stays, and has no default that anybody reads."""

    scope: AttachmentScope = Field(default_factory=lambda: "restricted")
    name: str = Field(default_factory=str, min_length=1)
    case: Uuid | None = None


class FilePage(BaseModel):
    """A page of files."""

    meta: PageMeta
    data: list[Attachment]


class FilesOfCase(BaseModel):
    """A page of the files of a case."""

    meta: PageMeta
    data: list[FileOfCase]


def receipt(change: ChangeSet[H], status: str | None, address: str) -> dict[str, Any]:
    """What a change did to a thing that is at a status by now, in short, with the files that its values name; `address`: of the API."""
    short, thing = records.receipt(change, status), change.after
    files = {**(change.before.files if change.before else {}), **thing.files}
    show = partial(named_at, files, address)
    for key, value in short["changed"].items() if files else ():
        if field := thing.field(key):
            short["changed"][key] = both(field, value, show)
    return short


__all__ = [
    "Attachment",
    "AttachmentInput",
    "AttachmentPatch",
    "AttachmentScope",
    "FileActor",
    "FileCheck",
    "FileMetadata",
    "FileOfCase",
    "FilePage",
    "FilesOfCase",
    "attachment",
    "receipt",
]
