"""Conditions as people put them together: rows of attribute, operator and value, all or any of which must hold."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby, islice, zip_longest
from typing import Any, Literal

from dossier.conditions.comparing import Comparing, Reader, yes_or_no
from dossier.conditions.condition import Operator
from dossier.conditions.vocabulary import Vocabulary
from dossier.foundation import exact, json
from dossier.foundation.errors import AppError, Invalid, InvalidValue, Problem
from dossier.foundation.messages import Named

Match = Literal["all", "any"]
MAX_ROWS = 20  # of a form: each offers everything that can be asked about


@dataclass(frozen=True, slots=True)
class FilterRow:
    """`data.amount`, `$gt`, `100`: the value as it was typed; of `$in` and `$nin` by commas, of `$defined` true or false."""

    attribute: str
    op: Operator
    value: str


OPERATORS: Mapping[str, tuple[Operator, str | None]] = {
    "eq": ("$eq", None),
    "ne": ("$ne", None),
    "contains": ("$contains", None),
    "gt": ("$gt", None),
    "ge": ("$ge", None),
    "lt": ("$lt", None),
    "le": ("$le", None),
    "in": ("$in", None),
    "nin": ("$nin", None),
    "filled": ("$defined", "true"),
    "empty": ("$defined", "false"),
}
"""How an operator is called in a form, and the value that goes without saying."""


@dataclass(frozen=True, slots=True)
class FilterAttribute:
    """An attribute that a row can be about; `label` only where it is the workspace's own word."""

    name: str
    compared: Comparing
    label: str = ""
    options: tuple[tuple[str, str], ...] = ()
    group: str = ""  # under which heading it is offered; "" for the thing itself


def parse_rows(pairs: Sequence[tuple[str, str]], prefix: str = "") -> Iterator[FilterRow]:
    """The rows of a form or an address: `a` (attribute), `o` (operator) and `v` (value), again and again.

    Of more than `MAX_ROWS` the first, and one by which `from_rows` knows that there are too many.
    """
    columns = [
        list(islice((value for name, value in pairs if name == prefix + wanted), MAX_ROWS + 1))
        for wanted in ("a", "o", "v")
    ]
    for name, operator, value in zip_longest(*columns, fillvalue=""):
        if name and operator in OPERATORS:
            op, given = OPERATORS[operator]
            if given or value.strip():
                yield FilterRow(name, op, given or value.strip())


def raise_if_unfinished(pairs: Sequence[tuple[str, str]], prefix: str = "") -> None:
    """400 for a row of an attribute that has no operator that there is, or no value: left out, it would ask for nothing."""
    columns = [[value for name, value in pairs if name == prefix + wanted] for wanted in ("a", "o", "v")]
    for name, operator, value in zip_longest(*columns, fillvalue=""):
        if name and operator not in OPERATORS:
            known = ", ".join(OPERATORS)
            raise Invalid.because("There is no operator “{name}”; known are {known}.", name=operator, known=known)
        if name and not (OPERATORS[operator][1] or value.strip()):
            raise Invalid.because("A condition lacks the value to compare with.", "invalid_operand")


def operator_of(row: FilterRow) -> str:
    """How a row's operator is called in a form."""
    wanted = (row.op, row.value if row.op == "$defined" else None)
    return next(name for name, each in OPERATORS.items() if each == wanted)


Groups = tuple[tuple[str, tuple[FilterAttribute, ...]], ...]
"""What a row can be about, by heading: a value, so that what is drawn of it can be kept."""


@dataclass(frozen=True, slots=True)
class ShownRow:
    """A row as a form shows it: by heading what can be asked about, and what is asked; `unknown` is an attribute that no choice has."""

    groups: Groups
    attribute: FilterAttribute | None
    unknown: str
    operator: str
    value: str


@dataclass(frozen=True, slots=True)
class ShownRows:
    """The rows of a form, and a blank one after them."""

    match: Match
    rows: Sequence[ShownRow]


def shown_rows(choices: Sequence[FilterAttribute], match: Match, rows: Sequence[FilterRow]) -> ShownRows:
    """A condition as its form shows it; of several choices under one name the first is chosen."""
    groups = tuple((group, tuple(those)) for group, those in groupby(choices, key=lambda each: each.group))
    first = {each.name: each for each in reversed(choices)}
    blank = ShownRow(groups, None, "", "eq", "")
    return ShownRows(match, [*(_shown_row(groups, first.get(each.attribute), each) for each in rows), blank])


def told_condition(choices: Sequence[FilterAttribute], raw: object) -> ShownRows | None:
    """What a condition's JSON says, row by row; None for one that rows cannot say."""
    found = to_rows(raw)
    return ShownRows(found[0], shown_rows(choices, *found).rows[:-1]) if found else None


