"""Having work done in the workshop: a process for each order, with a place of its own, an end to its time, and one answer or none."""

import asyncio
import json
import os
import signal
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

from dossier.foundation.workshop.confined import Limits

__all__ = ["Answer", "Died", "Limits", "Overdue", "ask", "asking"]

Answer = dict[str, Any]
_LONGEST = 4 * 1024 * 1024  # bytes of a line


class Died(Exception):  # its caller knows what follows from it
    """The process ended before its work was done: killed by a limit, or by what it opened."""


class Overdue(Died):
    """It did not end in its time."""


async def ask(order: Mapping[str, Any], limits: Limits, home: Path) -> Answer:
    """What comes of an order, in one piece; Died, Overdue."""
    async with asking(order, limits, home) as lines:
        answers = [each async for each in lines]
    if not answers:
        raise Died
    return answers[-1]


@asynccontextmanager
async def asking(order: Mapping[str, Any], limits: Limits, home: Path) -> AsyncIterator[AsyncIterator[Answer]]:
    """The answers to an order as they come; Died, Overdue behind the last one. `home`: where its process lives, and may write."""
    process = await _begun(home)
    try:
        yield _answers(process, json.dumps({**order, "limits": limits.sent()}).encode(), limits.seconds)
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)  # and whatever it began
        await process.wait()


async def _begun(home: Path) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        sys.executable, "-I", "-m", __package__ or "",
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL,
        env=_environment(home), cwd=home, start_new_session=True, limit=_LONGEST,
    )  # fmt: skip


async def _answers(process: asyncio.subprocess.Process, order: bytes, seconds: float) -> AsyncIterator[Answer]:
    assert process.stdin
    assert process.stdout
    until = asyncio.get_running_loop().time() + seconds
    try:
        async with asyncio.timeout_at(until):
            with suppress(ConnectionError):  # it ended already: that is seen below
                process.stdin.write(order)
                await process.stdin.drain()
                process.stdin.close()
        while True:
            async with asyncio.timeout_at(until):
                line = await process.stdout.readline()
            if not line:
                break
            yield json.loads(line)
        async with asyncio.timeout_at(until):
            if await process.wait():
                raise Died
    except TimeoutError:
        raise Overdue from None
    except ValueError:  # no line of ours
        raise Died from None


def _environment(home: Path) -> dict[str, str]:
    """Nothing of the server's. Few arenas and threads: each takes a share of the address space that is allowed."""
    return {
        "HOME": str(home),
        "TMPDIR": str(home),
        "PATH": "/usr/bin:/bin",
        "LC_ALL": "C.UTF-8",
        "MALLOC_ARENA_MAX": "2",
        "RAYON_NUM_THREADS": "1",
    }
