"""The `schema` of a thing that is being made: values for known fields, and fields that only this thing has."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from dossier.fields.field import Field
from dossier.fields.registry import parse_fields
from dossier.fields.values import HasFields
from dossier.foundation.errors import Invalid, InvalidValue, Problem, pointer


def from_schema(
    thing: HasFields, schema: Sequence[Mapping[str, Any]], today: date
) -> tuple[tuple[Field, ...], dict[str, Any]]:
    """The thing's own fields, and every value given or by default; 400 with all problems."""
    own, problems = _own_fields(thing, schema)
    fields = {field.key: field for field in (*thing.fields(), *own)}
    data = {key: field.default for key, field in fields.items() if field.default is not None}
    if not problems:
        problems += _read_values(fields, schema, today, data)
    Invalid.if_any(problems)
    return own, data


def as_own(field: Field) -> dict[str, Any]:
    """The definition of a template's field as one's own: not required any more, and in no section."""
    return {name: part for name, part in field.document().items() if name not in ("required", "section", "indexed")}


def _own_fields(thing: HasFields, schema: Sequence[Mapping[str, Any]]) -> tuple[tuple[Field, ...], list[Problem]]:
    problems: list[Problem] = []
    definitions: list[tuple[int, Mapping[str, Any]]] = []
    for index, entry in enumerate(schema):
        if known := thing.field(entry["key"]):
            problems += _contradictions(known.document(), entry, index)
        else:
            definitions.append((index, {name: part for name, part in entry.items() if name != "value"}))
    fields, found = parse_fields([definition for _, definition in definitions], "")
    found += [
        Problem(
            "“{field}” can only be a field of a template: it follows from others.",
            pointer=pointer(place, "type"),
            field=field.named,
        )
        for place, field in enumerate(fields)
        if field.derived
    ]
    return fields, problems + [_relocated(each, definitions) for each in found] + _repeated(schema)


def _contradictions(known: Mapping[str, Any], entry: Mapping[str, Any], index: int) -> list[Problem]:
    return [
        Problem(
            "“{member}” of the field “{key}” is “{value}”.",
            pointer=pointer("schema", index, name),
            member=name,
            key=entry["key"],
            value=known[name],
        )
        for name in ("type", "name")
        if entry.get(name) is not None and entry[name] != known[name]
    ]


def _relocated(found: Problem, definitions: Sequence[tuple[int, Mapping[str, Any]]]) -> Problem:
    """A problem of the n-th definition, pointing at the entry of the body that it came from."""
    _, position, *rest = (found.pointer or "/0").split("/")
    return found.at("/".join(["", "schema", str(definitions[int(position)][0]), *rest]))


def _repeated(schema: Sequence[Mapping[str, Any]]) -> list[Problem]:
    keys = [entry["key"] for entry in schema]
    first = {key: keys.index(key) for key in set(keys)}
    return [
        Problem("The field “{key}” stands twice.", "duplicate", pointer("schema", index, "key"), key=key)
        for index, key in enumerate(keys)
        if first[key] != index
    ]


def _read_values(
    fields: Mapping[str, Field], schema: Sequence[Mapping[str, Any]], today: date, data: dict[str, Any]
) -> list[Problem]:
    problems = []
    for index, entry in enumerate(schema):
        field = fields[entry["key"]]
        if "value" in entry:
            data.pop(field.key, None)
        if entry.get("value") is not None:
            try:
                value = field.check(entry["value"], today)
            except InvalidValue as bad:
                problems.append(bad.of(field.named, pointer("schema", index, "value")))
            else:
                data |= {} if value is None else {field.key: value}
    return problems
