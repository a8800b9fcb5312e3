"""Definitions read from a document: each as the field of its type, every mistake with its pointer."""

from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from dossier.fields.field import MEMBERS, Field, InvalidDefinition, shown
from dossier.foundation.errors import InvalidValue, Problem, pointer
from dossier.foundation.messages import Message, Named, kind_of
from dossier.foundation.misshapen import in_our_words
from dossier.foundation.text import did_you_mean, gettext_noop

Types = Mapping[str, type[Field]]

_WORDS = {
    "string_pattern_mismatch": gettext_noop("“{field}” must be 1 to 120 characters of a–z, 0–9 and _."),
}
"""What only a key can be."""


def parse_definitions(raw: object, at: str, types: Types) -> tuple[tuple[Field, ...], list[Problem]]:
    """The fields of a list of definitions, and everything that is wrong with it; `at` points to the list."""
    if not isinstance(raw, list):
        return (), [Problem("Fields must be defined in a list, not {given}.", "invalid_type", at, given=kind_of(raw))]
    fields: list[Field] = []
    problems: list[Problem] = []
    for position, definition in enumerate(raw):
        parsed = _parse(definition, types)
        if isinstance(parsed, Field):
            fields.append(parsed)
        else:
            problems += (problem.under(at + pointer(position)) for problem in parsed)
    return tuple(fields), problems + list(_repeated(raw, at))


def _parse(raw: object, types: Types) -> Field | list[Problem]:
    if not isinstance(raw, dict):
        return [Problem("A field must be an object, not {given}.", "invalid_type", given=kind_of(raw))]
    name = raw.get("type")
    kind = types.get(name) if isinstance(name, str) else None
    if kind is None:
        common = {member: raw[member] for member in known_members(Field) if member in raw and member != "default"}
        rest = _validated(Field, common | {"type": ""})
        return [_no_type(raw, types), *(rest if isinstance(rest, list) else ())]
    return _validated(kind, raw)


def _validated(kind: type[Field], raw: Mapping[str, Any]) -> Field | list[Problem]:
    try:
        return kind.model_validate(raw)
    except ValidationError as error:
        return [problem for each in error.errors(include_url=False) for problem in _explained(each, kind)]


def _repeated(raw: list[Any], at: str) -> Iterator[Problem]:
    seen: set[str] = set()
    for position, definition in enumerate(raw):
        key = definition.get("key") if isinstance(definition, dict) else None
        if isinstance(key, str) and key in seen:
            where = at + pointer(position, "key")
            yield Problem("The key “{key}” stands twice.", "duplicate", where, key=shown(key))
        if isinstance(key, str):
            seen.add(key)


def _no_type(raw: Mapping[str, Any], types: Types) -> Problem:
    if "type" not in raw:
        return Problem("“type” is required: {types}.", "missing_member", "/type", types=tuple(types))
    name = raw["type"]
    if not isinstance(name, str):
        return Problem("“type” must be text, not {given}.", "unknown_type", "/type", given=kind_of(name))
    hint = did_you_mean(name, types) or Message(" Types are {types}.", {"types": tuple(types)})
    return Problem("There is no field type “{type}” here.{hint}", "unknown_type", "/type", type=shown(name), hint=hint)


def known_members(kind: type[Field]) -> list[str]:
    """What a definition of this type may hold."""
    return [member.alias or name for name, member in kind.model_fields.items()]


def _member(name: str, kind: type[Field]) -> Named:
    """A member of a definition, which people know as the designer calls it."""
    label = {**MEMBERS, **{option.name: option.label for option in kind.designed}}.get(name)
    return Named(name, Message(label) if label else name)


def _explained(error: ErrorDetails, kind: type[Field]) -> Iterator[Problem]:
    """What pydantic found, so that a person can act on it."""
    place = error["loc"]
    where = pointer(*place)
    name = shown(next((part for part in reversed(place) if isinstance(part, str)), "The field"))
    cause = error.get("ctx", {}).get("error")
    if isinstance(cause, InvalidDefinition):
        yield from (problem.under(where) for problem in cause.problems)
    elif isinstance(cause, InvalidValue):
        yield cause.of(_member(name, kind), where)
    elif error["type"] == "missing":
        yield Problem("“{field}” is required.", "missing_member", where, field=_member(name, kind))
    elif error["type"] == "extra_forbidden":
        hint = did_you_mean(name, known_members(kind)) if len(place) == 1 else ""
        yield Problem("“{field}” is not an option of this type.{hint}", "unknown_member", where, field=name, hint=hint)
    else:
        yield Problem(in_our_words(error, _WORDS).about(field=_member(name, kind)), "invalid_value", where)
