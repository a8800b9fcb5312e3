"""Which data a case takes: every key known, every value of its field's type (contract section 6)."""

import re
from collections.abc import Iterator, Mapping
from datetime import date
from itertools import islice
from typing import Any

from dossier.cases.model.case import Case
from dossier.fields import Field, infer_field
from dossier.foundation.errors import Invalid, InvalidValue, Problem, pointer
from dossier.foundation.messages import Message
from dossier.foundation.text import did_you_mean

_KEY = re.compile(r"[a-z0-9_]{1,120}")
_MOST_GUESSES = 20  # looking for the nearest key costs about a millisecond


def check_data(case: Case, sent: Mapping[str, Any], today: date) -> dict[str, Any]:
    """Path → value as it is stored, for every key sent; 400 naming every key that does not fit."""
    values: dict[str, Any] = {}
    problems: list[Problem] = []
    unknown: list[str] = []
    for key, value in sent.items():
        field = case.field(key)
        if field is None:
            unknown.append(key)
        else:
            _check(field, value, today, values, problems)
    problems += _unknown(case, {key: sent[key] for key in unknown}, values)
    Invalid.if_any(problems)
    return values


def _check(field: Field, value: Any, today: date, values: dict[str, Any], problems: list[Problem]) -> None:
    try:
        values[f"data.{field.key}"] = None if value is None and not field.derived else field.check(value, today)
    except InvalidValue as bad:
        problems.append(bad.of(field.named, pointer("data", field.key)))


def _unknown(case: Case, sent: Mapping[str, Any], values: dict[str, Any]) -> Iterator[Problem]:
    policy = case.template.unknown_fields if case.template else "reject"
    if policy == "add":
        yield from _added(sent, values)
    elif policy == "reject":
        keys = [field.key for field in case.fields()]
        hints = {key: did_you_mean(key, keys) for key in islice(sent, _MOST_GUESSES)}
        yield from (_unknown_field(key, hints.get(key, "")) for key in sent)


def _unknown_field(key: str, hint: Message | str) -> Problem:
    return Problem(
        "The case has no field “{key}”.{hint}", "unknown_field", pointer("data", key), key=key[:120], hint=hint
    )


def _added(sent: Mapping[str, Any], values: dict[str, Any]) -> Iterator[Problem]:
    for key, value in sent.items():
        if not _KEY.fullmatch(key):
            yield Problem(
                "“{key}” cannot be a field: a key has a–z, 0–9 and _, 120 at most.",
                "invalid_key",
                pointer("data", key),
                key=key[:120],
            )
        elif value is not None:
            try:
                values |= {f"fields.{key}": infer_field(key, value).document(), f"data.{key}": value}
            except InvalidValue as bad:
                yield bad.of(key, pointer("data", key))
