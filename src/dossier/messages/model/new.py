"""What a new message must be: whom it is to, how long it may be, and that nothing in it can become a header."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from dossier.foundation.errors import Invalid, Problem
from dossier.foundation.messages import Value
from dossier.foundation.text import gettext_noop
from dossier.members.model import email_problems
from dossier.messages.model.message import Channel, no_recipient

MOST_RECIPIENTS = 50
MAX_SUBJECT = 400  # characters
MAX_TEXT = 200_000
MAX_HTML = 1_000_000
MAX_SMS = 1600
MAX_ATTACHED = (
    20 * 10**6
)  # bytes together: most mail servers take no more than 25 MB, and base64 makes a third more of it
_UNSEEN = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]+")
_PHONE = re.compile(r"\+?[0-9]{3,20}")


@dataclass(frozen=True, slots=True)
class NewMessage:
    """A message that is to be sent, with everything said that is to stand in it.

    `to cc bcc`: addresses, of an SMS one number; `html`: what stands beside the text of an e-mail; `attachments`: files;
    `at`: not before then, None: at once; `from_name`: who people see it is from, None: the workspace; `contacts`: whom it
    is to, so that it is forgotten with them; `conceals`: what in it only they may read; `missing`: names in its text that had no value, for who tells of it; `unreached`: who was meant besides,
    as they are called, and cannot be written to; `member_id`: the member to whom alone it is.
    """

    workspace_id: UUID
    channel: Channel
    to: tuple[str, ...]
    text: str
    subject: str = ""
    html: str | None = None
    cc: tuple[str, ...] = ()
    bcc: tuple[str, ...] = ()
    attachments: tuple[UUID, ...] = ()
    case_id: UUID | None = None
    step: str | None = None
    at: datetime | None = None
    from_name: str | None = None
    reply_to: str | None = None
    contacts: tuple[UUID, ...] = ()
    missing: tuple[str, ...] = ()
    conceals: str | None = None
    unreached: tuple[Value, ...] = ()
    member_id: UUID | None = None

    def cleaned(self) -> "NewMessage":
        """The same in one line where it becomes a header, and each address once."""
        return replace(
            self,
            to=_addresses(self.channel, self.to),
            cc=_addresses(self.channel, self.cc),
            bcc=_addresses(self.channel, self.bcc),
            subject=one_line(self.subject),
            from_name=one_line(self.from_name or "") or None,
            attachments=tuple(dict.fromkeys(self.attachments)),
        )

    def checked(self) -> "NewMessage":
        """The same, cleaned; 400, and 409 `no_recipient`."""
        clean = self.cleaned()
        Invalid.if_any(problems_of(clean))
        if not clean.to:
            raise no_recipient(gettext_noop("There is nobody to write to."), self.channel)
        return clean


def problems_of(new: NewMessage) -> Iterator[Problem]:
    """What is wrong with one that is cleaned, but that it may be to nobody."""
    for member in ("to", "cc", "bcc", "reply_to"):
        yield from _wrong(new.channel, member, getattr(new, member) or ())
    if len(new.to) + len(new.cc) + len(new.bcc) > MOST_RECIPIENTS:
        yield Problem("A message goes to {count} people at most.", "too_many", "/to", count=MOST_RECIPIENTS)
    if new.channel == "sms" and (len(new.to) > 1 or new.cc or new.bcc or new.html or new.attachments):
        yield Problem("An SMS goes to one number, and has nothing but a text.", "invalid_value", "/to")
    yield from _too_long("subject", new.subject, MAX_SUBJECT)
    yield from _too_long("body", new.text, MAX_SMS if new.channel == "sms" else MAX_TEXT)
    yield from _too_long("body", new.html or "", MAX_HTML)
    if not new.text.strip():
        yield Problem("“{field}” is required.", "missing_member", "/body", field="body")


def one_line(text: str) -> str:
    """The text with nothing that could end a line, or that nobody sees."""
    return " ".join(_UNSEEN.sub(" ", text).split())


def address_problems(channel: Channel, address: str, at: str) -> Iterator[Problem]:
    """What is wrong with an address, or a number."""
    address = _plain(channel, address)
    if channel == "email":
        yield from email_problems(address, at)
    elif not _PHONE.fullmatch(address):
        yield Problem("“{value}” is no telephone number.", "invalid_phone", at, value=address)


def _plain(channel: Channel, address: str) -> str:
    return re.sub(r"[\s()./-]", "", address) if channel == "sms" else address.strip()


def _addresses(channel: Channel, given: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(filter(None, (_plain(channel, each) for each in given))))


def _wrong(channel: Channel, member: str, given: tuple[str, ...] | str) -> Iterator[Problem]:
    if isinstance(given, str):
        yield from email_problems(given, f"/{member}")
    else:
        for place, address in enumerate(given):
            yield from address_problems(channel, address, f"/{member}/{place}")


def _too_long(member: str, text: str, most: int) -> Iterator[Problem]:
    if len(text) > most:
        sentence = "“{field}” has more than {count} characters."
        yield Problem(sentence, "too_long", f"/{member}", field=member, count=most)
