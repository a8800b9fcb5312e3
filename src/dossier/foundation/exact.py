"""From text to an exact number, a day or a time: the only readers, each bounded, for programs and for people.

A number has at most 34 significant digits and lies between 10^-40 and 10^40 (contract section 1): what is within passes
every reader, display and export. `Decimal` of a long text or a large exponent must never be turned into digits first.
"""

import re
from contextvars import ContextVar
from datetime import UTC, date, datetime
from decimal import Context, Decimal
from typing import Any

from dossier.foundation.errors import InvalidValue

MAX_DIGITS = 34
MAX_MAGNITUDE = 40
_ANY_DIGITS = 10**MAX_DIGITS
WIDE = Context(prec=120)
"""For whatever is done with such numbers: the default context has 28 digits and would round or refuse."""

_SHORT = 18  # characters; digits shorter than that are within every limit
_MAX_LITERAL = 100  # characters; a longer number cannot be within the limits above
_LITERAL = re.compile(r"[+-]?(?P<whole>[0-9]+)(?P<rest>\.[0-9]+)?([eE][+-]?[0-9]{1,9})?")
_MOMENT = re.compile(r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d{1,9})?([Zz]|[+-]\d\d:\d\d)", re.ASCII)

language: ContextVar[str] = ContextVar("language", default="en")
"""Whose way of writing numbers a form is read in; a page sets it."""

_WRITTEN_DAY = re.compile(r"(?P<day>\d{1,2})[./ -](?P<month>\d{1,2})[./ -](?P<year>\d{4})", re.ASCII)
_WRITTEN_TIME = re.compile(
    r"(?P<hour>\d{1,2}) ?(?:(?P<mark>[:.hu]) ?(?P<minute>\d{2})?)? ?(?P<half>am|pm)?(?<![:.])", re.ASCII
)
_MARKS = {
    "en": (".", ","),
    "fr": (",", ""),
    "nl": (",", "."),
    "de": (",", "."),
}  # what parts decimals, and what parts thousands
_BLANKS = re.compile("[ \u00a0\u2009\u202f'\u2019]")  # part thousands in every language
_GROUPED = re.compile(
    "[+\u2212-]?[0-9]{1,3}([ \u00a0\u2009\u202f'\u2019][0-9]{3})+([.,][0-9]*([ \u00a0\u2009\u202f'\u2019][0-9]+)*)?"
)
"""A number whose blanks do part thousands: `12 34` is a slip, or two numbers."""


def number(literal: str) -> int | Decimal:
    """The number that a literal of JSON says; ValueError with the reason."""
    if len(literal) < _SHORT and literal.isascii():
        whole, point, decimals = literal.partition(".")
        if whole.isdigit() and (decimals.isdigit() or not point):
            return Decimal(literal) if point else int(literal)
    found = _LITERAL.fullmatch(literal) if len(literal) <= _MAX_LITERAL else None
    exact = Decimal(literal) if found else None
    if exact is None or not fits(exact):
        raise InvalidValue(
            "{literal} is not within the limits of a number: "
            "{digits} significant digits at most, between 10^-{magnitude} and 10^{magnitude}",
            literal=literal[:40],
            digits=MAX_DIGITS,
            magnitude=MAX_MAGNITUDE,
        )
    if found and found["whole"] and literal.lstrip("+-").isdigit():
        return int(literal)
    return Decimal(format(exact or _zero(exact), "f"))


def beyond_limits() -> InvalidValue:
    """The refusal of a number that does not fit."""
    return InvalidValue(
        "“{field}” must have {digits} significant digits at most, between 10^-{magnitude} and 10^{magnitude}.",
        digits=MAX_DIGITS,
        magnitude=MAX_MAGNITUDE,
    )


def _zero(exact: Decimal) -> Decimal:
    """Without its sign, and with no more decimals than a number may have: `0e-99999` is more than PostgreSQL can hold."""
    return Decimal((0, (0,), max(int(exact.as_tuple().exponent), -MAX_MAGNITUDE)))


def fits(value: int | Decimal) -> bool:
    """Whether a number is within the limits."""
    if isinstance(value, int):
        return -_ANY_DIGITS < value < _ANY_DIGITS or (
            abs(value) <= 10**MAX_MAGNITUDE and len(str(abs(value)).rstrip("0")) <= MAX_DIGITS
        )
    if not value.is_finite() or len(value.as_tuple().digits) > WIDE.prec:
        return False
    small = value and not -MAX_MAGNITUDE <= value.adjusted() <= MAX_MAGNITUDE
    return not small and abs(value) <= 10**MAX_MAGNITUDE and len(value.normalize(WIDE).as_tuple().digits) <= MAX_DIGITS


def western(text: str) -> str:
    """A text with its digits as 0 to 9, whichever script somebody typed them in."""
    return text if text.isascii() else "".join(str(int(each)) if each.isdecimal() else each for each in text)


