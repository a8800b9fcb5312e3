"""Logs: JSON in production, readable in a terminal, and never a personal value: exceptions lose their messages."""

import logging
import os
import select
import stat
import sys
import traceback
from collections.abc import MutableMapping
from contextlib import suppress
from typing import Any, Literal, TextIO, cast

import structlog

from dossier.foundation import json

LEVELS = {"debug": logging.DEBUG, "info": logging.INFO, "warning": logging.WARNING, "error": logging.ERROR}
PATIENCE = 100  # milliseconds that a line of the log waits for who reads it
Format = Literal["auto", "json", "console"]


class Unbreakable:
    """A stream that drops what it cannot write: a full disk, a closed pipe or one that nobody reads must not stop the work."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._room = _poll(stream)
        self._lost = 0

    def write(self, text: str) -> int:
        with suppress(OSError, ValueError):
            if self._has_room():
                return self._stream.write(text)
            self._lost += 1
        return 0

    def flush(self) -> None:
        with suppress(OSError, ValueError):
            self._stream.flush()

    def _has_room(self) -> bool:
        """Whether a line can be written at once; who reads slowly is waited for once, and told what was lost."""
        if self._room and not self._room.poll(0 if self._lost else PATIENCE):
            return False
        lost, self._lost = self._lost, 0
        if lost:
            self._stream.write(f'{{"event":"nobody read the log","lost":{lost},"level":"warning"}}\n')
        return True


def _poll(stream: TextIO) -> "select.poll | None":
    """Asks a pipe or socket whether it has room; a file always has, or fails."""
    try:
        mode = os.fstat(stream.fileno()).st_mode
    except (AttributeError, OSError, ValueError):  # nothing that the system knows
        return None
    if not (stat.S_ISFIFO(mode) or stat.S_ISSOCK(mode)):
        return None
    room = select.poll()
    room.register(stream.fileno(), select.POLLOUT)
    return room


def configure(form: Format = "auto", level: int = logging.INFO, stream: TextIO | None = None) -> None:
    """Send every logger of the process to stderr; `auto` is readable on a terminal and JSON elsewhere."""
    given = stream or sys.stderr
    readable, unbreakable = form == "console" or (form == "auto" and given.isatty()), Unbreakable(given)
    renderer: Any = structlog.dev.ConsoleRenderer() if readable else structlog.processors.JSONRenderer(_to_json)
    shared: list[Any] = [
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        without_messages,
    ]
    # Our own lines go straight out; only those of libraries pass through the standard logging.
    structlog.configure(
        processors=[*shared, renderer],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.WriteLoggerFactory(cast("TextIO", unbreakable)),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(unbreakable)
    handler.setFormatter(structlog.stdlib.ProcessorFormatter(processor=renderer, foreign_pre_chain=shared))
    logging.basicConfig(handlers=[handler], level=level, force=True)
    for name in ("uvicorn.access", "procrastinate", "psycopg.pool", "alembic", "httpx", "httpx2"):
        logging.getLogger(name).setLevel(max(level, logging.WARNING))


def _to_json(event: Any, **_: Any) -> str:
    return json.encode(event).decode()


def without_messages(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """An exception as its type and the lines it came through; its message may quote somebody's data."""
    exc_info = event.pop("exc_info", None)
    error = exc_info if isinstance(exc_info, BaseException) else None
    if exc_info and error is None:
        error = exc_info[1] if isinstance(exc_info, tuple) else sys.exc_info()[1]
    if error is not None:
        event["error"] = describe(error)
    return event


def describe(error: BaseException) -> str:
    """`UniqueViolation (23505) at store.py:41 save < actions.py:30 create`: the type and the places, no message."""
    places = [
        f"{frame.filename.rpartition('/')[2]}:{frame.lineno} {frame.name}"
        for frame in traceback.extract_tb(error.__traceback__)
    ]
    state = getattr(error, "sqlstate", None)
    name = type(error).__name__ + (f" ({state})" if state else "")
    return f"{name} at {' < '.join(reversed(places[-12:]))}" if places else name
