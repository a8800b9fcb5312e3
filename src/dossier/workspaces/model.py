"""What a workspace is, and which slugs and time zones it may have."""

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any, Literal, get_args
from uuid import UUID
from zoneinfo import available_timezones

from dossier.conditions.vocabulary import Kind
from dossier.foundation import working_time
from dossier.foundation.errors import Invalid, Problem
from dossier.foundation.messages import Message, Named
from dossier.texts import Brand, InvalidText, Link, Snippet, Text, parse

_SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
MAX_SLUG = 63
MOST_OUTBOUND = 2000  # characters of what calls may reach
_DAY = 24 * 60  # minutes
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


MOST_PIXELS = 4096  # of a side: what a browser makes of more takes all the memory it has
_JPEG_SIZE = frozenset(range(0xC0, 0xD0)) - {
    0xC4,
    0xC8,
    0xCC,
}  # the markers of frames, which say how large (ITU T.81, B.1.1.3)


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
            _raise_if_vast(*_size(kind, content))
            return Logo(kind, hashlib.sha256(content).hexdigest()[:32], content)
    raise Invalid.because("A logo is a PNG, JPEG or WebP picture.", "invalid_logo", pointer="/logo")


def _raise_if_vast(width: int, height: int) -> None:
    if not (0 < width <= MOST_PIXELS and 0 < height <= MOST_PIXELS):
        sentence = "A logo is at most {count} pixels wide and high."
        raise Invalid.because(sentence, "too_large", pointer="/logo", count=MOST_PIXELS)


def _size(kind: str, content: bytes) -> tuple[int, int]:
    """How wide and high a picture says that it is, in pixels; zero where it does not say."""
    if kind == "png":
        return int.from_bytes(content[16:20]), int.from_bytes(content[20:24])
    if kind == "jpeg":
        return _size_of_jpeg(content)
    if content[12:16] == b"VP8X":
        return int.from_bytes(content[24:27], "little") + 1, int.from_bytes(content[27:30], "little") + 1
    if content[12:16] == b"VP8L":
        bits = int.from_bytes(content[21:25], "little")
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    return int.from_bytes(content[26:28], "little") & 0x3FFF, int.from_bytes(content[28:30], "little") & 0x3FFF


def _size_of_jpeg(content: bytes) -> tuple[int, int]:
    place = 2
    while content[place : place + 1] == b"\xff":
        marker = content[place + 1]
        if marker in _JPEG_SIZE:
            return int.from_bytes(content[place + 7 : place + 9]), int.from_bytes(content[place + 5 : place + 7])
        place += 2 + max(2, int.from_bytes(content[place + 2 : place + 4])) if marker != 0xFF else 1
    return 0, 0


ACCENT_COLORS: Mapping[str, str] = {
    "blue": "#0b5fa8",
    "teal": "#0b6e69",
    "green": "#2c6e2f",
    "purple": "#6a3fb5",
    "red": "#ad2c39",
    "orange": "#9a4a06",
    "slate": "#3b4a5f",
}
"""The same in mails, which know no style sheet of ours."""

TextKind = Literal["closing", "footer", "snippet"]
TEXT_KINDS: tuple[TextKind, ...] = get_args(TextKind)
TEXT_LANGUAGES = (
    *("en", "fr", "nl", "de", "es", "it", "pt", "pl", "da", "sv", "fi", "cs", "sk", "sl"),
    *("hr", "hu", "ro", "bg", "el", "et", "lv", "lt", "ga", "mt", "tr", "uk", "ar"),
)
"""In which the app offers to write; programs may name others."""
MOST_TEXTS = 200  # of a workspace, in all languages
_SNIPPET = re.compile(r"[a-z0-9][a-z0-9_-]{0,59}")
_HOST = re.compile(r"localhost|[a-z0-9-]{1,63}(\.[a-z0-9-]{1,63})+")
_ORIGIN = re.compile(r"https://[a-z0-9-]{1,63}(\.[a-z0-9-]{1,63})*(:[1-9][0-9]{0,4})?")
MOST_ORIGINS = 20
_LANGUAGE = re.compile(r"[a-z]{2,3}")

