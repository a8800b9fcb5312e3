"""What opens files, without the tenth of a second in which Python starts and imports what opens them: forks of a process that has.

Each is a process of its own, as in production: it reads its order, gives up what it does not need, answers and ends.
That one begins from nothing, and what it cannot reach, is shown by the tests of this folder, which do without.
"""

import asyncio
import os
import socket
from pathlib import Path
from typing import Any

from dossier.foundation.workshop import asking
from tests.cli import warm

FROM_NOTHING = asking._begun


class Fork:
    """What `asking` does with an asyncio.subprocess.Process, it does with this."""

    def __init__(self, pid: int, ends: list[tuple[asyncio.StreamReader, asyncio.StreamWriter]]) -> None:
        self.pid, self.returncode = pid, None
        (_, self.stdin), (self.stdout, _), (self._told, _) = self._ends = ends

    async def wait(self) -> int:
        """The exit code, or minus the signal's number."""
        if self.returncode is None:
            self.returncode = int(await self._told.readline())
            for _, writer in self._ends:
                writer.close()
        return self.returncode


async def begun(home: Path) -> Any:
    """A fork that waits for its order."""
    ends = [await asyncio.open_unix_connection(sock=each, limit=asking._LONGEST) for each in _ordered(home)]
    return Fork(int(await ends[2][0].readline()), ends)


def _ordered(home: Path) -> list[socket.socket]:
    """Our ends of its input, of its output, and of what is told of it."""
    pairs = [socket.socketpair() for _ in range(3)]
    with Path(os.devnull).open("wb") as nowhere:
        files = [pairs[0][1].fileno(), pairs[1][1].fileno(), nowhere.fileno(), pairs[2][1].fileno()]
        warm.order(warm.WORKSHOP, [[], asking._environment(home), str(home)], files)
    for _, theirs in pairs:
        theirs.close()
    return [ours for ours, _ in pairs]
