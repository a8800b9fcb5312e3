"""HTTP/1.1 as uvicorn speaks it with httptools, with what that leaves out: an end to request heads, and no upgrades.

httptools takes the body of a request that offers an `Upgrade` for another protocol, and uvicorn then drops it
(uvicorn issue 2722, httptools issue 124). RFC 9110 section 7.8 allows a server to ignore the offer, so it is taken out
of the head before the parser sees it. For that the head is collected here, which is also where it can be bounded.
"""

import re
from asyncio import AbstractEventLoop, BaseProtocol, TimerHandle, Transport
from collections.abc import Callable
from typing import Any

import httptools
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from dossier.foundation.errors import AppError, HeadTooLarge, TimedOut
from dossier.foundation.http.middleware import GUARDS
from dossier.foundation.http.responses import error_response
from dossier.foundation.http.straight import Straight
from dossier.foundation.identifiers import new_id

HEAD_SECONDS = 10.0  # that a request head may take to arrive, from the connection or from its first byte
LINGER_SECONDS = 10.0  # that a body may go on arriving once its request is answered
HEAD_BYTES = 64 * 1024
HEAD_FIELDS = 100
AHEAD = 256 * 1024  # bytes of a body that wait for who reads it
LONG = 1024 * 1024  # bytes of a body that is read past the parser
CORKED_BYTES = 64 * 1024  # that wait for more; a stream goes on under the transport's own flow control

_END = b"\r\n\r\n"
_UPGRADE = re.compile(rb"\r\nupgrade[ \t]*:[^\r\n]*", re.IGNORECASE)
_HOST = re.compile(rb"\r\nhost:", re.IGNORECASE)
_LENGTH = re.compile(rb"\r\ncontent-length:[ \t]*([0-9]{1,18})[ \t]*\r\n", re.IGNORECASE)
_EMPTY_LINE = re.compile(rb"\n\r?\n")
_FRAMING = re.compile(rb"\r\n(content-length|transfer-encoding)[ \t]*:", re.IGNORECASE)


class Corked:
    """A transport on which what is written in one step of the loop leaves in one piece: a head with its body, one system call."""

    def __init__(self, transport: Transport, loop: AbstractEventLoop) -> None:
        self._transport, self._loop = transport, loop
        self._pieces: list[bytes] = []
        self._size = 0

    def write(self, data: bytes) -> None:
        if not self._pieces:
            self._loop.call_soon(self._flush)
        self._pieces.append(data)
        self._size += len(data)
        if self._size > CORKED_BYTES:
            self._flush()

    def close(self) -> None:
        self._flush()
        self._transport.close()

    def _flush(self) -> None:
        if self._pieces:
            pieces, self._pieces, self._size = self._pieces, [], 0
            self._transport.write(b"".join(pieces))

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)


