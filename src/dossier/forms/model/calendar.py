"""The end of a form as an entry for a calendar (iCalendar, RFC 5545)."""

import re
from datetime import datetime, timedelta
from uuid import UUID

_LINE = 73  # bytes of a line; what is longer goes on in the next one (section 3.1)
_ESCAPED = {"\\": "\\\\", ";": "\\;", ",": "\\,", "\n": "\\n"}
_UNSEEN = re.compile(r"[\x00-\x09\x0b-\x1f\x7f]")


def entry(form_id: UUID, title: str, link: str, until: datetime, now: datetime) -> bytes:
    """An entry of half an hour that ends when the form does, with a reminder a day before."""
    lines = (
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Dossier//Forms//EN",
        "BEGIN:VEVENT",
        f"UID:{form_id}@dossier",
        f"DTSTAMP:{_moment(now)}",
        f"DTSTART:{_moment(until - timedelta(minutes=30))}",
        f"DTEND:{_moment(until)}",
        f"SUMMARY:{_text(title)}",
        f"URL:{_UNSEEN.sub('', link)}",
        "BEGIN:VALARM",
        "ACTION:DISPLAY",
        f"DESCRIPTION:{_text(title)}",
        "TRIGGER:-P1D",
        "END:VALARM",
        "END:VEVENT",
        "END:VCALENDAR",
    )
    return "".join(f"{_folded(line)}\r\n" for line in lines).encode()


def _moment(moment: datetime) -> str:
    return moment.strftime("%Y%m%dT%H%M%SZ")


def _text(text: str) -> str:
    clean = _UNSEEN.sub(" ", text.replace("\r\n", "\n").replace("\r", "\n"))
    return "".join(_ESCAPED.get(each, each) for each in clean)


def _folded(line: str) -> str:
    """The line in pieces of at most so many bytes, none of which ends within a character."""
    pieces, piece = [""], 0
    for each in line:
        size = len(each.encode())
        if piece + size > _LINE:
            pieces.append("")
            piece = 1
        pieces[-1] += each
        piece += size
    return "\r\n ".join(pieces)
