"""What a workspace is, and which slugs and time zones it may have."""

import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from uuid import UUID
from zoneinfo import ZoneInfo, available_timezones

from dossier.conditions.vocabulary import Kind
from dossier.foundation.errors import Invalid, Problem
from dossier.foundation.messages import Message, Named

_SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
MAX_SLUG = 63
ACCENTS = ("blue", "teal", "green", "purple", "red", "orange", "slate")
"""The colours that a workspace may have: each is readable on white and under white text (`web/components/tokens.css`)."""

WORKSPACE: Mapping[str, Kind] = {"id": "uuid", "slug": "text"}
"""What a condition can ask of a workspace."""


MAX_LOGO = 256 * 1024  # bytes
LOGO_KINDS: Mapping[str, re.Pattern[bytes]] = {
    "png": re.compile(rb"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR.*IEND\xaeB`\x82", re.DOTALL),
    "jpeg": re.compile(rb"\xff\xd8\xff.*\xff\xd9", re.DOTALL),
    "webp": re.compile(rb"RIFF....WEBPVP8[ LX].*", re.DOTALL),
}
"""What a logo may be, and how its bytes begin and end. No SVG: a picture that is a program."""


@dataclass(frozen=True, slots=True)
class Logo:
    """A picture as it is served: `image/{kind}`, under its hash."""

    kind: str
    hash: str
    content: bytes


def logo(content: bytes) -> Logo:
    """The logo that these bytes are, whatever the file was called; 400."""
    if len(content) > MAX_LOGO:
        sentence = "A logo has {count} kB at most."
        raise Invalid.because(sentence, "too_large", pointer="/logo", count=MAX_LOGO // 1024)
    for kind, looks in LOGO_KINDS.items():
        if looks.fullmatch(content):
            return Logo(kind, hashlib.sha256(content).hexdigest()[:32], content)
    raise Invalid.because("A logo is a PNG, JPEG or WebP picture.", "invalid_logo", pointer="/logo")


@dataclass(frozen=True, slots=True)
class Workspace:
    """A team's own room: its cases, templates, contacts and members."""

    id: UUID
    slug: str
    name: str
    time_zone: str
    created_at: datetime


@cache
def time_zones() -> tuple[str, ...]:
    """The names of all that there are, in order. They are looked for once: that opens some six hundred files."""
    return tuple(sorted(available_timezones()))


def problems(slug: str, name: str, time_zone: str) -> Iterator[Problem]:
    """What stands in the way of a workspace with these."""
    if not _SLUG.fullmatch(slug) or len(slug) > MAX_SLUG:
        sentence = "“slug” must be lower-case letters and digits, in parts joined by hyphens, {count} at most."
        yield Problem(sentence, pointer="/slug", count=MAX_SLUG)
    if not name.strip():
        named = Named("name", Message("Name of the workspace"))
        yield Problem("“{field}” must not be empty.", pointer="/name", field=named)
    if time_zone not in time_zones():
        sentence = "“{field}” must be an IANA time zone such as Europe/Brussels."
        yield Problem(sentence, pointer="/time_zone", field=Named("time_zone", Message("Time zone")))


def today(moment: datetime, time_zone: str) -> date:
    """The calendar day it is in a workspace."""
    return moment.astimezone(ZoneInfo(time_zone)).date()
