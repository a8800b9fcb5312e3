"""Conditions as people put them together: rows of attribute, operator and value, all or any of which must hold."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any, Literal

from dossier.conditions.condition import Operator
from dossier.foundation import json
from dossier.foundation.errors import Invalid, Problem

Match = Literal["all", "any"]
RELATIONS = ("owner", "contact", "template", "workspace")


@dataclass(frozen=True, slots=True)
class Row:
    """`data.amount`, `$gt`, `100`: the value as it was typed; of `$in` and `$nin` by commas, of `$defined` true or false."""

    attribute: str
    op: Operator
    value: str


Reader = Callable[[str], Any]
"""From a typed text to the operand of an attribute; ValueError says how it must be."""


def number(text: str) -> Decimal:
    """A number, with a comma or a point."""
    try:
        return Decimal(text.replace(" ", "").replace(",", "."))
    except InvalidOperation:
        message = f"takes a number, not “{text[:60]}”"
        raise ValueError(message) from None


def yes_or_no(text: str) -> bool:
    """`true` or `false`."""
    if text not in ("true", "false"):
        message = "takes yes or no"
        raise ValueError(message)
    return text == "true"


def from_rows(match: Match, rows: Sequence[Row], readers: Mapping[str, Reader]) -> dict[str, Any]:
    """The JSON of the condition; what is asked of contacts must hold for the same one. 400 naming each bad value."""
    parts: list[dict[str, Any]] = []
    problems: list[Problem] = []
    for row in rows:
        try:
            parts.append({row.attribute: {row.op: _operand(row, readers)}})
        except ValueError as error:
            problems.append(Problem(f"“{row.attribute}” {error}.", "invalid_operand"))
    Invalid.if_any(problems)
    wholes = [_whole(part) for part in parts]
    if match == "any":
        return {"attributes": {}, "$or": wholes} if wholes else {"attributes": {}}
    contact = [whole["relationships"]["contact"]["attributes"] for whole in wholes if _is_of_contact(whole)]
    if len(contact) > 1:
        wholes = [whole for whole in wholes if not _is_of_contact(whole)]
        wholes.append({"relationships": {"contact": {"attributes": {"$and": contact}}}})
    return wholes[0] if len(wholes) == 1 else {"attributes": {}, "$and": wholes}


def to_rows(raw: object) -> tuple[Match, list[Row]] | None:
    """The rows that say what a condition's JSON says; None for one that is put together in another way."""
    try:
        match, rows = _match_and_parts(raw)
        return match, [_row(*each) for each in rows]
    except (TypeError, ValueError, KeyError, AttributeError):
        return None


def _operand(row: Row, readers: Mapping[str, Reader]) -> Any:
    read = readers.get(row.attribute, str)
    if row.op == "$defined":
        return yes_or_no(row.value or "true")
    if row.op in ("$in", "$nin"):
        return [read(each.strip()) for each in row.value.split(",") if each.strip()]
    return read(row.value)


def _whole(part: dict[str, Any]) -> dict[str, Any]:
    ((name, asked),) = part.items()
    relation, _, of_relation = name.partition(".")
    if of_relation and relation in RELATIONS:
        return {"relationships": {relation: {"attributes": {of_relation: asked}}}}
    return {"attributes": part}


def _is_of_contact(whole: Mapping[str, Any]) -> bool:
    return "contact" in whole.get("relationships", {})


def _match_and_parts(raw: Any) -> tuple[Match, list[tuple[str, str, Any]]]:
    if not isinstance(raw, dict):
        raise TypeError
    members = {name: part for name, part in raw.items() if part or name in ("$or", "$and")}
    if members.keys() == {"$or"}:
        alternatives = [_flat(each, "") for each in members["$or"]]
        if any(len(each) != 1 for each in alternatives):
            raise ValueError
        return "any", [each[0] for each in alternatives]
    return "all", _flat(members, "")


def _flat(raw: Mapping[str, Any], prefix: str) -> list[tuple[str, str, Any]]:
    found: list[tuple[str, str, Any]] = []
    for name, part in raw.items():
        if name == "$and":
            for each in part:
                found += _flat(each, prefix)
        elif name in ("$or", "$not"):
            raise ValueError
        elif name == "attributes":
            found += _flat(part, prefix)
        elif name == "relationships":
            for relation, related in part.items():
                found += _flat(related["attributes"], f"{relation}.")
        else:
            found += [(prefix + name, op, operand) for op, operand in part.items()]
    return found


def _row(attribute: str, op: str, operand: Any) -> Row:
    return Row(attribute, op, ", ".join(map(_text, operand)) if isinstance(operand, list) else _text(operand))  # type: ignore[arg-type]


def _text(operand: Any) -> str:
    if operand is None:
        raise ValueError
    return operand if isinstance(operand, str) else json.encode(operand).decode()
