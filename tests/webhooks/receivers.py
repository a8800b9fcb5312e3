"""Receivers on loopback: each says how it answers, and remembers what came. And what sends in a test, turn by turn."""

import asyncio
import socket
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from dossier.cases.schemas import full
from dossier.foundation import json
from dossier.foundation.testing.server import serving
from dossier.webhooks.actions.delivering import Deliverer
from dossier.webhooks.jobs import sending_with
from tests.world import OPERATOR, World


@dataclass
class Call:
    """One call as it came."""

    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def event(self) -> dict[str, Any]:
        return dict(json.decode(self.body))

    @property
    def type(self) -> str:
        return str(self.event["type"])


@dataclass
class Receiver:
    """Answers as `answer` says, which gets the call; 204 unless told otherwise."""

    url: str = ""
    calls: list[Call] = field(default_factory=list)
    answer: Callable[[Call], Response] = lambda _call: Response(status_code=204)
    under_way: int = 0
    most_at_once: int = 0
    hold: float = 0.0  # seconds

    async def take(self, request: Request) -> Response:
        call = Call(request.url.path, dict(request.headers), await request.body())
        self.under_way += 1
        self.most_at_once = max(self.most_at_once, self.under_way)
        try:
            await asyncio.sleep(self.hold)
            self.calls.append(call)
            return self.answer(call)
        finally:
            self.under_way -= 1

    def types(self) -> list[str]:
        return [each.type for each in self.calls]

    def says(self, status: int, body: str = "", **headers: str) -> None:
        self.answer = lambda _call: Response(
            body, status, {name.replace("_", "-"): text for name, text in headers.items()}
        )


@contextmanager
def receiving() -> Iterator[Receiver]:
    """A receiver that listens while the block runs."""
    receiver = Receiver()
    app = Starlette(routes=[Route("/{path:path}", receiver.take, methods=["POST", "GET"])])
    with serving(app) as server:
        receiver.url = f"{server.url}/hooks"
        yield receiver


def endless(_call: Call) -> Response:
    """A gigabyte."""

    async def pieces() -> AsyncIterator[bytes]:
        for _ in range(1024):
            yield b"x" * 1024 * 1024

    return StreamingResponse(pieces())


@contextmanager
def raw(says: Callable[[socket.socket], None]) -> Iterator[str]:
    """Something that listens and speaks no HTTP: `says` gets each connection. Its address."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def accept() -> None:
            while True:
                try:
                    connection, _ = server.accept()
                except OSError:
                    return
                threading.Thread(target=_one, args=(connection,), daemon=True).start()

        def _one(connection: socket.socket) -> None:
            with connection:
                try:
                    says(connection)
                except OSError:
                    return

        threading.Thread(target=accept, daemon=True).start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}/hooks"


@dataclass
class Sender:
    """What sends in a test: as many turns as it takes."""

    world: World

    def all(self, turns: int = 2, seconds: float = 120) -> None:
        """Turns until `turns` one after the other have found nothing to do, and all that was kept before is settled.

        Transactions of other tests on the same PostgreSQL hold that up.
        """

        async def run() -> None:
            deliverer, idle, now = Deliverer(self.world.database), 0, await self._position("commit_position()")
            async with sending_with(self.world.services, full) as send:
                while idle < turns:
                    before, settled = len(deliverer._outcomes), await self._position("commits_settled()")
                    more = await deliverer.turn(send)
                    busy = more or before or bool(deliverer._under_way) or settled <= now
                    await deliverer.settle()
                    idle = 0 if busy else idle + 1

        self.world.server.run(run(), seconds)

    def with_turns_meanwhile(self) -> None:
        """Something is sent, and turns come while it is under way."""

        async def run() -> None:
            deliverer = Deliverer(self.world.database)
            async with sending_with(self.world.services, full) as send:
                while not deliverer._under_way:
                    await deliverer.turn(send)
                    await asyncio.sleep(0.01)
                for _ in range(3):
                    await deliverer.turn(send)
                await deliverer.settle()
                await deliverer.turn(send)

        self.world.server.run(run(), 120)

    def with_a_send(self, send: Any) -> None:
        """One turn, by what a test gives."""

        async def run() -> None:
            deliverer = Deliverer(self.world.database)
            tried: list[Any] = []

            async def noting(delivery: Any) -> Any:
                tried.append(delivery)
                return await send(delivery)

            while not tried:
                await deliverer.turn(noting)
                await asyncio.sleep(0.02)
            await deliverer.settle()
            await deliverer.turn(noting)

        self.world.server.run(run(), 120)

    def with_a_standstill(self, calls: Callable[[], int], expire: Callable[[], None]) -> None:
        """One process stands still with some of its calls under way, until another takes over all it has; then it goes on."""

        async def run() -> None:
            one, other = Deliverer(self.world.database), Deliverer(self.world.database)
            async with sending_with(self.world.services, full) as send:
                while not calls():
                    await one.turn(send)
                    await asyncio.sleep(0.02)
                expire()
                one._sure = dict.fromkeys(one._sure, 0.0)
                await other.turn(send)
                await asyncio.gather(other.settle(), one.settle())
                await other.turn(send)
                await one.turn(send)

        self.world.server.run(run(), 120)

    def settled(self) -> None:
        """Wait until whatever was kept by now is settled."""

        async def wait() -> None:
            now = await self._position("commit_position()")
            while await self._position("commits_settled()") <= now:  # noqa: ASYNC110 - a table is looked at
                await asyncio.sleep(0.01)

        self.world.server.run(wait(), 120)

    async def _position(self, function: Any) -> int:
        async with self.world.database.transaction(OPERATOR) as transaction:
            return int((await transaction.one(f"SELECT {function} AS position"))["position"])

    def after(self, **amount: float) -> None:
        """The same, so much later."""
        self.world.clock.forward(**amount)
        self.all()
