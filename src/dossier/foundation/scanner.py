"""Asking a virus scanner (clamd, INSTREAM) what a file is; whatever it does, it never makes a file clean that it did not call so."""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import Literal
from urllib.parse import urlsplit

Verdict = Literal["none", "pending", "clean", "infected", "not_possible"]
Line = tuple[asyncio.StreamReader, asyncio.StreamWriter]

_PIECE = 256 * 1024  # bytes that are sent at once
_MOST_SAID = 4096  # bytes of an answer
_CLEAN = "stream: OK"
_FOUND = re.compile(r"stream: (.+) FOUND")
_LIMITS = "Heuristics.Limits.Exceeded"
_TOO_LARGE = "size limit exceeded"


class NoVerdict(Exception):  # the file is asked about again
    """The scanner is not there, does not answer, or says what is no verdict."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What a scanner says of a file, and how it calls what it found."""

    verdict: Verdict
    virus: str | None = None


NOT_SCANNED, NOT_POSSIBLE = Finding("none"), Finding("not_possible")


@dataclass(frozen=True, slots=True)
class Scanner:
    """Where clamd listens (`unix:/run/clamav/clamd.ctl`, `tcp:host:3310`), up to which size it is asked (bytes), how long it is waited for (seconds)."""

    address: str
    most: int = 25 * 10**6
    connect: float = 3.0
    at_upload: float = 30.0
    later: float = 180.0

    async def look_at(self, size: int, pieces: AsyncIterator[bytes], seconds: float) -> Finding:
        """What it says of so many bytes; NoVerdict. It is not asked about more than it looks at: it would say that all is well."""
        if size > self.most:
            return NOT_POSSIBLE
        return _finding(await self._ask(b"zINSTREAM\0", pieces, seconds))

    async def says(self, seconds: float) -> str:
        """Which one it is, with the age of what it knows; NoVerdict."""
        said = await self._ask(b"zVERSION\0", None, seconds)
        if not said.startswith("ClamAV"):
            raise NoVerdict(said[:60])
        return said

    async def _ask(self, command: bytes, pieces: AsyncIterator[bytes] | None, seconds: float) -> str:
        try:
            async with asyncio.timeout(seconds), self._line() as (reader, writer):
                said = asyncio.ensure_future(_answer(reader))
                try:
                    is_sent = await _send(writer, command, pieces, said)
                    return _believed(await said, is_sent=is_sent)
                finally:
                    said.cancel()
        except (OSError, TimeoutError, asyncio.IncompleteReadError, asyncio.LimitOverrunError) as error:
            raise NoVerdict(type(error).__name__) from error

    @asynccontextmanager
    async def _line(self) -> AsyncIterator[Line]:
        async with asyncio.timeout(self.connect):
            reader, writer = await _connected(self.address)
        try:
            yield reader, writer
        finally:
            writer.transport.abort()  # nothing that is left to send is of use


async def _connected(address: str) -> Line:
    kind, _, where = address.partition(":")
    if kind == "unix":
        return await asyncio.open_unix_connection(where, limit=_MOST_SAID)
    host, _, port = where.rpartition(":")
    return await asyncio.open_connection(host.strip("[]"), int(port), limit=_MOST_SAID)


async def _send(
    writer: asyncio.StreamWriter, command: bytes, pieces: AsyncIterator[bytes] | None, said: "asyncio.Future[str]"
) -> bool:
    """The command and the content, each piece after its length, an empty one last; whether all was sent before it `said` something."""
    with suppress(ConnectionError, RuntimeError):  # the second is uvloop's, for a closed line; it may have said why
        writer.write(command)
        if pieces is not None:
            async for part in _parts(pieces):
                if said.done():
                    return False
                writer.write(len(part).to_bytes(4, "big"))
                writer.write(part)
                await writer.drain()
            writer.write(bytes(4))
        await writer.drain()
        return True
    return False


async def _parts(pieces: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    async for piece in pieces:
        for at in range(0, len(piece), _PIECE):
            yield piece[at : at + _PIECE]


def _believed(answer: str, *, is_sent: bool) -> str:
    """Nobody can know of what was not sent that it is well."""
    if answer == _CLEAN and not is_sent:
        raise NoVerdict("it answered before it had the file")
    return answer


async def _answer(reader: asyncio.StreamReader) -> str:
    return (await reader.readuntil(b"\0"))[:-1].decode("utf-8", "replace").strip()


def _finding(said: str) -> Finding:
    """What an answer means; NoVerdict for whatever is none."""
    if said == _CLEAN:
        return Finding("clean")
    if found := _FOUND.fullmatch(said):
        return NOT_POSSIBLE if found[1].startswith(_LIMITS) else Finding("infected", found[1][:200])
    if _TOO_LARGE in said:
        return NOT_POSSIBLE
    raise NoVerdict(said[:60])


def read_address(text: str) -> str:
    """An address that an operator gives; ValueError says how it must be."""
    kind, _, where = text.partition(":")
    with suppress(ValueError):
        parts = urlsplit(f"//{where}")
        if (kind == "unix" and where.startswith("/")) or (kind == "tcp" and parts.hostname and parts.port):
            return text
    message = "must be unix:/run/clamav/clamd.ctl or tcp:127.0.0.1:3310"
    raise ValueError(message)
