"""A form with files (RFC 7578) as it comes: its parts one after the other, and nothing of them kept here."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header

from dossier.foundation.errors import AppError, Invalid, TooLarge

MAX_PARTS = 10
MAX_HEAD = 8 * 1024  # bytes of what stands before a part


@dataclass(frozen=True, slots=True)
class Part:
    """What a part says of itself: the field's name, of a file what it is called, and its type, empty where it says none."""

    name: str
    filename: str | None
    type: str


Event = Part | bytes
"""A part begins, or some of its bytes."""


def boundary_of(content_type: str) -> bytes:
    """What stands between parts; 400 when the header does not say it."""
    _, options = parse_options_header(content_type)
    boundary = options.get(b"boundary", b"")
    if not 0 < len(boundary) <= 70:
        raise _unreadable()
    return boundary


async def parts(pieces: AsyncIterator[bytes], boundary: bytes, most: int = MAX_PARTS) -> AsyncIterator[Event]:
    """For each part what it says of itself, then its bytes as they come. 400 for what is no such form, or has too many parts."""
    reader = _Reader(most)
    parser = MultipartParser(boundary, reader.callbacks(), max_header_count=20, max_header_size=MAX_HEAD)  # type: ignore[arg-type]
    try:
        async for piece in pieces:
            parser.write(piece)
            for event in reader.taken():
                yield event
    except FormParserError:
        raise _unreadable() from None
    if not reader.ended:
        raise _unreadable()


@dataclass
class _Reader:
    """What the parser tells, in order."""

    most: int
    events: list[Event] = field(default_factory=list)
    count: int = 0
    ended: bool = False
    _head: dict[str, str] = field(default_factory=dict)
    _size: int = 0
    _field: bytearray = field(default_factory=bytearray)
    _value: bytearray = field(default_factory=bytearray)

    def callbacks(self) -> dict[str, object]:
        return {
            "on_part_begin": self._begin,
            "on_header_field": lambda data, start, end: self._add(self._field, data[start:end]),
            "on_header_value": lambda data, start, end: self._add(self._value, data[start:end]),
            "on_header_end": self._end_of_header,
            "on_headers_finished": self._end_of_head,
            "on_part_data": lambda data, start, end: self.events.append(bytes(data[start:end])),
            "on_end": self._end,
        }

    def taken(self) -> list[Event]:
        events, self.events = self.events, []
        return events

    def _begin(self) -> None:
        self.count += 1
        self._head, self._size = {}, 0
        if self.count > self.most:
            sentence = "The form has more than {count} parts."
            raise Invalid.because(sentence, "too_many_parts", pointer="", count=self.most)

    def _add(self, to: bytearray, data: bytes) -> None:
        self._size += len(data)
        if self._size > MAX_HEAD:
            raise TooLarge.because("What stands before a part has more than {count} bytes.", count=MAX_HEAD)
        to += data

    def _end_of_header(self) -> None:
        self._head[self._field.decode("latin-1").strip().lower()] = self._value.decode("latin-1")
        self._field.clear()
        self._value.clear()

    def _end_of_head(self) -> None:
        disposition, options = parse_options_header(self._head.get("content-disposition", ""))
        name = options.get(b"name")
        if disposition != b"form-data" or name is None:
            raise _unreadable()
        filename = options.get(b"filename")
        type, _ = parse_options_header(self._head.get("content-type", ""))
        self.events.append(Part(_text(name), None if filename is None else _text(filename), _text(type)))

    def _end(self) -> None:
        self.ended = True


def _text(raw: bytes) -> str:
    """Browsers write names in UTF-8 (WHATWG, multipart/form-data); what is none is read byte by byte."""
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return raw.decode("latin-1")


def _unreadable() -> AppError:
    return Invalid.because("The form could not be read.", "invalid_form", pointer="")
