"""In which form a client would have something (RFC 9110 section 12.5.1)."""

import re
from collections.abc import Iterator
from typing import NamedTuple

_Q = re.compile(r"\s*q\s*=\s*(0(?:\.[0-9]{0,3})?|1(?:\.0{0,3})?)\s*", re.IGNORECASE)
MOST = 100  # ranges that are looked at


class Wanted(NamedTuple):
    """A range of media types: `image/png`, `image/*` or `*/*`."""

    major: str
    minor: str

    def holds(self, type: str) -> bool:
        """Whether the type is among them."""
        major, _, minor = type.partition("/")
        return self.major in ("*", major) and self.minor in ("*", minor)


def wanted(accept: str) -> list[Wanted]:
    """What `Accept` names, by preference: q, then specificity, then order. What is not wanted (q=0), or no range, is left out."""
    found = sorted(_ranges(accept), key=lambda each: (-each[0], sum(part == "*" for part in each[1])))
    return [each for q, each in found if q > 0]


def _ranges(accept: str) -> Iterator[tuple[float, Wanted]]:
    for text in accept.split(",", MOST)[:MOST]:
        name, *parameters = text.split(";")
        major, slash, minor = name.strip().lower().partition("/")
        if slash and major and minor:
            given = [match for each in parameters if (match := _Q.fullmatch(each))]
            yield float(given[0][1]) if given else 1.0, Wanted(major, minor)
