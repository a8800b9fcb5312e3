"""What came by mail, read without trust: a bounce, an answer of a machine, or what a person wrote; from bytes, bounded, and never failing."""

import hashlib
import html
import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from email import message_from_bytes
from email.header import decode_header, make_header
from email.message import Message as Mail
from email.utils import getaddresses, parseaddr
from typing import Literal
from uuid import UUID

import nh3

from dossier.messages.model.bounces import Bounce, bounce_of

Kind = Literal["bounce", "notice", "machine", "person"]
"""`notice`: a mail server says something that is no failure, such as a delay; `machine`: out of office and the like."""

MAX_MAIL = 25 * 10**6  # bytes
MAX_PARTS = 200
MAX_FILES = 30
MAX_TEXT = 200_000  # characters
_KEY = re.compile(r"case\+([a-z2-7]{26})@", re.IGNORECASE)
_OURS = re.compile(r"<([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})@", re.IGNORECASE)
_TO = ("To", "Cc", "Delivered-To", "X-Original-To", "Envelope-To", "Resent-To")
_AWAY = re.compile(
    r"^\s*(automatic reply|auto(?:matic)?[- ]?(?:re:|response|reply)|out of (?:the )?office|réponse automatique|absence du bureau"
    r"|automatisch antwoord|afwezig|abwesenheit|automatische antwort|respuesta automática|risposta automatica)",
    re.IGNORECASE,
)
_INVISIBLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")


class Unreadable(ValueError):
    """These bytes are no mail that can be read."""


@dataclass(frozen=True, slots=True)
class IncomingFile:
    """A file of a mail; its type is what the sender said."""

    name: str
    type: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Incoming:
    """A mail: `mark` is the same for the same mail, however often it comes; `keys`: of cases that it is addressed to;
    `about`: the ids of messages of ours that it answers or brings back; `bounce`: what failed."""

    kind: Kind
    mark: str
    sender: str
    name: str
    to: tuple[str, ...]
    keys: tuple[str, ...]
    about: tuple[UUID, ...]
    subject: str
    text: str
    files: tuple[IncomingFile, ...] = ()
    bounce: Bounce | None = None


def read(content: bytes, envelope: Sequence[str] = ()) -> Incoming:
    """The mail that these bytes are; `envelope`: whom the server was told it is for. Unreadable. Takes 1 ms a MB: in a thread."""
    if len(content) > MAX_MAIL:
        raise Unreadable
    try:
        return _read(message_from_bytes(content), content, envelope)
    except (ValueError, LookupError, RecursionError, AttributeError, TypeError) as error:
        raise Unreadable from error


def _read(mail: Mail, content: bytes, envelope: Sequence[str]) -> Incoming:
    parts = _parts(mail)
    bounce, kind = _judged(mail, parts)
    addressed = (*envelope, *(address for name in _TO for address in _addresses(mail, name)))
    name, sender = parseaddr(_header(mail, "From"))
    about = bounce.original if bounce else ()
    known = (*about, *_OURS.findall(f"{_header(mail, 'In-Reply-To')} {_header(mail, 'References')}"))
    return Incoming(
        kind=kind,
        mark=_header(mail, "Message-ID").strip()[:500] or hashlib.sha256(content).hexdigest(),
        sender=sender[:320],
        name=name[:200],
        to=tuple(dict.fromkeys(_addresses(mail, "To")))[:50],
        keys=tuple(dict.fromkeys(found[1].lower() for each in addressed if (found := _KEY.match(each)))),
        about=tuple(dict.fromkeys(UUID(each) for each in known))[:20],
        subject=" ".join(_header(mail, "Subject").split())[:400],
        text=_text(parts),
        files=() if bounce else tuple(_files(parts)),
        bounce=bounce,
    )


def _judged(mail: Mail, parts: Sequence[Mail]) -> tuple[Bounce | None, Kind]:
    bounce = bounce_of(mail, parts)
    if bounce:
        return bounce, "bounce" if bounce.failed else "notice"
    return None, "machine" if _is_of_a_machine(mail) else "person"