def typed_number(text: str, decimals: int | None = None) -> int | Decimal:
    """The number that somebody typed, as their language writes it; InvalidValue, with both readings where there are two.

    `decimals`: the most that are expected. A mark before three digits then parts thousands or is a slip, and is asked about.
    """
    point, group = _MARKS.get(language.get(), _MARKS["en"])
    typed = western(text.strip()).replace("\u066c", "").replace("\u066b", point)  # Arabic marks have one reading alone
    if _BLANKS.search(typed) and not _GROUPED.fullmatch(typed):
        raise _no_number(text)
    plain = _BLANKS.sub("", typed).replace("\u2212", "-")
    marks = re.findall("[.,]", plain)
    if len(set(marks)) == 2:
        point = marks[-1]  # 1.234,56 and 1,234.56 can only be read in one way
        group = "," if point == "." else "."
    elif len(marks) > 1:
        point, group = "", marks[0]
    elif marks and marks[0] != point and not (marks[0] == group and _thousand(plain, group)):
        point, group = _unusual_mark(plain, marks[0]), ""
    elif marks and marks[0] == point and decimals is not None and decimals < 3 and _thousand(plain, point):
        raise _ambiguous(plain, point)
    return _read(text, plain, point, group)


def _unusual_mark(plain: str, mark: str) -> str:
    if _thousand(plain, mark):
        raise _ambiguous(plain, mark)
    return mark


def _thousand(plain: str, mark: str) -> bool:
    return bool(re.fullmatch(rf"[+-]?[1-9][0-9]{{0,2}}{re.escape(mark)}[0-9]{{3}}", plain))


def _no_number(text: str) -> InvalidValue:
    return InvalidValue("“{field}” must be a number, not “{value}”.", value=text.strip()[:40])


def _ambiguous(plain: str, mark: str) -> InvalidValue:
    point = _MARKS.get(language.get(), _MARKS["en"])[0]
    decimal = plain.rstrip("0").rstrip(mark).replace(mark, point)
    whole = plain.replace(mark, "")
    return InvalidValue(
        "“{field}” can be read in two ways, {one} and {other}; write one of these.", one=whole, other=decimal
    )


def _read(text: str, plain: str, point: str, group: str) -> int | Decimal:
    whole, mark, fraction = plain.partition(point) if point else (plain, "", "")
    grouped = re.fullmatch(rf"[+-]?[0-9]{{1,3}}({re.escape(group)}[0-9]{{3}})+", whole) if group else None
    digits = whole.replace(group, "") if grouped else whole
    if not re.fullmatch(r"[+-]?[0-9]{0,50}", digits) or (mark and not re.fullmatch("[0-9]{1,50}", fraction)):
        raise _no_number(text)
    if not digits.strip("+-") and not fraction:
        raise _no_number(text)
    sign = "-" if digits.startswith("-") else ""
    literal = f"{sign}{digits.strip('+-') or '0'}" + (f".{fraction}" if fraction else "")
    try:
        return number(literal)
    except ValueError:
        raise beyond_limits() from None


def shown_number(value: Any) -> str:
    """A number as an input holds it: all digits, the reader's decimal mark, no thousands."""
    if isinstance(value, int) or not fits(value):
        return str(value)
    return format(value, "f").replace(".", _MARKS.get(language.get(), _MARKS["en"])[0])


def day(text: str) -> date:
    """The day that `YYYY-MM-DD` names; ValueError."""
    if len(text) != 10 or not text.isascii() or text[4] + text[7] != "--":
        raise InvalidValue("“{field}” must be a day that exists, as YYYY-MM-DD.")
    return date.fromisoformat(text)


def typed_day(text: str) -> date:
    """The day that somebody typed: `2026-03-01`, or day, month and year as all our languages write them. ValueError."""
    typed = western(text.strip())
    found = _WRITTEN_DAY.fullmatch(typed)
    return date(int(found["year"]), int(found["month"]), int(found["day"])) if found else day(typed)


def typed_time(text: str) -> str:
    """The time of the day that somebody typed, as `HH:MM`: 14:30, 14.30, 14h30, 14u, 2:30 pm. InvalidValue."""
    found = _WRITTEN_TIME.fullmatch(western(text.strip().lower()))
    hour, minute = (int(found["hour"]), int(found["minute"] or 0)) if found else (24, 0)
    half = found and found["half"]
    if half and 1 <= hour <= 12:
        hour = hour % 12 + (12 if half == "pm" else 0)
    elif half or (found and not found["mark"]):
        hour = 24
    if hour > 23 or minute > 59:
        raise InvalidValue("“{field}” must be a time of the day, such as 14:30.")
    return f"{hour:02}:{minute:02}"


def moment(text: str) -> datetime:
    """The time, in UTC, that an RFC 3339 text with an offset says; a leap second is the last one before it. ValueError."""
    if not _MOMENT.fullmatch(text):
        raise InvalidValue("“{field}” must be an RFC 3339 time with an offset, such as 2026-03-01T09:30:00Z.")
    try:
        return datetime.fromisoformat(
            text.upper().replace(":60", ":59", 1) if text[17:19] == "60" else text.upper()
        ).astimezone(UTC)
    except OverflowError as error:
        raise ValueError(*error.args) from None


def local_moment(text: str) -> datetime:
    """The time without an offset that an input of a page or our own storage says; ValueError."""
    typed = western(text[:41])
    if len(typed) > 40 or not typed.isascii():
        raise InvalidValue("“{field}” must be a day and a time.")
    return datetime.fromisoformat(typed)
