"""Bodies are read in C where that is exact: what they say, and how they are refused, is the same as read in Python."""

import os
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from dossier.foundation import json
from dossier.foundation.errors import Invalid

EXAMPLES = 3000 if os.environ.get("DOSSIER_MANY") else 300

literals = some.one_of(
    some.integers().map(str),
    some.integers(-(10**18), 10**18).map(str),
    some.from_regex(r"-?(0|[1-9][0-9]{0,40})(\.[0-9]{1,50})?([eE][+-]?[0-9]{1,4})?", fullmatch=True),
    some.sampled_from(["true", "false", "null", "NaN", "-Infinity", "-0", "-0.0", "01", "+1", "1.", ".5", "0e-99999"]),
)
texts = some.text(some.sampled_from('ab:,{}[]"\\u0é\t\x01 \U0001f600'), max_size=6).map(lambda text: f'"{text}"')
keys = some.sampled_from(['"a"', '"b"', '"a:b"', '"é"', '"\\u0061"', "a"])
bodies = some.recursive(
    literals | texts,
    lambda inner: some.one_of(
        some.lists(inner, max_size=4).map(lambda parts: "[" + ",".join(parts) + "]"),
        some.lists(some.tuples(keys, inner), max_size=4).map(
            lambda members: "{" + ", ".join(f"{key}: {value}" for key, value in members) + "}"
        ),
    ),
    max_leaves=8,
)


def _read(decode: Callable[[bytes], Any], body: bytes) -> Any:
    """What is read, with the type of every number; or the refusal."""
    try:
        return repr(decode(body))
    except Invalid as refusal:
        return [(each.detail, each.code, each.pointer) for each in refusal.problems]


@settings(max_examples=EXAMPLES, deadline=None)
@given(bodies, some.sampled_from(["", " ", ",", "}", "\x00", "\ud800"]))
def test_read_in_c_is_read_exactly(text: str, after: str) -> None:
    body = (text + after).encode("utf-8", "surrogatepass")
    assert _read(json.decode, body) == _read(json._decode_exactly, body)


@pytest.mark.parametrize(
    ("body", "plain"),
    [
        (b'{"data": {"a": 1, "b": "two", "c": [1.50, null, true]}}', True),
        (b'{"a": 12345678901234567}', True),
        (b'{"a": 123456789012345678}', False),
        (b'{"a": 1, "a": 2}', False),
        (b'{"at": "10:30"}', False),
        (b'{"a": "\\n"}', False),
    ],
)
def test_what_is_read_in_c(body: bytes, plain: bool) -> None:
    assert (json._decode_plain(body) is not json._NOT_PLAIN) is plain