def _is_of_a_machine(mail: Mail) -> bool:
    """Whether nobody wrote it (RFC 3834, and what others do): it is kept, but nothing may follow from it, or two machines write to each other for ever."""
    automatic = _header(mail, "Auto-Submitted").partition(";")[0].strip().lower()
    if automatic not in ("", "no"):
        return True
    if _header(mail, "Precedence").strip().lower() in ("auto_reply", "bulk", "junk", "list"):
        return True
    if any(mail[name] for name in ("X-Autoreply", "X-Autorespond", "X-Auto-Response-From", "List-Id", "Feedback-ID")):
        return True
    return _header(mail, "Return-Path").strip() == "<>" or bool(_AWAY.match(_header(mail, "Subject")))


def _parts(mail: Mail) -> list[Mail]:
    """Each part that is not made of others, of mails that were put in only the outermost."""
    found: list[Mail] = []
    waiting = [mail]
    while waiting and len(found) < MAX_PARTS:
        part = waiting.pop(0)
        inner = part.get_payload() if part.is_multipart() else None
        is_container = part.get_content_maintype() == "multipart"
        if isinstance(inner, list) and is_container:
            waiting[:0] = [each for each in inner if isinstance(each, Mail)][:MAX_PARTS]
        else:
            found.append(part)
    return found


def _header(mail: Mail, name: str) -> str:
    raw = str(mail.get(name, ""))[:5000]
    try:
        return str(make_header(decode_header(raw)))
    except (ValueError, LookupError):
        return raw


def _addresses(mail: Mail, name: str) -> list[str]:
    headers = [str(each)[:5000] for each in mail.get_all(name, [])[:10]]
    return [address for _, address in getaddresses(headers) if "@" in address]


def _said(part: Mail) -> str:
    raw = part.get_payload(decode=True)
    if not isinstance(raw, bytes):
        return ""
    try:
        text = raw.decode(part.get_content_charset() or "utf-8", "replace")
    except LookupError:
        text = raw.decode("utf-8", "replace")
    return _INVISIBLE.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def _text(parts: Sequence[Mail]) -> str:
    """What was written, as plain text; of HTML its words."""
    shown = [part for part in parts if not _is_file(part)]
    plain = [_said(part) for part in shown if part.get_content_type() == "text/plain"]
    if any(each.strip() for each in plain):
        return "\n\n".join(plain).strip()[:MAX_TEXT]
    return "\n\n".join(_words(_said(part)) for part in shown if part.get_content_type() == "text/html").strip()[
        :MAX_TEXT
    ]


def _words(markup: str) -> str:
    lines = re.sub(r"(?i)<(?:br|/p|/div|/tr|/li|/h[1-6])\b[^>]{0,200}>", "\n", markup[: 5 * MAX_TEXT])
    said = html.unescape(nh3.clean(lines, tags=set(), clean_content_tags={"script", "style", "title"}))
    return re.sub(r"\n\s*\n\s*\n+", "\n\n", "\n".join(line.strip() for line in said.split("\n")))


def _is_file(part: Mail) -> bool:
    return part.get_content_disposition() == "attachment" or bool(part.get_filename())


def _files(parts: Sequence[Mail]) -> Iterator[IncomingFile]:
    for number, part in enumerate([each for each in parts if _is_file(each)][:MAX_FILES]):
        content = _content(part)
        if content:
            yield IncomingFile(_file_name(part, number), part.get_content_type()[:120], content)


def _content(part: Mail) -> bytes:
    """The bytes of a file; a mail that was enclosed as it came."""
    payload = part.get_payload(decode=True)
    if isinstance(payload, bytes):
        return payload
    inner = part.get_payload()
    return inner[0].as_bytes() if isinstance(inner, list) and inner and isinstance(inner[0], Mail) else b""


def _file_name(part: Mail, number: int) -> str:
    raw = part.get_filename() or ""
    with suppress(ValueError, LookupError):
        raw = str(make_header(decode_header(raw)))
    name = _INVISIBLE.sub("", raw.replace("\\", "/").rpartition("/")[2]).strip(" .\n\t")[:200]
    return name or f"attachment-{number + 1}{'.eml' if part.get_content_type() == 'message/rfc822' else ''}"
