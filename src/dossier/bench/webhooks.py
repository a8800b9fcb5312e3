"""What webhooks cost an update, and how soon they tell: a hundred changes a second, with none and with three, in turns."""

import asyncio
import json
import re
import statistics
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from dossier.bench import report as named
from dossier.bench import world
from dossier.bench.bed import SMALL, Bed
from dossier.bench.measures import Progress
from dossier.bench.report import Figure, Report
from dossier.bench.seeding import case_id
from dossier.bench.visitor import Visitor

A_SECOND, SUBSCRIPTIONS, TURNS = 100, 3, 3
CONNECTIONS = 8
SETTLED = 5.0  # seconds at most that the last calls are waited for
_LENGTH = re.compile(rb"content-length: (\d+)", re.IGNORECASE)
_MARK = re.compile(rb'"data\.text_2":\{[^}]*"new":"mark (\d+)"')
_TAKEN = b"HTTP/1.1 204 No Content\r\ncontent-length: 0\r\n\r\n"


@dataclass
class _Receiver:
    """Takes every call, and remembers when each change first came."""

    port: int = 0
    first: dict[int, float] = field(default_factory=dict)

    async def take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                length = _LENGTH.search(head)
                body = await reader.readexactly(int(length[1]) if length else 0)
                writer.write(_TAKEN)
                if mark := _MARK.search(body):
                    self.first.setdefault(int(mark[1]), time.perf_counter())
        except (
            asyncio.IncompleteReadError,
            ConnectionError,
            asyncio.CancelledError,
        ):  # the last of them is the end of the measure
            writer.close()


@asynccontextmanager
async def _receiving() -> AsyncIterator[_Receiver]:
    receiver = _Receiver()
    async with await asyncio.start_server(receiver.take, "127.0.0.1", 0) as server:
        receiver.port = server.sockets[0].getsockname()[1]
        yield receiver


def webhooks(bed: Bed, report: Report, progress: Progress) -> None:
    """Updates at a steady pace, with three subscriptions and without, in turns."""
    with bed.server(more={"DOSSIER_OUTBOUND_ALLOW": "127.0.0.1/32"}) as server:
        alone, beside, told = asyncio.run(_measure(bed, server.port, report.seconds, progress))
    report.figures[named.WITH_WEBHOOKS] = Figure(statistics.median(beside) / statistics.median(alone), "times")
    report.figures[named.CALLED] = Figure(1000 * statistics.quantiles(told, n=100)[98], "ms")


async def _measure(
    bed: Bed, port: int, seconds: float, progress: Progress
) -> tuple[list[float], list[float], list[float]]:
    """Milliseconds of updates without and with subscriptions, and seconds from an update's answer until it was told."""
    alone: list[float] = []
    beside: list[float] = []
    told: list[float] = []
    async with _receiving() as receiver:
        ids = [await _subscribe(bed, port, receiver.port) for _ in range(SUBSCRIPTIONS)]
        await _paced(bed, port, 1, 10**9)  # warm up
        for turn in range(1, TURNS + 1):
            progress(f"Updates with {SUBSCRIPTIONS} webhooks, and without, turn {turn}")
            for enabled, times in ((False, alone), (True, beside)):
                for id in ids:
                    await _ask(port, _switched(bed, id, enabled))
                sent = await _paced(bed, port, seconds / TURNS, turn * 10**6 + enabled * 10**5)
                times += [ms for _, ms in sent.values()]
                if enabled:
                    told += await _told(receiver, {mark: at for mark, (at, _) in sent.items()})
    return alone, beside, told


async def _ask(port: int, request: bytes) -> None:
    """On a connection of its own: one that waits is closed."""
    async with Visitor(port) as visitor:
        answer = await visitor.ask(request)
        assert answer.status in (200, 201), answer


async def _subscribe(bed: Bed, port: int, receiver: int) -> str:
    body = {"url": f"http://127.0.0.1:{receiver}/", "events": ["case.data_changed"]}
    request = world.request("POST", "/v1/webhooks", bed.seeded.large, json.dumps(body).encode())
    await _ask(port, request)
    row = bed.row("SELECT id FROM webhooks ORDER BY created_at DESC LIMIT 1")
    return str(row[0])


def _switched(bed: Bed, id: str, enabled: bool) -> bytes:
    return world.request("PATCH", f"/v1/webhooks/{id}", bed.seeded.large, json.dumps({"enabled": enabled}).encode())


async def _paced(bed: Bed, port: int, seconds: float, first: int) -> dict[int, tuple[float, float]]:
    """Mark → when its update was answered, and how long that took (milliseconds); a hundred begin each second."""
    sent: dict[int, tuple[float, float]] = {}
    marks = iter(range(first, first + round(seconds * A_SECOND)))
    begin = time.perf_counter()

    async def visit() -> None:
        async with Visitor(port) as visitor:
            for mark in marks:
                await asyncio.sleep(max(0, begin + (mark - first) / A_SECOND - time.perf_counter()))
                case = case_id(1 + mark % SMALL)
                answer = await visitor.ask(world.update(bed.seeded.large, case, text_2=f"mark {mark}"))
                sent[mark] = (time.perf_counter(), answer.ms)

    await asyncio.gather(*(visit() for _ in range(CONNECTIONS)))
    return sent


async def _told(receiver: _Receiver, answered: dict[int, float]) -> Sequence[float]:
    until = time.perf_counter() + SETTLED
    while answered.keys() - receiver.first.keys() and time.perf_counter() < until:  # noqa: ASYNC110 - it looks, and is not told
        await asyncio.sleep(0.1)
    return [receiver.first.get(mark, until) - at for mark, at in answered.items()]
