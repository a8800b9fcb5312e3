"""What a workspace is, and which slugs and time zones it may have."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo, available_timezones

from dossier.conditions.vocabulary import Kind
from dossier.foundation.errors import Problem
from dossier.foundation.messages import Message, Named

_SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
MAX_SLUG = 63
ACCENTS = ("blue", "teal", "green", "purple", "red", "orange", "slate")
"""The colours that a workspace may have: each is readable on white and under white text (`web/components/tokens.css`)."""

WORKSPACE: Mapping[str, Kind] = {"id": "uuid", "slug": "text"}
"""What a condition can ask of a workspace."""


@dataclass(frozen=True, slots=True)
class Workspace:
    """A team's own room: its cases, templates, contacts and members."""

    id: UUID
    slug: str
    name: str
    time_zone: str
    created_at: datetime


def problems(slug: str, name: str, time_zone: str) -> Iterator[Problem]:
    """What stands in the way of a workspace with these."""
    if not _SLUG.fullmatch(slug) or len(slug) > MAX_SLUG:
        sentence = "“slug” must be lower-case letters and digits, in parts joined by hyphens, {count} at most."
        yield Problem(sentence, pointer="/slug", count=MAX_SLUG)
    if not name.strip():
        named = Named("name", Message("Name of the workspace"))
        yield Problem("“{field}” must not be empty.", pointer="/name", field=named)
    if time_zone not in available_timezones():
        sentence = "“{field}” must be an IANA time zone such as Europe/Brussels."
        yield Problem(sentence, pointer="/time_zone", field=Named("time_zone", Message("Time zone")))


def today(moment: datetime, time_zone: str) -> date:
    """The calendar day it is in a workspace."""
    return moment.astimezone(ZoneInfo(time_zone)).date()