TEXT_NAMES = frozenset(
    (
        *("case.title", "case.reference", "case.status", "case.url", "workspace.name", "form.link"),
        *("step.title", "step.due_at", "owner.name", "owner.given_name", "owner.family_name", "owner.email"),
        *(f"contact.{part}" for part in ("name", "given_name", "family_name", "email", "phone")),
    )
)
"""The names that every text of a workspace may use, whatever the template of the case."""


@dataclass(frozen=True, slots=True)
class WorkspaceText:
    """What messages of a workspace have in common: who signs, what stands at their foot, or a snippet by its name."""

    kind: TextKind
    name: str
    language: str
    body: str


@dataclass(frozen=True, slots=True)
class Mailing:
    """How the messages of a workspace look, and what they have in common. `logo`: its hash; `language`: of who says none."""

    workspace_id: UUID
    name: str
    accent: str
    logo: str | None
    language: str
    texts: tuple[WorkspaceText, ...]

    def text(self, kind: TextKind, name: str, language: str) -> str | None:
        """The text in that language, else in the workspace's, else in any."""
        found = {each.language: each.body for each in self.texts if (each.kind, each.name) == (kind, name)}
        wanted = (language, language.partition("-")[0].lower(), self.language)
        return next((found[each] for each in wanted if each in found), next(iter(found.values()), None))

    @property
    def stamp(self) -> str:
        """Another one whenever a mail would look otherwise."""
        return hashlib.sha256(repr(self).encode()).hexdigest()[:16]

    @property
    def snippets(self) -> list[str]:
        """The names of the snippets, in order."""
        return sorted({each.name for each in self.texts if each.kind == "snippet"})


def brand(mailing: Mailing, language: str, base_url: str) -> Brand:
    """How a mail of the workspace looks to a reader of that language; its logo comes from the server, by an address that all readers share."""
    from dossier.web import addresses  # noqa: PLC0415 - commands need no page

    logo = f"{base_url}{addresses.LOGO / mailing.workspace_id / mailing.logo}" if mailing.logo and base_url else None
    closing, footer = (_parsed(mailing.text(kind, "", language)) for kind in ("closing", "footer"))
    return Brand(mailing.name, ACCENT_COLORS.get(mailing.accent, ACCENT_COLORS["blue"]), logo, closing, footer)


def snippets(mailing: Mailing, language: str) -> dict[str, Snippet]:
    """The snippets of the workspace by name, as values of texts."""
    found = ((name, _parsed(mailing.text("snippet", name, language))) for name in mailing.snippets)
    return {name: text.as_snippet() for name, text in found if text}


def sample_values(mailing: Mailing, language: str, name: str, url: str) -> dict[str, Any]:
    """Values for a mail about nothing, to whoever has that name."""
    person = {"name": name, "given_name": name, "family_name": "", "email": "", "phone": ""}
    return {
        "contact": person,
        "owner": person,
        "case": {"title": mailing.name, "reference": "2026-0001", "status": "", "url": Link(url)},
        "workspace": {"name": mailing.name},
        "snippets": snippets(mailing, language),
    }


def _parsed(source: str | None) -> Text | None:
    return parse(source, names=None) if source else None


def text_problems(text: WorkspaceText) -> Iterator[Problem]:
    """What is wrong with a text that somebody writes."""
    if (text.kind == "snippet") != bool(_SNIPPET.fullmatch(text.name)):
        sentence = "A snippet’s name has small letters, digits, “-” and “_”, sixty at most."
        yield Problem(sentence, "invalid_value", "/name")
    yield from language_problems(text.language)
    names = TEXT_NAMES | {"data.*", "raw.*"}
    try:
        parse(text.body, names=names if text.kind == "snippet" else names | {"snippets.*"})
    except InvalidText as refused:
        yield from (problem.at("/body") for problem in refused.problems)


