"""One connection that hears for every lane of jobs when there is work: each idle one of PostgreSQL takes megabytes."""

import asyncio
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from typing import Any

import psycopg
from procrastinate import PsycopgConnector
from procrastinate.connector import Notify
from procrastinate.manager import get_channel_for_queues
from psycopg.sql import SQL, Identifier


@dataclass
class Listening:
    """The workers of a process that want to be told, by channel. While nobody listens, each looks by itself all the same."""

    conninfo: str
    lanes: Collection[str]
    told: dict[str, Notify] = field(default_factory=dict)

    async def listen(self) -> None:
        """One life of the listener."""
        async with await psycopg.AsyncConnection.connect(self.conninfo, autocommit=True) as connection:
            for channel in get_channel_for_queues(self.lanes):
                await connection.execute(SQL("LISTEN {}").format(Identifier(channel)))
            async for each in connection.notifies():
                if tell := self.told.get(each.channel):
                    await tell(channel=each.channel, payload=each.payload)


class Hearing(PsycopgConnector):
    """A connector whose worker is told by the listener of its process."""

    def __init__(self, listening: Listening | None, **more: Any) -> None:
        super().__init__(**more)
        self._listening = listening

    async def listen_notify(self, on_notification: Notify, channels: Iterable[str]) -> None:
        """Be told until it is cancelled."""
        assert self._listening
        mine = dict.fromkeys(channels, on_notification)
        self._listening.told |= mine
        try:
            await asyncio.get_running_loop().create_future()
        finally:
            for channel, each in mine.items():
                if self._listening.told.get(channel) is each:
                    del self._listening.told[channel]
