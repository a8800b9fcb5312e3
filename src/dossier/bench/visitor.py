"""Somebody who asks for one page after the other."""

import asyncio
import re
import time
from dataclasses import dataclass
from types import TracebackType
from typing import Self

_LENGTH = re.compile(rb"content-length: (\d+)", re.IGNORECASE)
_TOTAL = re.compile(rb'id="total"[^>]*>\s*([^<]*?)\s*<|"total_count":\s*(\d+)')


@dataclass(frozen=True)
class Answer:
    """How long it took (milliseconds), its status, how many the page says there are (empty when it says nothing), and all of it."""

    ms: float
    status: int
    found: str
    body: bytes = b""


class Visitor:
    """One connection that stays open."""

    def __init__(self, port: int) -> None:
        self._port = port

    async def __aenter__(self) -> Self:
        self._reader, self._writer = await asyncio.open_connection("127.0.0.1", self._port)
        return self

    async def __aexit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self._writer.close()

    async def ask(self, request: bytes) -> Answer:
        """Ask, and wait for the whole answer."""
        began = time.perf_counter()
        self._writer.write(request)
        head = await self._reader.readuntil(b"\r\n\r\n")
        length = _LENGTH.search(head)
        assert length, head
        body = await self._reader.readexactly(int(length[1]))
        took = (time.perf_counter() - began) * 1000
        said = _TOTAL.search(body)
        return Answer(took, int(head[9:12]), (said[1] or said[2]).decode() if said else "", body)
