"""A door for mail on this machine (SMTP, RFC 5321): what the mail server beside us hands over, bounded in size, time and number."""

import asyncio
import ipaddress
import re
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from urllib.parse import urlsplit

Takes = Callable[[str], Awaitable[bool]]
"""Whether mail for an address is taken. What it raises is answered “later”."""
Handle = Callable[[bytes, list[str]], Awaitable[bool]]
"""Does what follows of a mail for these addresses; False: it is not taken. What it raises is answered “later”."""

LINE = 64 * 1024  # bytes of one, whatever RFC 5321 says of a thousand
MOST_RECIPIENTS = 20
AT_ONCE = 4  # connections
SECONDS, ALL_SECONDS = 60.0, 600.0  # for a line; for a connection
_PATH = re.compile(rb"<([^<>\x00-\x20]{0,320})>")


@dataclass(frozen=True)
class MailDoor:
    """Where it listens: on this machine alone."""

    host: str
    port: int

    @classmethod
    def read(cls, url: str) -> "MailDoor":
        """The door of an address that an operator gives; ValueError says how it must be."""
        parts = urlsplit(url)
        host = "127.0.0.1" if parts.hostname == "localhost" else parts.hostname or ""
        try:
            near = ipaddress.ip_address(host).is_loopback
        except ValueError:
            near = False
        if parts.scheme != "smtp" or not near or parts.port is None or parts.username:
            message = "must be smtp://127.0.0.1:2525 to listen on this machine, or imaps://user:secret@host/INBOX"
            raise ValueError(message)
        return cls(host, parts.port)

    async def listen(self, takes: Takes, handle: Handle, largest: int) -> None:
        """Take mail for as long as nobody cancels it. Several processes share the port."""
        turns = asyncio.Semaphore(AT_ONCE)

        async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            with suppress(OSError, TimeoutError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
                async with asyncio.timeout(ALL_SECONDS):
                    if turns.locked():
                        writer.write(b"421 too many connections\r\n")
                    else:
                        async with turns:
                            await _Talk(reader, writer, takes, handle, largest).go_on()
            writer.close()

        server = await asyncio.start_server(answer, self.host, self.port, limit=LINE, reuse_port=True)
        async with server:
            await server.serve_forever()


@dataclass
class _Talk:
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    takes: Takes
    handle: Handle
    largest: int
    begun: bool = False
    to: list[str] = field(default_factory=list)

    async def go_on(self) -> None:
        await self._say("220 dossier")
        while True:
            line = await self._line()
            verb, _, rest = line.strip().partition(b" ")
            match verb.upper():
                case b"EHLO" | b"LHLO":
                    await self._say(f"250-dossier\r\n250-SIZE {self.largest}\r\n250 8BITMIME")
                case b"MAIL":
                    await self._mail(rest)
                case b"RCPT":
                    await self._recipient(rest)
                case b"DATA":
                    await self._data()
                case b"QUIT":
                    return await self._say("221 bye")
                case b"HELO" | b"NOOP" | b"RSET":
                    self.begun, self.to = self.begun and verb.upper() == b"NOOP", []
                    await self._say("250 ok")
                case _:
                    await self._say("502 not here")

    async def _mail(self, rest: bytes) -> None:
        self.begun, self.to = True, []
        size = re.search(rb"SIZE=(\d{1,15})", rest.upper())
        if size and int(size[1]) > self.largest:
            self.begun = False
            return await self._say("552 5.3.4 too large")
        return await self._say("250 ok")

    async def _recipient(self, rest: bytes) -> None:
        found = _PATH.search(rest)
        address = found[1].decode("utf-8", "replace") if found else ""
        if not self.begun:
            return await self._say("503 MAIL first")
        if len(self.to) >= MOST_RECIPIENTS:
            return await self._say("452 4.5.3 too many recipients")
        try:
            taken = await self.takes(address)
        except Exception:  # noqa: BLE001 - as where the mail itself is handed over
            return await self._say("451 4.3.0 later")
        if not taken:
            return await self._say("550 5.1.1 nobody here by that name")
        self.to.append(address)
        return await self._say("250 ok")

    async def _data(self) -> None:
        if not self.to:
            return await self._say("503 RCPT first")
        await self._say("354 go on")
        content = await self._content()
        to, self.to, self.begun = self.to, [], False
        if content is None:
            return await self._say("552 5.3.4 too large")
        try:
            taken = await self.handle(content, to)
        except Exception:  # noqa: BLE001 - who hands it over keeps it, and comes again
            return await self._say("451 4.3.0 later")
        return await self._say("250 taken" if taken else "554 5.6.0 cannot be read, or belongs to nothing here")

    async def _content(self) -> bytes | None:
        """The mail up to its dot; None where it is too large: then the rest of it is read, and forgotten."""
        content, size = bytearray(), 0
        while (line := await self._line()) != b".\r\n":
            size += len(line)
            if size <= self.largest:
                content += line[1:] if line.startswith(b".") else line
        return bytes(content) if size <= self.largest else None

    async def _line(self) -> bytes:
        async with asyncio.timeout(SECONDS):
            return await self.reader.readuntil(b"\r\n")

    async def _say(self, text: str) -> None:
        self.writer.write(text.encode() + b"\r\n")
        async with asyncio.timeout(SECONDS):
            await self.writer.drain()
