"""The load: prepared bytes over raw sockets, in a process of its own, as fast as they are answered."""

import asyncio
import json
import random
import sys
import time
from dataclasses import asdict
from pathlib import Path

from dossier.bench.report import Result


class _Connection(asyncio.Protocol):
    """Sends the next request when the answer to the last one is complete."""

    def __init__(self, requests: list[bytes], latencies: list[float], failures: list[int]) -> None:
        self._requests = requests
        self._latencies = latencies
        self._failures = failures
        self._buffer = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._send()

    def _send(self) -> None:
        self._began = time.perf_counter()
        self._transport.write(random.choice(self._requests))  # noqa: S311 - which case is hit next, nothing secret

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        head_end = self._buffer.find(b"\r\n\r\n")
        if head_end < 0:
            return
        length = _content_length(self._buffer[:head_end])
        if len(self._buffer) >= head_end + 4 + length:
            self._latencies.append(time.perf_counter() - self._began)
            self._failures[0] += self._buffer[9:12] not in (b"200", b"201")
            self._buffer = b""
            self._send()


def _content_length(head: bytes) -> int:
    lowered = head.lower()
    start = lowered.index(b"content-length:") + 15
    end = lowered.find(b"\r\n", start)
    return int(lowered[start : end if end > 0 else None])


async def run(port: int, requests: list[bytes], connections: int, seconds: float) -> Result:
    """Keep `connections` busy with `requests` for so long."""
    loop = asyncio.get_running_loop()
    latencies: list[float] = []
    failures = [0]
    transports = [
        (await loop.create_connection(lambda: _Connection(requests, latencies, failures), "127.0.0.1", port))[0]
        for _ in range(connections)
    ]
    began = time.perf_counter()
    await asyncio.sleep(seconds)
    elapsed, taken = time.perf_counter() - began, sorted(latencies)
    for transport in transports:
        transport.abort()
    return Result(
        per_second=len(taken) / elapsed,
        p50=taken[len(taken) // 2] * 1000 if taken else 0,
        p99=taken[len(taken) * 99 // 100] * 1000 if taken else 0,
        failed=failures[0],
    )


def main() -> None:
    """`python -m dossier.bench.load PORT REQUESTS_FILE CONNECTIONS SECONDS`; the result as JSON on stdout."""
    port, file, connections, seconds = sys.argv[1:]
    requests = [bytes.fromhex(line) for line in Path(file).read_text().split()]
    print(json.dumps(asdict(asyncio.run(run(int(port), requests, int(connections), float(seconds))))))  # noqa: T201


if __name__ == "__main__":
    main()
