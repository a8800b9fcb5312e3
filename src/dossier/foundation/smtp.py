"""E-mail by SMTP (RFC 5321): encrypted, never waiting for ever, and through the one door to other servers."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import parseaddr
from typing import Literal
from urllib.parse import parse_qsl, unquote, urlsplit

import aiosmtplib
import httpcore2
import idna

from dossier.foundation.messages import Message, Value
from dossier.foundation.outbound import connected
from dossier.foundation.outgoing import NotTaken
from dossier.foundation.reachable import Allowed

Encryption = Literal["tls", "starttls", "none"]

_PORTS: Mapping[str, int] = {"smtps": 465, "smtp": 587}
_MOST_SAID = 300  # characters of an answer
_HOW = "must be smtps://user:secret@host:465 or smtp://user:secret@host:587?starttls=required (none: for a server on this machine)"


@dataclass(frozen=True)
class SmtpServer:
    """Where it is, who we are there, and how it is spoken with; seconds for an answer, and for a message as a whole.

    `authorities`: a file of certificates that are believed beside those of this machine.
    """

    host: str
    port: int
    encryption: Encryption
    sender: str
    user: str = ""
    password: str = ""
    authorities: str = ""
    seconds: float = 20.0
    whole: float = 120.0

    @classmethod
    def read(cls, url: str, sender: str) -> "SmtpServer":
        """The server of an address that an operator gives; ValueError says how it must be."""
        parts = urlsplit(url)
        more = dict(parse_qsl(parts.query, keep_blank_values=True))
        starttls = more.pop("starttls", "required")
        authorities = more.pop("authorities", "")
        if parts.scheme not in _PORTS or not parts.hostname or more or starttls not in ("required", "none"):
            raise ValueError(_HOW)
        encryption: Encryption = "tls" if parts.scheme == "smtps" else "starttls" if starttls == "required" else "none"
        port = parts.port or _PORTS[parts.scheme]
        user, password = unquote(parts.username or ""), unquote(parts.password or "")
        return cls(parts.hostname, port, encryption, sender, user, password, authorities)

    @asynccontextmanager
    async def line(self) -> AsyncIterator["_Line"]:
        """A connection while the block runs; NotTaken when there is none to be had."""
        client = aiosmtplib.SMTP(
            hostname=self.host,
            timeout=self.seconds,
            use_tls=self.encryption == "tls",
            start_tls=self.encryption == "starttls",
            username=self.user or None,
            password=self.password or None,
            tls_context=self._context(),
        )
        with _said(alone=False):
            async with asyncio.timeout(self.seconds):
                client.sock = await connected(self.host, self.port, Allowed(frozenset({f"{self.host}:{self.port}"})))
            async with asyncio.timeout(self.whole):
                await client.connect()
        try:
            yield _Line(client, self)
        finally:
            with suppress(aiosmtplib.SMTPException, OSError, TimeoutError):
                async with asyncio.timeout(2):
                    await client.quit()
            client.close()

    async def says(self) -> str:
        """That it answers, lets us in, and takes e-mail from the sender; NotTaken."""
        async with self.line() as line:
            await line.would_take()
        how = {"tls": "TLS", "starttls": "STARTTLS", "none": "not encrypted"}[self.encryption]
        return f"{self.host}:{self.port} answers ({how}) and takes e-mail from {self.sender}"

    def _context(self) -> ssl.SSLContext | None:
        if self.encryption == "none":
            return None
        context = ssl.create_default_context()
        if self.authorities:
            context.load_verify_locations(self.authorities)
        return context


@dataclass(frozen=True)
class _Line:
    client: aiosmtplib.SMTP
    server: SmtpServer

    async def send(self, mail: EmailMessage, to: Sequence[str]) -> tuple[Message, Message | None]:
        """Hand over an e-mail; NotTaken."""
        sender, recipients = _envelope(self.server.sender), list(map(_envelope, to))
        with _said():
            async with asyncio.timeout(self.server.whole):
                refused, said = await self.client.send_message(mail, sender=sender, recipients=recipients)
        return Message("The mail server took it: {answer}", {"answer": _short(said)}), _of_some(refused)

    async def would_take(self) -> None:
        """Begin an e-mail and take it back."""
        with _said():
            await self.client.mail(_envelope(self.server.sender))
            await self.client.rset()


def _envelope(header: str) -> str:
    local, _, domain = parseaddr(header)[1].rpartition("@")
    with suppress(idna.IDNAError):
        domain = domain if domain.isascii() else idna.encode(domain, uts46=True).decode()
    return f"{local}@{domain}"


def _of_some(refused: Mapping[str, aiosmtplib.SMTPResponse]) -> Message | None:
    if not refused:
        return None
    answer = _short(str(next(iter(refused.values())).message))
    values: Mapping[str, Value] = {"addresses": tuple(refused), "answer": answer}
    return Message("The mail server does not take it to {addresses}: {answer}", values)


@contextmanager
def _said(*, alone: bool = True) -> Iterator[None]:
    """Whatever goes wrong, as a refusal; `alone`: what the server answers is about this message, and not about us."""
    try:
        yield
    except aiosmtplib.SMTPRecipientsRefused as error:
        code = min(each.code for each in error.recipients)  # one that may be taken later is tried later
        raise _refusal(code, error.recipients[0].message, alone=alone) from None
    except aiosmtplib.SMTPResponseException as error:
        raise _refusal(error.code, str(error.message), alone=alone) from None
    except aiosmtplib.SMTPNotSupported as error:
        sentence = Message("The mail server cannot do it: {answer}", {"answer": _short(str(error))})
        raise NotTaken(sentence, for_good=alone, alone=alone) from None
    except (OSError, TimeoutError, httpcore2.ConnectError, aiosmtplib.SMTPException, ssl.SSLError) as error:
        raise _unreachable(error) from None


def _refusal(code: int, said: str, *, alone: bool) -> NotTaken:
    """What it answered; of who is not let in at all, no message is to blame."""
    if code < 0 or 200 <= code < 400:  # no answer at all, or one that makes no sense here
        return _unreachable(ConnectionError())
    values = {"code": str(code), "answer": _short(said)}
    if alone and code >= 500 and code != 503:
        return NotTaken(Message("The mail server refuses it: {code} {answer}", values), for_good=True)
    # 421: it closes the line (RFC 5321 section 3.8); 503: we and it are not of one mind about where we are.
    return NotTaken(
        Message("The mail server does not take it now: {code} {answer}", values), alone=alone and code not in (421, 503)
    )


def _unreachable(error: Exception) -> NotTaken:
    cause = error.__cause__ or error
    if isinstance(error, TimeoutError):
        sentence = Message("The mail server did not answer in time.")
    elif isinstance(cause, ssl.SSLError):
        sentence = Message(
            "The connection to the mail server cannot be encrypted: {answer}", {"answer": cause.reason or ""}
        )
    else:
        sentence = Message("There is no connection to the mail server, or it was lost.")
    return NotTaken(sentence, alone=False)


def _short(said: str) -> str:
    return " ".join(said.split())[:_MOST_SAID]
