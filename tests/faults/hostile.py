"""Receivers of webhooks that are what receivers are, in a process of their own: `python -m tests.faults.hostile FILE`.

The first part of an address says how it answers. What came is written to the file, a line a call: address, event, case, version, status.
"""

import asyncio
import json
import re
import sys
from hashlib import sha256
from typing import TextIO

KINDS = ("good", "fails", "down", "hangs", "silent", "moves", "gone", "huge", "breaks", "busy")
BEFORE_GONE = 20
HEARTBEAT = "Heartbeat"
"""In what happens all the while, and is taken wherever anything is."""
_ID = re.compile(rb"webhook-id: ([0-9a-f-]+)", re.IGNORECASE)
_LENGTH = re.compile(rb"content-length: (\d+)", re.IGNORECASE)
_TAKEN = b"HTTP/1.1 204 No Content\r\nContent-Length: 0\r\n\r\n"
_PIECE = b"10000\r\n" + b"x" * 65536 + b"\r\n"
_GIGABYTE = 16384  # pieces


def part(id: str) -> int:
    """From 0 to 99, always the same for an event."""
    return sha256(id.encode()).digest()[0] * 100 // 256


def says(kind: str, id: str, calls: int, seen: int) -> int:
    """The status that an address answers: `calls` it had before, `seen` of them of this event; 0: none at all, -1: a gigabyte."""
    always, once = part(id) < 5, part(id) < 30 and not seen
    answers = {
        "good": 204,
        "fails": 500 if always or once else 204,
        "down": 500,
        "hangs": 0 if once and part(id) < 10 else 204,
        "silent": 0,
        "moves": 302 if always or once else 204,
        "gone": 204 if calls < BEFORE_GONE else 410,
        "huge": -1,
        "breaks": -2 if always or once else 204,
        "busy": 429 if once else 204,
    }
    return answers[kind]


class Hostile:
    """All of them."""

    def __init__(self, file: TextIO) -> None:
        self._file = file
        self._calls: dict[str, int] = {}
        self._seen: dict[tuple[str, str], int] = {}

    async def take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while await self._one(reader, writer):
                pass
        except (asyncio.IncompleteReadError, ConnectionError, asyncio.CancelledError):
            pass
        finally:
            writer.close()

    async def _one(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        """Whether the connection goes on."""
        head = await reader.readuntil(b"\r\n\r\n")
        method, path, _ = head.split(b" ", 2)
        length, named = _LENGTH.search(head), _ID.search(head)
        body = await reader.readexactly(int(length[1]) if length else 0)
        address, id = path.decode(), named[1].decode() if named else ""
        kind = address.split("/")[1]
        if kind not in KINDS or method != b"POST":
            self._file.write(f"{address} trapped - 0 0\n")
            return False
        calls, seen = self._calls.get(address, 0), self._seen.get((address, id), 0)
        self._calls[address], self._seen[address, id] = calls + 1, seen + 1
        case, failing = json.loads(body)["data"]["case"], ["down", "silent", "gone", "huge"]
        status = 204 if HEARTBEAT.encode() in body and kind not in failing else says(kind, id, calls, seen)
        self._file.write(f"{address} {id} {case['id']} {case['version']} {status}\n")
        return await self._answer(status, writer)

    async def _answer(self, status: int, writer: asyncio.StreamWriter) -> bool:
        if status == 0:
            await asyncio.sleep(3600)
        if status == -1:
            writer.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
            for _ in range(_GIGABYTE):
                writer.write(_PIECE)
                await writer.drain()
        if status < 0:
            return False
        more = "Location: /trap\r\n" if status == 302 else "Retry-After: 3600\r\n" if status == 429 else ""
        writer.write(_TAKEN if status == 204 else f"HTTP/1.1 {status} X\r\n{more}Content-Length: 0\r\n\r\n".encode())
        await writer.drain()
        return True


async def main() -> None:
    with open(sys.argv[1], "w", buffering=1) as file:  # noqa: ASYNC230, PTH123 - a line at once, and nobody else waits
        server = await asyncio.start_server(Hostile(file).take, "127.0.0.1", 0)
        print(server.sockets[0].getsockname()[1], flush=True)  # noqa: T201 - its port, for who started it
        async with server:
            await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main())
