"""Definitions read from a document: each as the field of its type, every mistake with its pointer."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from functools import reduce
from operator import or_
from typing import Annotated, Any

from pydantic import Field as Member
from pydantic import TypeAdapter, ValidationError
from pydantic_core import ErrorDetails

from dossier.fields.choices import Choices, MultipleChoice
from dossier.fields.contact_details import Address, Country, Email, Iban, Phone
from dossier.fields.elsewhere import ApiCall, File, Signature
from dossier.fields.field import BadValue, Field, what
from dossier.fields.scalars import Checkbox, Currency, Date, NumberField, Text
from dossier.fields.table import Table
from dossier.foundation.errors import Problem, pointer
from dossier.foundation.text import nearest

FIELD_TYPES: Mapping[str, type[Field]] = {
    "text": Text,
    "number": NumberField,
    "currency": Currency,
    "date": Date,
    "checkbox": Checkbox,
    "choices": Choices,
    "multiple_choice": MultipleChoice,
    "file": File,
    "signature": Signature,
    "api_call": ApiCall,
    "email": Email,
    "phone": Phone,
    "iban": Iban,
    "country": Country,
    "address": Address,
    "table": Table,
}


def parse_fields(raw: object, at: str) -> tuple[tuple[Field, ...], list[Problem]]:
    """The fields of a list of definitions, and everything that is wrong with it; `at` points to the list."""
    if not isinstance(raw, list):
        return (), [Problem("The fields must be a list.", "invalid_type", at)]
    fields: list[Field] = []
    problems: list[Problem] = []
    for position, definition in enumerate(raw):
        field, found = parse_field(definition, at + pointer(position))
        problems += found
        if field:
            fields.append(field)
    return tuple(fields), problems + list(_repeated(raw, at))


def parse_field(raw: object, at: str) -> tuple[Field | None, list[Problem]]:
    """One field of its definition, or what is wrong with that."""
    if not isinstance(raw, dict):
        return None, [Problem(f"A field must be an object, not {what(raw)}.", "invalid_type", at)]
    kind = FIELD_TYPES.get(raw["type"]) if isinstance(raw.get("type"), str) else None
    if kind is None:
        return None, [_no_type(raw, at)]
    try:
        field = kind.model_validate(raw)
    except ValidationError as error:
        return None, [_problem(each, kind, at) for each in error.errors(include_url=False)]
    return field, list(_bad_default(field, at))


def infer_field(key: str, value: Any) -> Field:
    """A field that takes a value like this one; BadValue where no type is plain from it."""
    kind: dict[str, Any]
    if isinstance(value, bool):
        kind = {"type": "checkbox"}
    elif isinstance(value, int | Decimal):
        kind = {"type": "number"}
    elif isinstance(value, str):
        kind = {"type": "text", "multiline": True}
    else:
        raise BadValue(
            f"is not a field yet, and {what(value)} does not say which type it should have.", "unknown_field"
        )
    return FIELD_TYPES[kind["type"]].model_validate({"key": key, "name": key.replace("_", " ").capitalize(), **kind})


def definition_schema() -> dict[str, Any]:
    """JSON Schema (2020-12) of a definition."""
    union: Any = Annotated[reduce(or_, FIELD_TYPES.values()), Member(discriminator="type")]
    schema: dict[str, Any] = TypeAdapter(union).json_schema()
    return schema


def _repeated(raw: list[Any], at: str) -> Iterator[Problem]:
    seen: set[str] = set()
    for position, definition in enumerate(raw):
        key = definition.get("key") if isinstance(definition, dict) else None
        if isinstance(key, str) and key in seen:
            yield Problem(f"The field “{key[:120]}” stands twice.", "duplicate", at + pointer(position, "key"))
        if isinstance(key, str):
            seen.add(key)


def _no_type(raw: Mapping[str, Any], at: str) -> Problem:
    if "type" not in raw:
        return Problem("“type” is required.", "missing_member", at + "/type")
    name = str(raw["type"])[:60]
    guess = nearest(name, FIELD_TYPES)
    hint = f"did you mean “{guess}”?" if guess else f"types are {', '.join(FIELD_TYPES)}."
    return Problem(f"There is no field type “{name}”; {hint}", "unknown_type", at + "/type")


def _problem(error: ErrorDetails, kind: type[Field], at: str) -> Problem:
    places = _places(error["loc"])
    where = at + pointer(*places)
    name = str(places[-1]) if places else "The field"
    if error["type"] == "missing":
        return Problem(f"“{name}” is required.", "missing_member", where)
    if error["type"] == "extra_forbidden":
        guess = nearest(name, kind.model_fields)
        hint = f"; did you mean “{guess}”?" if guess else "."
        return Problem(f"“{name[:120]}” is not an option of this type{hint}", "unknown_member", where)
    sentence = error["msg"].removeprefix("Value error, ").removeprefix("Input ").rstrip(".")
    return Problem(f"“{name[:120]}” {sentence}." if places else f"{sentence}.", "invalid_value", where)


def _places(loc: Sequence[str | int]) -> list[str | int]:
    """Where in the document it is: without the names of the types that were tried there."""
    tried = {"int", "decimal", *FIELD_TYPES}
    return [part for before, part in zip(("", *loc), loc, strict=False) if part not in tried or isinstance(before, str)]


def _bad_default(field: Field, at: str) -> Iterator[Problem]:
    if field.default is not None:
        try:
            field.check(field.default, datetime.now(UTC).date())
        except BadValue as bad:
            yield Problem(f"“default” {bad.detail}", "invalid_value", at + "/default" + bad.pointer)
