"""A message as an e-mail (RFC 5322): its headers, its parts, and the same identifier at each attempt."""

from collections.abc import Callable, Sequence
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP, SMTPUTF8
from email.utils import format_datetime, parseaddr
from html import escape

import idna

from dossier.files.model import NamedFile
from dossier.foundation.messages import Message as Sentence
from dossier.foundation.text import gettext_noop
from dossier.messages.model.message import Message
from dossier.messages.model.new import NewMessage
from dossier.messages.model.text_message import parts_of

NOWHERE = "dossier.invalid"  # the domain of identifiers where no sender is set (RFC 2606)
SHOWN_BY = (
    "sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'; style-src 'unsafe-inline';"
    " img-src 'self' data:; frame-ancestors 'self'"
)
"""What the HTML of a message may do where it is shown: nothing, and nothing is loaded from elsewhere."""
_PARTS = gettext_noop("Parts that the SMS goes in: {count}.")
_LONG_PARTS = gettext_noop(
    "Parts that the SMS goes in: {count}. A character outside of the basic alphabet makes each of them less than half as long."
)
_STYLE = (
    "body{margin:16px;font:16px/1.5 system-ui,sans-serif;overflow-wrap:anywhere}"
    "pre{font:inherit;white-space:pre-wrap;margin:0}"
    "p{color:GrayText;font-size:14px}"
)


def domain_of(mail_from: str) -> str:
    """The domain of the Message-IDs that are made for a sender: `<id@domain>`, of the message's own id, so that a repeat is known for one."""
    return _ascii(parseaddr(mail_from)[1].rpartition("@")[2]) or NOWHERE


def as_mail(message: Message, mail_from: str, attached: Sequence[tuple[NamedFile, bytes]] = ()) -> EmailMessage:
    """The e-mail as it is sent, with its files; ValueError where a header would hold a line break."""
    plain = all(each.isascii() for each in (*message.recipients, message.reply_to or "", mail_from))
    mail = EmailMessage(policy=SMTP if plain else SMTPUTF8)
    name, address = parseaddr(mail_from)
    mail["Message-ID"] = message.message_id or f"<{message.id}@{domain_of(mail_from)}>"
    mail["Date"] = format_datetime(message.at)
    mail["From"] = _address(address, message.sender or name)
    mail["To"] = tuple(map(_address, message.to))
    if message.cc:
        mail["Cc"] = tuple(map(_address, message.cc))
    if message.reply_to:
        mail["Reply-To"] = _address(message.reply_to)
    mail["Subject"] = message.subject
    mail["Auto-Submitted"] = "auto-generated"  # RFC 3834: no machine answers it
    mail.set_content(message.text)
    if message.html is not None:
        mail.add_alternative(message.html, subtype="html")
    for file, content in attached:
        kind, _, detail = file.type.partition(";")[0].partition("/")
        mail.add_attachment(content, kind or "application", detail or "octet-stream", filename=file.name)
    return mail


def _address(spec: str, name: str = "") -> Address:
    local, _, domain = spec.rpartition("@")
    return Address(name, addr_spec=f"{local}@{_ascii(domain)}")


def _ascii(domain: str) -> str:
    """A domain as DNS has it: names of other scripts are spelled for servers that know none."""
    try:
        return domain if domain.isascii() else idna.encode(domain, uts46=True).decode()
    except idna.IDNAError:
        return domain


def as_shown(text: str, html: str | None = None, note: str = "") -> str:
    """The HTML that people see of a message: its own, else its text, with a note. Links in it open beside what shows it."""
    head = '<meta charset="utf-8"><base target="_blank">'
    if html is None:
        note = f"<p>{escape(note)}</p>" if note else ""
        return f"<!doctype html>{head}<style>{_STYLE}</style><pre>{escape(text)}</pre>{note}"
    return f"<!doctype html>{head}{html.removeprefix('<!doctype html>')}"


def previewed(new: NewMessage, say: Callable[[Sentence], str]) -> str:
    """The HTML of what would be sent; of an SMS also in how many parts it would go."""
    if new.channel != "sms":
        return as_shown(new.text, new.html)
    length = parts_of(new.text)
    return as_shown(new.text, note=say(Sentence(_LONG_PARTS if length.unicode else _PARTS, {"count": length.parts})))
