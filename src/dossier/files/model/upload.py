"""A file on its way, in as many goes as it takes, and how what is said of it is read (tus 1.0.0)."""

import base64
import binascii
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from dossier.files.model.file import Scope
from dossier.foundation.errors import AppError, Conflict, Invalid, NotFound, Problem, TooManyRequests, Unavailable
from dossier.foundation.text import gettext_noop

KEPT = timedelta(hours=24)
"""How long an upload waits for its next byte."""
MAX_METADATA = 4096  # bytes
_PAIR = re.compile(r"([!-+\--~]+)(?: ([A-Za-z0-9+/_-]*={0,2}))?")

NO_SUCH = gettext_noop("There is no upload {id}.")


@dataclass(frozen=True, slots=True)
class Upload:
    """What was announced, and how much of it is on the disk for good (`received`), at which place; `boot`: in which run of the machine."""

    workspace_id: UUID
    id: UUID
    name: str
    type: str
    scope: Scope
    case: UUID | None
    metadata: str
    size: int
    received: int
    place: str | None
    boot: str | None
    goes_at: datetime


@dataclass(frozen=True, slots=True)
class Progress:
    """How much of a file is there, of how much; `upload` is None once it is an attachment."""

    offset: int
    size: int
    upload: Upload | None = None


def read_metadata(header: str) -> dict[str, str]:
    """Names and texts of `Upload-Metadata`; 400 for what is none, or more than 4 kB."""
    if len(header) > MAX_METADATA:
        sentence = "Upload-Metadata has more than {count} bytes."
        raise Invalid.because(sentence, "invalid_header", parameter="Upload-Metadata", count=MAX_METADATA)
    found = dict(_pairs(header))
    if header.strip() and len(found) != header.count(",") + 1:
        raise _unreadable()
    return found


def _pairs(header: str) -> Iterator[tuple[str, str]]:
    for each in header.split(",") if header.strip() else ():
        pair = _PAIR.fullmatch(each.strip())
        if pair is None:
            raise _unreadable()
        yield pair[1], _text(pair[2] or "")


def _text(encoded: str) -> str:
    text = encoded.rstrip("=").translate(str.maketrans("-_", "+/"))
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4), validate=True).decode()
    except (binascii.Error, UnicodeDecodeError):
        raise _unreadable() from None


def _unreadable() -> AppError:
    sentence = "Upload-Metadata must be names, each once and with its text in UTF-8 as base64, with commas between."
    return Invalid.because(sentence, "invalid_header", parameter="Upload-Metadata")


def no_such_upload(id: UUID) -> AppError:
    """404: there is none, or none of this caller's."""
    return NotFound.because(NO_SUCH, id=id)


def wrong_offset(offset: int) -> AppError:
    """409: so many bytes are there."""
    sentence = "The upload has {count} bytes; go on there."
    return Conflict(
        (Problem(sentence, "wrong_offset", parameter="Upload-Offset", count=offset, meta={"offset": offset}),)
    )


def overtaken() -> AppError:
    """409: the same upload goes on over a newer connection."""
    problem = Problem("The upload goes on over another connection; what comes on this one does not count.", "overtaken")
    return Conflict((problem,), {"Connection": "close"})


def elsewhere() -> AppError:
    """503: what was sent so far lies on another machine."""
    problem = Problem("What was sent so far lies on another server; try again.", "elsewhere")
    return Unavailable((problem,), {"Retry-After": "1"})


def too_many_begun(most: int) -> AppError:
    """429: so many wait for their bytes."""
    sentence = "{count} uploads are begun already; finish or end one of them first."
    return TooManyRequests((Problem(sentence, "too_many_uploads", count=most),), {"Retry-After": "60"})
