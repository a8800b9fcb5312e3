"""A mailbox that is looked into (IMAP, RFC 9051): what is unread comes in, one mail at a time, and is marked once all that follows is kept."""

import asyncio
import imaplib
import re
import socket
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import Any, TypeVar
from urllib.parse import unquote, urlsplit

from dossier.foundation.outbound import connected
from dossier.foundation.reachable import Allowed

T = TypeVar("T")
MOST_AT_ONCE = 50  # mails in one look
_SIZE = re.compile(rb"RFC822\.SIZE (\d+)")
_HOW = "must be imaps://user:secret@host/INBOX, or smtp://127.0.0.1:2525 to listen"


@dataclass(frozen=True)
class Mailbox:
    """Where it is, who we are there, and the folder; seconds for an answer."""

    host: str
    port: int
    user: str
    password: str
    folder: str = "INBOX"
    seconds: float = 30.0
    authorities: str = ""

    @classmethod
    def read(cls, url: str) -> "Mailbox":
        """The mailbox of an address that an operator gives; ValueError says how it must be."""
        parts = urlsplit(url)
        if parts.scheme != "imaps" or not parts.hostname or not parts.username or parts.fragment:
            raise ValueError(_HOW)
        folder = unquote(parts.path.strip("/")) or "INBOX"
        if not re.fullmatch(r"[^\x00-\x1f\"\\]{1,200}", folder):
            raise ValueError(_HOW)
        user, password = unquote(parts.username), unquote(parts.password or "")
        return cls(parts.hostname, parts.port or 993, user, password, folder, authorities=parts.query.partition("=")[2])

    async def says(self) -> str:
        """That it answers and lets us in, and how many mails are unread; OSError, IMAP4.error."""
        async with self.looked_into(0) as unread:
            return f"{len(await unread.numbers())} unread"

    @asynccontextmanager
    async def looked_into(self, largest: int) -> AsyncIterator["Unread"]:
        """The unread mails while the block runs; OSError, IMAP4.error. Of one that is larger nothing is fetched."""
        async with asyncio.timeout(self.seconds):
            line = await connected(self.host, self.port, Allowed(frozenset({f"{self.host}:{self.port}"})))
        line.settimeout(self.seconds)
        context = ssl.create_default_context(cafile=self.authorities or None)
        session = await asyncio.to_thread(_Session, self.host, line, context)
        try:
            await asyncio.to_thread(session.login, self.user, self.password)
            await asyncio.to_thread(session.select, f'"{self.folder}"')
            yield Unread(session, largest)
        finally:
            with suppress(imaplib.IMAP4.error, OSError):
                await asyncio.to_thread(session.logout)


class _Session(imaplib.IMAP4_SSL):
    """Over a connection to an address that was looked at."""

    def __init__(self, host: str, line: socket.socket, context: ssl.SSLContext) -> None:
        self._line = line
        super().__init__(host, ssl_context=context)

    def _create_socket(self, _timeout: float | None) -> socket.socket:
        return self.ssl_context.wrap_socket(self._line, server_hostname=self.host)  # type: ignore[no-any-return]


class Unread:
    """Mails by their numbers, which stay; one at a time."""

    def __init__(self, session: imaplib.IMAP4, largest: int) -> None:
        self._session, self._largest = session, largest

    async def numbers(self) -> list[str]:
        """Those that are unread, the oldest first, a bounded number of them."""
        _, found = await _aside(lambda: self._session.uid("SEARCH", "UNSEEN"))
        return [each.decode() for each in (found[0] or b"").split()[:MOST_AT_ONCE]]

    async def content(self, number: str) -> bytes | None:
        """The mail itself; None for one that is too large, or gone."""
        _, sizes = await _aside(lambda: self._session.uid("FETCH", number, "(RFC822.SIZE)"))
        size = _SIZE.search(sizes[0] if isinstance(sizes[0], bytes) else b"")
        if size is None or int(size[1]) > self._largest:
            return None
        _, found = await _aside(lambda: self._session.uid("FETCH", number, "(BODY.PEEK[])"))
        return next((each[1] for each in found if isinstance(each, tuple)), None)

    async def done(self, number: str) -> None:
        """Nothing more follows from it."""
        await _aside(lambda: self._session.uid("STORE", number, "+FLAGS.SILENT", r"(\Seen)"))


async def _aside(work: Callable[[], tuple[str, list[Any]]]) -> tuple[str, list[Any]]:
    kind, found = await asyncio.to_thread(work)
    if kind != "OK":
        message = "the mailbox refused"
        raise imaplib.IMAP4.error(message)
    return kind, found
