"""A file as its workspace keeps it, what it may be called, and how it refuses."""

import re
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Literal, get_args
from uuid import UUID

from dossier.conditions import Vocabulary, attributes
from dossier.foundation.errors import AppError, Conflict, Gone, Invalid, NotFound, Problem, TooLarge, Unprocessable
from dossier.foundation.scanner import Verdict
from dossier.foundation.share import Share
from dossier.foundation.text import gettext_noop
from dossier.workspaces.model import WORKSPACE

Scope = Literal["public", "restricted"]
SCOPES: tuple[Scope, ...] = get_args(Scope)
MAX_NAME = 255  # code points
_UNSEEN = re.compile("[\x00-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
"""Control characters, those that turn the direction of a text (`gpj.exe` as `exe.jpg`), and halves of characters."""

VOCABULARY = Vocabulary(
    attributes=attributes(
        id="uuid",
        name="folded",
        type="text",
        scope="text",
        check="text",
        held="text",
        created_at="time",
        updated_at="time",
    ),
    relationships={"workspace": attributes("workspace", **WORKSPACE), "case": attributes("case", id="uuid")},
)
"""What a condition can ask of a file."""

NO_SUCH = gettext_noop("There is no attachment {id}.")


@dataclass(frozen=True, slots=True)
class File:
    """A file without its content, which lies in the storage under `object`.

    `case`: the one that it was put on; `goes_at`: when it goes, None while something holds it; `erased_at`: since when its
    content is gone although something holds it, or it had a virus; `released`: whether its content is given although no
    scanner could look at it; `drawn`: whether pictures of its pages can be made, None: not tried yet.
    """

    workspace_id: UUID
    id: UUID
    version: int
    created_at: datetime
    updated_at: datetime
    name: str
    type: str
    scope: Scope
    key_number: int
    verdict: Verdict
    size: int
    sha256: bytes
    width: int | None
    height: int | None
    pages: int | None
    drawn: bool | None
    object: str
    created_by: Mapping[str, Any]
    held: bool
    goes_at: datetime | None
    case: UUID | None = None
    erased_at: datetime | None = None
    released: bool = False

    @property
    def tag(self) -> str:
        """The entity tag of its content."""
        return f'"{self.sha256.hex()}"'

    @property
    def sealed(self) -> str:
        """What the key of its public address is derived from."""
        return f"file {self.id} {self.key_number}"


@dataclass(frozen=True, slots=True)
class NamedFile:
    """A file as what holds it shows it; `size` in bytes, `erased`: whether only its name is left."""

    id: str
    name: str
    type: str
    size: int = 0
    erased: bool = False

    def document(self) -> dict[str, str]:
        """As JSON has it."""
        return {"id": self.id, "name": self.name, "type": self.type}


def named_at(files: Mapping[str, NamedFile], address: str, id: str) -> dict[str, str]:
    """A file as programs see it where something names it, its `uri` without a key; `address`: of the API. Its id alone where there is none."""
    return {**files[id].document(), "uri": f"{address}/attachments/{id}"} if id in files else {"id": id}


@dataclass(frozen=True, slots=True)
class Change:
    """What is to be otherwise; None stays as it is. `moves`: whether it is on that `case` from now on, or on none."""

    name: str | None = None
    scope: Scope | None = None
    case: UUID | None = None
    moves: bool = False


def clean_name(said: str, pointer: str = "/name") -> str:
    """The last part of a path, without what nobody sees; 400 when nothing is left, or too much."""
    name = _UNSEEN.sub("", re.split(r"[/\\]", said)[-1]).strip()
    if not 1 <= len(name) <= MAX_NAME or name in (".", ".."):
        sentence = "A file's name must have 1 to {count} characters."
        raise Invalid.because(sentence, "invalid_name", pointer=pointer, count=MAX_NAME)
    return name


def empty_file(*, pointer: str | None = None, parameter: str | None = None) -> AppError:
    """400: a file has at least a byte."""
    return Invalid.because("The file is empty.", "empty_file", pointer=pointer, parameter=parameter)


def new_object(workspace_id: UUID) -> str:
    """Where the content of a new file is to lie: nobody guesses it, and it says nothing of what it is."""
    random = secrets.token_hex(20)
    return f"{workspace_id}/{random[:2]}/{random}"


def no_such(id: UUID) -> NotFound:
    """404: there is none with that id, or none that the caller may see."""
    refusal = NotFound.because(NO_SUCH, id=id)
    assert isinstance(refusal, NotFound)
    return refusal


def raise_if_erased(file: File) -> None:
    """410: its content is gone, and it changes no more."""
    if file.erased_at:
        raise erased()


def erased() -> AppError:
    """410: there is no content any more."""
    return Gone.because("The content of the file was erased; only its name is left.", "erased")


def was_erased(name: str) -> Problem:
    """What is said of a file, by its name, that cannot be shown anew."""
    return Problem("The content of “{file}” was erased.", "erased", file=name)


def on_another_case(file: File) -> Problem:
    """What is said of a file that is to be put where it cannot be, and which case it is on."""
    sentence = "“{file}” is on another case now; take it off that one first."
    return Problem(sentence, "on_another_case", file=file.name, meta={"case": file.case})


@dataclass(frozen=True, slots=True)
class Holder:
    """A thing that holds a file: of which kind, and its id."""

    type: str
    id: UUID


def in_use(holders: Sequence[Holder]) -> Conflict:
    """409: something holds it; the first of what does."""
    sentence = "The file is in use: take it out there first."
    return Conflict((Problem(sentence, "in_use", meta={"holders": [asdict(each) for each in holders]}),))


def form_is_full(share: Share) -> TooLarge:
    """413: as much was sent to the form as it takes. What to do is said to whoever sends."""
    sentence = "This form takes {count} files at most, of {bytes} bytes together; what was taken off counts for a week. Send fewer or smaller ones, or ask whoever sent you the form."
    meta = {"files": share.files, "bytes": share.bytes}
    return TooLarge((Problem(sentence, "form_full", count=share.files, bytes=share.bytes, meta=meta),))


def quota_reached(used: int, limit: int) -> Unprocessable:
    """422: the workspace has no room for it (bytes)."""
    sentence = "The files of the workspace would have more than the {count} bytes that it may have; nothing was kept."
    return Unprocessable((Problem(sentence, "quota_reached", count=limit, meta={"used": used, "limit": limit}),))
