"""Definitions read from a document: each as the field of its type, every mistake with its pointer."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from dossier.fields.field import Field, Misdefined, shown, what
from dossier.foundation.errors import Problem, pointer
from dossier.foundation.text import nearest

Types = Mapping[str, type[Field]]

_SENTENCES = {
    "bool_type": "must be true or false, not {given}",
    "greater_than_equal": "must be at least {ge}",
    "int_type": "must be a whole number",
    "less_than_equal": "must be at most {le}",
    "list_type": "must be a list, not {given}",
    "model_type": "must be an object, not {given}",
    "string_pattern_mismatch": "must be 1 to 120 characters of a–z, 0–9 and _",
    "string_too_long": "must have at most {max_length} characters",
    "string_too_short": "must not be empty",
    "string_type": "must be text, not {given}",
    "too_long": "must have at most {max_length} members, not {actual_length}",
    "too_short": "must not be empty",
}
"""pydantic's error types that a definition can meet, in our words."""


def parse_definitions(raw: object, at: str, types: Types) -> tuple[tuple[Field, ...], list[Problem]]:
    """The fields of a list of definitions, and everything that is wrong with it; `at` points to the list."""
    if not isinstance(raw, list):
        return (), [Problem(f"Fields must be defined in a list, not {what(raw)}.", "invalid_type", at)]
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
        return [Problem(f"A field must be an object, not {what(raw)}.", "invalid_type")]
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
            yield Problem(f"The key “{shown(key)}” stands twice.", "duplicate", at + pointer(position, "key"))
        if isinstance(key, str):
            seen.add(key)


def _no_type(raw: Mapping[str, Any], types: Types) -> Problem:
    if "type" not in raw:
        return Problem(f"“type” is required: {', '.join(types)}.", "missing_member", "/type")
    name = raw["type"]
    if not isinstance(name, str):
        return Problem(f"“type” must be text, not {what(name)}.", "unknown_type", "/type")
    hint = _did_you_mean(name, types) or f" Types are {', '.join(types)}."
    return Problem(f"There is no field type “{shown(name)}” here.{hint}", "unknown_type", "/type")


def known_members(kind: type[Field]) -> list[str]:
    """What a definition of this type may hold."""
    return [member.alias or name for name, member in kind.model_fields.items()]


def _did_you_mean(word: str, known: Iterable[str]) -> str:
    guess = nearest(word, known)
    return f" Did you mean “{guess}”?" if guess else ""


def _explained(error: ErrorDetails, kind: type[Field]) -> Iterator[Problem]:
    """What pydantic found, so that a person can act on it."""
    place = error["loc"]
    where = pointer(*place)
    name = shown(next((part for part in reversed(place) if isinstance(part, str)), "The field"))
    cause = error.get("ctx", {}).get("error")
    if isinstance(cause, Misdefined):
        yield from (problem.under(where) for problem in cause.problems)
    elif error["type"] == "missing":
        yield Problem(f"“{name}” is required.", "missing_member", where)
    elif error["type"] == "extra_forbidden":
        hint = _did_you_mean(name, known_members(kind)) if len(place) == 1 else ""
        yield Problem(f"“{name}” is not an option of this type.{hint}", "unknown_member", where)
    else:
        yield Problem(f"“{name}” {_sentence(error)}.", "invalid_value", where)


def _sentence(error: ErrorDetails) -> str:
    context = error.get("ctx", {})
    if "error" in context:
        return str(context["error"])
    form = _SENTENCES.get(error["type"])
    return form.format(given=what(error["input"]), **context) if form else error["msg"].removeprefix("Input ")
