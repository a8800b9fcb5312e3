"""Which values a thing with fields takes: every key known, every value of its field's type (contract section 6)."""

import re
from collections.abc import Iterator, Mapping
from datetime import date
from itertools import islice
from typing import Any, Literal, Protocol

from dossier.fields.field import Field
from dossier.fields.registry import infer_field
from dossier.foundation.errors import Invalid, InvalidValue, Problem, pointer
from dossier.foundation.messages import Message
from dossier.foundation.text import did_you_mean

_KEY = re.compile(r"[a-z0-9_]{1,120}")
_MOST_GUESSES = 20  # looking for the nearest key costs about a millisecond


UnknownFields = Literal["reject", "ignore", "add"]
"""What becomes of a value whose field is not known."""


class HasFields(Protocol):
    """A thing with fields, such as a case."""

    def fields(self) -> Iterator[Field]: ...
    def field(self, key: str) -> Field | None: ...


def check_values(thing: HasFields, unknown: UnknownFields, sent: Mapping[str, Any], today: date) -> dict[str, Any]:
    """Path → value as it is stored, for every key sent; 400 naming every key that does not fit."""
    values: dict[str, Any] = {}
    problems: list[Problem] = []
    others: dict[str, Any] = {}
    for key, value in sent.items():
        field = thing.field(key)
        if field is None:
            others[key] = value
        else:
            _check(field, value, today, values, problems)
    problems += _unknown(thing, unknown, others, values)
    Invalid.if_any(problems)
    return values


def _check(field: Field, value: Any, today: date, values: dict[str, Any], problems: list[Problem]) -> None:
    try:
        values[f"data.{field.key}"] = None if value is None and not field.derived else field.check(value, today)
    except InvalidValue as bad:
        problems.append(bad.of(field.named, pointer("data", field.key)))


def _unknown(
    thing: HasFields, policy: UnknownFields, sent: Mapping[str, Any], values: dict[str, Any]
) -> Iterator[Problem]:
    if policy == "add":
        yield from _added(sent, values)
    elif policy == "reject":
        keys = [field.key for field in thing.fields()]
        hints = {key: did_you_mean(key, keys) for key in islice(sent, _MOST_GUESSES)}
        yield from (_unknown_field(key, hints.get(key, "")) for key in sent)


def _unknown_field(key: str, hint: Message | str) -> Problem:
    return Problem("The case has no field “{key}”.{hint}", "unknown_field", pointer("data", key), key=key, hint=hint)


def _added(sent: Mapping[str, Any], values: dict[str, Any]) -> Iterator[Problem]:
    for key, value in sent.items():
        if not _KEY.fullmatch(key):
            yield Problem(
                "“{key}” cannot be a field: a key has a–z, 0–9 and _, 120 at most.",
                "invalid_key",
                pointer("data", key),
                key=key,
            )
        elif value is not None:
            try:
                values |= {f"fields.{key}": infer_field(key, value).document(), f"data.{key}": value}
            except InvalidValue as bad:
                yield bad.of(key, pointer("data", key))


def misfits(thing: HasFields, fields: Mapping[str, Field], data: Mapping[str, Any], today: date) -> Iterator[Problem]:
    """The values of a thing that do not fit other fields of the same keys, under the names that they have now."""
    for key, value in data.items():
        field = fields.get(key)
        if field and not field.read_only:
            try:
                field.check(value, today)
            except InvalidValue as bad:
                yield bad.of((thing.field(key) or field).named, pointer("data", key))