def host_problems(hosts: Sequence[str]) -> Iterator[Problem]:
    """What is wrong with hosts that people may go on to."""
    for place, each in enumerate(hosts):
        if not _HOST.fullmatch(each.lower()):
            yield Problem("“{value}” is no host such as www.example.org.", pointer=f"/hosts/{place}", value=each)


def origin_problems(origins: Sequence[str]) -> Iterator[Problem]:
    """What is wrong with sites that may show forms inside their pages."""
    if len(origins) > MOST_ORIGINS:
        yield Problem("At most {most} sites may be named.", "too_many", "/origins", most=MOST_ORIGINS)
    for each in origins:
        if not _ORIGIN.fullmatch(each) or int(each.partition("://")[2].partition(":")[2] or 443) > 65535:
            yield Problem("“{value}” is no site such as https://www.example.org.", pointer="/origins", value=each)


def language_problems(language: str) -> Iterator[Problem]:
    """What is wrong with a language that somebody names."""
    if not _LANGUAGE.fullmatch(language):
        yield Problem("A language is a code such as en or fr.", "invalid_value", "/language")


@dataclass(frozen=True, slots=True)
class Workspace:
    """A team's own room: its cases, templates, contacts and members. `working_time`: as `foundation.working_time` reads it."""

    id: UUID
    slug: str
    name: str
    time_zone: str
    created_at: datetime
    working_time: Mapping[str, Any] | None = None


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


def country_problems(country: str | None) -> Iterator[Problem]:
    """What is wrong with a country, ISO 3166-1; None: none is named."""
    if country and country not in working_time.countries():
        yield Problem("The holidays of this country are not known.", pointer="/country")


def working_time_problems(settings: Mapping[str, Any]) -> Iterator[Problem]:
    """What is wrong with a setting of working time, as `foundation.working_time` reads it."""
    days, opens, closes = settings["days"], settings["opens"], settings["closes"]
    if not days or not set(days) <= set(range(1, 8)):
        yield Problem("Choose the days of the week on which somebody works: at least one.", pointer="/days")
    if not 0 <= opens < closes <= _DAY:
        yield Problem("Working hours begin before they end, on the same day.", pointer="/opens")
    if country := settings.get("country"):
        yield from _unknown_place(country, settings.get("region"), settings.get("customs") or ())


def _unknown_place(country: str, region: str | None, customs: Sequence[str]) -> Iterator[Problem]:
    if unknown := list(country_problems(country)):
        yield from unknown
        return
    regions, known = working_time.parts_of(country)
    if region and region not in regions:
        yield Problem("There is no such region; the country has {options}.", pointer="/region", options=tuple(regions))
    if not set(customs) <= set(known):
        yield Problem("There are no such customs in this country.", pointer="/customs")


# ---- secrets ----

MAX_SECRETS, MAX_SECRET = 100, 10_000  # of a workspace; characters
_SECRET_NAME = re.compile(r"[a-z][a-z0-9_]{0,59}")


@dataclass(frozen=True, slots=True)
class SecretRow:
    """A secret as it is shown: by its name, and since when."""

    name: str
    created_at: datetime
    updated_at: datetime


def is_secret_name(name: str) -> bool:
    """Whether a secret can have that name: a text names it as `secrets.name`."""
    return _SECRET_NAME.fullmatch(name) is not None


def secret_problems(name: str, value: str) -> Iterator[Problem]:
    """What is wrong with a secret; the sentence never says it."""
    if not is_secret_name(name):
        sentence = "The name of a secret has a–z, 0–9 and _, begins with a letter, and has 60 characters at most."
        yield Problem(sentence, "invalid_key", "/name")
    if not 0 < len(value) <= MAX_SECRET or "\0" in value:
        yield Problem("A secret has 1 to {most} characters.", "invalid_value", "/value", most=MAX_SECRET)
