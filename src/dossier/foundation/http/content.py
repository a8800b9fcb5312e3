"""Bytes as an answer: under a name that any client can read, in part where a part is asked for."""

import re
from dataclasses import dataclass
from typing import Literal
from urllib.parse import quote

from starlette.requests import Request

from dossier.foundation.errors import Problem, RangeNotSatisfiable

_RANGE = re.compile(r"bytes\s*=\s*([0-9]*)\s*-\s*([0-9]*)\s*", re.IGNORECASE)
_MOST_DIGITS = 18  # of a number of bytes: what has more lies behind the end of any file
_PLAIN = re.compile(r'[^\x20-\x7e]|["\\%]')
_TAG = re.compile(r'"[^"]*"')


@dataclass(frozen=True, slots=True)
class Span:
    """The bytes from `start` to before `end` of `size`."""

    start: int
    end: int
    size: int

    @property
    def is_whole(self) -> bool:
        return self.end - self.start == self.size

    @property
    def header(self) -> str:
        """As `Content-Range` has it."""
        return f"bytes {self.start}-{self.end - 1}/{self.size}"


def span(request: Request, size: int, tag: str) -> Span | None:
    """The one range that is asked for; None for the whole: no range, several, another unit, or `If-Range` of what is no more. 416."""
    asked = _RANGE.fullmatch(request.headers.get("range", "").strip())
    if asked is None or request.headers.get("if-range", tag).strip() != tag:
        return None
    first, last = asked[1], asked[2]
    if not first:
        length = min(_number(last), size)
        found = Span(size - length, size, size) if last else None
    else:
        found = Span(_number(first), min(_number(last) + 1 if last else size, size), size)
        if last and _number(last) < _number(first):
            return None  # no range at all (RFC 9110 section 14.1.1)
    if found is None:
        return None
    if found.start >= found.end:
        problem = Problem("There are {count} bytes; the range lies behind them.", RangeNotSatisfiable.code, count=size)
        raise RangeNotSatisfiable((problem,), {"Content-Range": f"bytes */{size}"})
    return found


def _number(digits: str) -> int:
    plain = digits.lstrip("0")
    return int(plain or 0) if len(plain) <= _MOST_DIGITS else 10**_MOST_DIGITS


def is_known(request: Request, tag: str) -> bool:
    """Whether the client has what the tag names (`If-None-Match`)."""
    known = ", ".join(request.headers.getlist("if-none-match"))
    return known.strip() == "*" or tag in _TAG.findall(known)


def disposition(kind: Literal["inline", "attachment"], name: str) -> str:
    """`Content-Disposition` with a name in any script (RFC 6266, RFC 8187)."""
    return f"{kind}; filename=\"{_PLAIN.sub('_', name)}\"; filename*=UTF-8''{quote(name, safe='')}"
