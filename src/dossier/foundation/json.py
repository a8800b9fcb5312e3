"""JSON read exactly and written exactly: no duplicate member, no lost digit (contract section 1)."""

import re
from collections.abc import Iterator
from decimal import Decimal
from json import JSONDecodeError, JSONDecoder
from typing import Any, NoReturn

import msgspec

from dossier.foundation.errors import Invalid, Problem, pointer

MAX_DEPTH = 32
MAX_DIGITS = 34  # significant digits of a number
MAX_EXPONENT = 20
_MAX_LITERAL = 64  # characters; a longer number cannot be within the limits above

_BRACKETS = re.compile(rb'"(?:[^"\\]|\\.)*"|[\[{]|[\]}]')

_encoder = msgspec.json.Encoder(decimal_format="number")
_stored = msgspec.json.Decoder(float_hook=Decimal)

encode = _encoder.encode
"""Any JSON value to UTF-8 bytes; `Decimal` as a JSON number with all its digits, UUID as text."""

decode_stored = _stored.decode
"""JSON that we wrote ourselves back to values, `Decimal` where there is a fraction."""


def pretty(value: Any) -> str:
    """Any JSON value as indented text, for people."""
    return msgspec.json.format(encode(value), indent=2).decode()


def decode(body: bytes) -> Any:
    """The value that a request body says; 400 with pointers where it is not exact JSON."""
    _refuse_deep(body)
    try:
        value = _exact.decode(body.decode("utf-8"))
    except UnicodeDecodeError as error:
        raise _malformed(f"The body is not UTF-8: byte {error.start} does not fit.") from None
    except JSONDecodeError as error:
        raise _malformed(f"The body is not JSON: {error.msg} at line {error.lineno}, column {error.colno}.") from None
    if b"\\u" in body:
        Invalid.if_any(_unusable_texts(value))
    return value


def _malformed(detail: str) -> Invalid:
    return Invalid((Problem(detail, "malformed_json"),))


def _refuse_deep(body: bytes) -> None:
    if body.count(b"[") + body.count(b"{") <= MAX_DEPTH:
        return
    depth = 0
    for token in _BRACKETS.finditer(body):
        depth += {b"[": 1, b"{": 1, b"]": -1, b"}": -1}.get(token.group(), 0)
        if depth > MAX_DEPTH:
            raise _malformed(f"The body is nested deeper than {MAX_DEPTH} levels.")


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise _malformed(f"The member “{twice[:120]}” stands twice in the same object.")
    return members


def _integer(literal: str) -> int:
    if len(literal.lstrip("-")) > MAX_DIGITS:
        raise _malformed(f"A number has more than {MAX_DIGITS} significant digits: {literal[:20]}….")
    return int(literal)


def _decimal(literal: str) -> Decimal:
    number = Decimal(literal) if len(literal) <= _MAX_LITERAL else None
    if number is None or len(number.as_tuple().digits) > MAX_DIGITS or abs(_exponent(number)) > MAX_EXPONENT:
        raise _malformed(
            f"The number {literal[:40]} has more than {MAX_DIGITS} significant digits "
            f"or an exponent outside -{MAX_EXPONENT}…{MAX_EXPONENT}."
        )
    return Decimal(format(number, "f")) if number else Decimal(format(abs(number), "f"))


def _exponent(number: Decimal) -> int:
    exponent = number.as_tuple().exponent
    return exponent if isinstance(exponent, int) else MAX_EXPONENT + 1


def _constant(literal: str) -> NoReturn:
    raise _malformed(f"{literal} is not a JSON number.")


def _unusable_texts(value: Any, *path: str | int) -> Iterator[Problem]:
    if isinstance(value, str):
        if not _usable(value):
            yield Problem("The text contains NUL or half of a surrogate pair.", pointer=pointer(*path))
    elif isinstance(value, dict):
        for name, member in value.items():
            if not _usable(name):
                yield Problem("A member's name contains NUL or half of a surrogate pair.", pointer=pointer(*path))
            else:
                yield from _unusable_texts(member, *path, name)
    elif isinstance(value, list):
        for position, member in enumerate(value):
            yield from _unusable_texts(member, *path, position)


def _usable(text: str) -> bool:
    return "\0" not in text and not any("\ud800" <= character <= "\udfff" for character in text)


_exact = JSONDecoder(
    object_pairs_hook=_object, parse_int=_integer, parse_float=_decimal, parse_constant=_constant, strict=True
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
