"""Forms with files (RFC 7578), of a body that is there as a whole and bounded."""

import re
from collections.abc import Iterator

from dossier.foundation.errors import AppError, Invalid

MULTIPART = "multipart/form-data"
_BOUNDARY = re.compile(r'boundary="?([^";,\s]{1,70})"?', re.IGNORECASE)
_NAME = re.compile(rb'\bname="([^"]*)"', re.IGNORECASE)
_FILE = re.compile(rb"\bfilename\*?=", re.IGNORECASE)
MAX_PARTS = 2000

Fields = list[tuple[str, str]]
Files = dict[str, bytes]


def parse_multipart(content_type: str, body: bytes) -> tuple[Fields, Files]:
    """The fields, and the files by their names; of an empty file input nothing. 400 for what is no such form, UnicodeDecodeError for no text."""
    boundary = _BOUNDARY.search(content_type)
    if boundary is None:
        raise _unreadable()
    fields: Fields = []
    files: Files = {}
    for head, content in _parts(body, boundary[1].encode()):
        name = _NAME.search(head)
        if name is None:
            raise _unreadable()
        if not _FILE.search(head):
            fields.append((name[1].decode(), content.decode()))
        elif content:
            files[name[1].decode()] = content
    return fields, files


def _parts(body: bytes, boundary: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Head and content of each part; what stands before the first and after the last boundary is nothing."""
    pieces = (b"\r\n" + body).split(b"\r\n--" + boundary, MAX_PARTS + 1)
    ends = next((at for at, piece in enumerate(pieces) if at and piece.startswith(b"--")), None)
    if ends is None:
        raise _unreadable()
    for piece in pieces[1:ends]:
        head, blank, content = piece.partition(b"\r\n\r\n")
        if not blank or not head.startswith(b"\r\n"):
            raise _unreadable()
        yield head, content


def _unreadable() -> AppError:
    return Invalid.because("The form could not be read.")