def _shown_row(groups: Groups, choice: FilterAttribute | None, row: FilterRow) -> ShownRow:
    value = row.value if row.op != "$defined" else ""
    return ShownRow(groups, choice, "" if choice else row.attribute, operator_of(row), value)


def typed_condition(
    pairs: Sequence[tuple[str, str]], prefix: str, choices: Sequence[FilterAttribute], vocabulary: Vocabulary
) -> Any:
    """The JSON of the condition that a form asks for, by rows or as JSON; None for none. 400."""
    if text := last_value(pairs, prefix + "json"):
        try:
            return json.decode(text.encode())
        except AppError as refusal:
            raise Invalid(tuple(each.at(None) for each in refusal.problems)) from None
    raise_if_unfinished(pairs, prefix)
    rows = list(parse_rows(pairs, prefix))
    match: Match = "any" if last_value(pairs, prefix + "match") == "any" else "all"
    return from_rows(match, rows, choices, vocabulary) if rows else None


def last_value(pairs: Sequence[tuple[str, str]], wanted: str) -> str:
    """What was typed into an input; of several with the name, the last."""
    return next((value.replace("\r\n", "\n").strip() for name, value in reversed(pairs) if name == wanted), "")


def from_rows(
    match: Match, rows: Sequence[FilterRow], choices: Sequence[FilterAttribute], vocabulary: Vocabulary
) -> dict[str, Any]:
    """The JSON of the condition; what is asked of one of several must hold for the same one. 400 naming each bad value."""
    if len(rows) > MAX_ROWS:
        raise Invalid.because(
            "A form takes {count} conditions at most; programs can ask for more, as JSON.", count=MAX_ROWS
        )
    first = reversed(choices)  # of several templates' fields under one key the first counts
    known = {each.name: each for each in first}
    readers = {name: each.compared.read for name, each in known.items()}
    names = {name: each.label or name for name, each in known.items()}
    parts: list[dict[str, Any]] = []
    problems: list[Problem] = []
    for row in rows:
        try:
            parts.append({row.attribute: {row.op: _operand(row, readers)}})
        except InvalidValue as bad:
            name = Named(row.attribute, names.get(row.attribute, row.attribute))
            problems.append(Problem(bad.message.about(field=name), "invalid_operand"))
    Invalid.if_any(problems)
    wholes = [_whole(part, vocabulary) for part in parts]
    if match == "any":
        return {"attributes": {}, "$or": wholes} if wholes else {"attributes": {}}
    for relation in vocabulary.several:
        wholes = _of_the_same(relation, wholes)
    return wholes[0] if len(wholes) == 1 else {"attributes": {}, "$and": wholes}


def to_rows(raw: object) -> tuple[Match, list[FilterRow]] | None:
    """The rows that say what a condition's JSON says; None for one that is put together in another way, or of too many."""
    try:
        match, rows = _match_and_parts(raw)
        return (match, [_row(*each) for each in rows]) if len(rows) <= MAX_ROWS else None
    except (TypeError, ValueError, KeyError, AttributeError):
        return None


def _operand(row: FilterRow, readers: Mapping[str, Reader]) -> Any:
    read = readers.get(row.attribute, str)
    if row.op == "$defined":
        return yes_or_no(row.value or "true")
    if row.op in ("$in", "$nin"):
        return [read(each.strip()) for each in row.value.split(",") if each.strip()]
    return read(row.value)


def _whole(part: dict[str, Any], vocabulary: Vocabulary) -> dict[str, Any]:
    ((name, asked),) = part.items()
    relation, _, of_relation = name.partition(".")
    if of_relation and relation in vocabulary.relationships:
        return {"relationships": {relation: {"attributes": {of_relation: asked}}}}
    return {"attributes": part}


def _of_the_same(relation: str, wholes: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The same, with what is asked of the relation in one."""
    asked = [
        each["relationships"][relation]["attributes"] for each in wholes if relation in each.get("relationships", {})
    ]
    if len(asked) < 2:
        return wholes
    others = [each for each in wholes if relation not in each.get("relationships", {})]
    return [*others, {"relationships": {relation: {"attributes": {"$and": asked}}}}]


def _match_and_parts(raw: Any) -> tuple[Match, list[tuple[str, str, Any]]]:
    if not isinstance(raw, dict):
        raise TypeError
    members = {name: part for name, part in raw.items() if part or name.startswith("$")}
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


def _row(attribute: str, op: str, operand: Any) -> FilterRow:
    return FilterRow(attribute, op, ", ".join(map(_text, operand)) if isinstance(operand, list) else _text(operand))  # type: ignore[arg-type]


def _text(operand: Any) -> str:
    if operand is None:
        raise ValueError
    if isinstance(operand, int | Decimal) and not isinstance(operand, bool):
        return exact.shown_number(operand)
    return operand if isinstance(operand, str) else json.encode(operand).decode()
