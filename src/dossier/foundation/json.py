"""JSON read exactly and written exactly: no duplicate member, no lost digit (contract section 1)."""

import re
from collections.abc import Iterator
from decimal import Decimal
from json import JSONDecodeError, JSONDecoder
from typing import Any, NoReturn

import msgspec

from dossier.foundation import exact
from dossier.foundation.errors import Invalid, InvalidValue, Problem, pointer
from dossier.foundation.messages import Message, Named, Value

MAX_DEPTH = 32

_BRACKETS = re.compile(rb'"(?:[^"\\]|\\.)*"|[\[{]|[\]}]')

_encoder = msgspec.json.Encoder(decimal_format="number")
_stored = msgspec.json.Decoder(float_hook=Decimal)
_LONG_INTEGER = re.compile(rb'"(?:[^"\\]|\\.)*"|-?[0-9]{1000,}')

encode = _encoder.encode
"""Any JSON value to UTF-8 bytes; `Decimal` as a JSON number with all its digits, UUID as text."""


def decode_stored(text: bytes | str) -> Any:
    """JSON that we wrote ourselves back to values, `Decimal` where there is a fraction.

    An integer of thousands of digits, which no door takes any more, becomes a short `Decimal`: a row that holds one can
    be opened, cleared and deleted.
    """
    try:
        return _stored.decode(text)
    except msgspec.DecodeError:
        raw = text.encode() if isinstance(text, str) else bytes(text)
        return _stored.decode(_LONG_INTEGER.sub(_shortened, raw))


def _shortened(found: re.Match[bytes]) -> bytes:
    literal = found.group()
    return literal if literal.startswith(b'"') else b"%se%d" % (literal[:20], len(literal) - 20)


def pretty(value: Any) -> str:
    """Any JSON value as indented text, for people."""
    return msgspec.json.format(encode(value), indent=2).decode()


def decode(body: bytes, any_text_at: str | None = None) -> Any:
    """The value that a request body says; 400 with pointers where it is not exact JSON.

    `any_text_at`: the pointer of a text that may have what none can be kept with; its reader takes that out.
    """
    body = body.removeprefix(b"\xef\xbb\xbf")  # a byte-order mark, which RFC 8259 section 8.1 lets us ignore
    _raise_if_deep(body)
    try:
        value = _exact.decode(body.decode("utf-8"))
    except UnicodeDecodeError as error:
        raise _malformed("{text} is not UTF-8: byte {position} does not fit.", position=error.start) from None
    except JSONDecodeError as error:
        raise _malformed(
            "{text} is not JSON: {reason} at line {line}, column {column}.",
            people="{text} is not JSON: something is wrong at line {line}, column {column}.",
            reason=error.msg,
            line=error.lineno,
            column=error.colno,
        ) from None
    if b"\\u" in body:
        Invalid.if_any(each for each in _unusable_texts(value) if any_text_at is None or each.pointer != any_text_at)
    return value


def _malformed(message: str, /, people: str | None = None, **values: Value) -> Invalid:
    """`{text}` in a message is what is not JSON: who reads something else than a body says so."""
    body = Named("The body", Message("The text"))
    return Invalid((Problem(Message(message, {"text": body, **values}, people), "malformed_json"),))


def _raise_if_deep(body: bytes) -> None:
    if body.count(b"[") + body.count(b"{") <= MAX_DEPTH:
        return
    depth = 0
    for token in _BRACKETS.finditer(body):
        depth += {b"[": 1, b"{": 1, b"]": -1, b"}": -1}.get(token.group(), 0)
        if depth > MAX_DEPTH:
            raise _malformed("{text} is nested deeper than {most} levels.", most=MAX_DEPTH)


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise _malformed("The member “{name}” stands twice in the same object.", name=twice)
    return members


def _number(literal: str) -> int | Decimal:
    try:
        return exact.number(literal)
    except InvalidValue as bad:
        raise _malformed("The number {problem}.", problem=bad.message) from None


def _constant(literal: str) -> NoReturn:
    raise _malformed("{literal} is not a JSON number.", literal=literal)


def _unusable_texts(value: Any, *path: str | int) -> Iterator[Problem]:
    if isinstance(value, str):
        if not usable(value):
            yield Problem("The text contains NUL or half of a surrogate pair.", pointer=pointer(*path))
    elif isinstance(value, dict):
        for name, member in value.items():
            if not usable(name):
                yield Problem("A member's name contains NUL or half of a surrogate pair.", pointer=pointer(*path))
            else:
                yield from _unusable_texts(member, *path, name)
    elif isinstance(value, list):
        for position, member in enumerate(value):
            yield from _unusable_texts(member, *path, position)


def usable(text: str) -> bool:
    """Whether a text can be stored: without NUL, and without half of a surrogate pair."""
    return "\0" not in text and not any("\ud800" <= character <= "\udfff" for character in text)


_exact = JSONDecoder(
    object_pairs_hook=_object, parse_int=_number, parse_float=_number, parse_constant=_constant, strict=True
)


def same(one: Any, other: Any) -> bool:
    """Whether two JSON values are equal: numbers by value, and `true` is no number."""
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(same(one[name], other[name]) for name in one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(same, one, other))
    return bool(one == other)