class Protocol(HttpToolsProtocol):
    """One connection: heads are collected, checked, and handed on; then the body, as long as the head says.

    `_left`: bytes of the body to come; None for a chunked one, whose end the parser tells.
    """

    def connection_made(self, transport: Transport) -> None:  # type: ignore[override]
        super().connection_made(Corked(transport, self.loop))  # type: ignore[arg-type]
        self._head = bytearray()
        self._in_head = True
        self._left: int | None = 0
        self._line_end = b""  # of a chunked body
        self._deadline: TimerHandle | None = None
        self._start_deadline(HEAD_SECONDS, self._too_late)

    def connection_lost(self, exc: Exception | None) -> None:
        self._end_deadline()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        while data and not self.transport.is_closing():
            data = self._take_head(data) if self._in_head else self._take_body(data)

    def on_body(self, body: bytes) -> None:
        """A piece that none waits in front of is handed on as it came, and not copied."""
        cycle = self.cycle
        if not cycle.response_complete:
            if not cycle.body:
                cycle.body = body  # type: ignore[assignment]
            elif isinstance(cycle.body, bytearray):
                cycle.body += body
            else:
                cycle.body = bytearray(cycle.body) + body
            if len(cycle.body) > AHEAD:
                self.flow.pause_reading()
            cycle.message_event.set()

    def on_message_complete(self) -> None:
        super().on_message_complete()
        self._in_head = True
        self._end_deadline()

    def on_response_complete(self) -> None:
        """Who was answered before the body was there, as without a token, has not for ever to send the rest of it."""
        super().on_response_complete()
        if not self._in_head and not self.transport.is_closing():
            self._end_deadline()
            self._start_deadline(LINGER_SECONDS, self.transport.close)

    def send_400_response(self, msg: str) -> None:  # noqa: ARG002 - it names our libraries
        """What the parser could not read."""
        self._refuse(AppError.because("The request is not HTTP as RFC 9112 has it: its framing cannot be read."))

    def _take_head(self, data: bytes) -> bytes:
        """Collect the head, hand it on when it is whole; what follows it."""
        if not self._head:
            data = data.lstrip(b"\r\n")  # RFC 9112 section 2.2 wants empty lines before a request ignored
            if data and self._deadline is None:
                self._start_deadline(HEAD_SECONDS, self._too_late)
        begun = max(len(self._head) - 3, 0)
        self._head += data
        end = self._head.find(_END, begun)
        if (end if end >= 0 else len(self._head)) > HEAD_BYTES:
            self._refuse(HeadTooLarge.because("The request head has more than {count} bytes.", count=HEAD_BYTES))
            return b""
        if end < 0:
            return b""
        head, rest = bytes(self._head[: end + 4]), bytes(self._head[end + 4 :])
        self._head.clear()
        self._end_deadline()
        self._begin(head)
        return rest

    def _begin(self, head: bytes) -> None:
        if head.count(b"\r\n") > HEAD_FIELDS + 2:
            self._refuse(HeadTooLarge.because("The request head has more than {count} fields.", count=HEAD_FIELDS))
            return
        line = head[: head.index(b"\r\n")]
        if line.endswith(b"HTTP/1.1") and len(_HOST.findall(head)) != 1:
            self._refuse(AppError.because("A request must have the field “Host” once (RFC 9112 section 3.2)."))
            return
        self._in_head = False
        self._left, self._line_end = self._length(head), b""
        super().data_received(_UPGRADE.sub(b"", head))

    def _length(self, head: bytes) -> int | None:
        """How long the body is; with a framing that is not one plain length, the parser decides."""
        framing = _FRAMING.findall(head)
        found = _LENGTH.search(head)
        return 0 if not framing else int(found[1]) if found and len(framing) == 1 else None

    def _take_body(self, data: bytes) -> bytes:
        """Hand on what belongs to the body; what follows it. The end of a chunked one lies at the end of some empty line."""
        if self._left == 0:  # there was to be no body, and yet the parser waits: a CONNECT
            self.send_400_response("")
            return b""
        if self._left is not None and self._left - len(data) >= LONG:
            self._left -= len(data)
            self.on_body(data)
            self._read_by(Straight(self, self._left, self._came))
            return b""
        size = self._to_empty_line(data) if self._left is None else min(self._left, len(data))
        if self._left is not None:
            self._left -= size
        super().data_received(data[:size])
        return data[size:]

    def _came(self, piece: bytes) -> None:
        """More of a long body, of which the parser knows nothing: after the last of it, a new one takes its place."""
        assert self._left is not None
        self._left -= len(piece)
        self.on_body(piece)
        if not self._left:
            self._read_by(self)
            self.parser = httptools.HttpRequestParser(self)
            self.parser.set_dangerous_leniencies(lenient_data_after_close=True)
            self.on_message_complete()

    def _read_by(self, protocol: BaseProtocol) -> None:
        """From now on: a transport looks at who reads when it begins to."""
        self.transport.pause_reading()
        self.transport.set_protocol(protocol)
        if not self.flow.read_paused:
            self.transport.resume_reading()

    def _to_empty_line(self, data: bytes) -> int:
        """How many bytes there are to the end of the next empty line, which may have begun in what was there before; without one, all."""
        before = self._line_end
        found = _EMPTY_LINE.search(before + data)
        size = found.end() - len(before) if found else len(data)
        self._line_end = b"" if found else (before + data[-2:])[-2:]
        return size

    def _start_deadline(self, seconds: float, passed: Callable[[], None]) -> None:
        self._deadline = self.loop.call_later(seconds, passed)

    def _end_deadline(self) -> None:
        if self._deadline:
            self._deadline.cancel()
            self._deadline = None

    def _too_late(self) -> None:
        """Nothing was asked: just the end. A head that was begun is answered."""
        if self._head:
            self._refuse(
                TimedOut.because("The request head did not arrive within {count} seconds.", count=round(HEAD_SECONDS))
            )
        else:
            self.transport.close()

    def _refuse(self, refusal: AppError) -> None:
        """Answer and close; only close when an answer is under way, which this one would mix with.

        Whoever works on a request whose body went wrong is told that nobody listens any more.
        """
        if self.transport.is_closing():
            return
        if self.cycle is None or self.cycle.response_complete or not self.cycle.response_started:
            self.transport.write(_written(refusal))
        if self.cycle is not None and not self.cycle.response_complete:
            self.cycle.disconnected = True
            self.cycle.message_event.set()
        self.transport.close()


def _written(refusal: AppError) -> bytes:
    response: Any = error_response(refusal, "")
    response.headers["X-Request-Id"] = str(new_id())
    response.headers["Connection"] = "close"
    head = b"".join(b"%s: %s\r\n" % field for field in (*response.raw_headers, *GUARDS))
    return (
        f"HTTP/1.1 {refusal.status.value} {refusal.status.phrase}\r\n".encode() + head + b"\r\n" + bytes(response.body)
    )
