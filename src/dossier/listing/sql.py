"""A condition in SQL, over the rows of a kind of thing that says where its attributes lie (`Columns`).

Negations are pushed down to the comparisons. A positive comparison may be NULL where it is not true, so that it
stays one that an index can answer; a negated one is built around `coalesce`, and so plain negation.
"""

from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import count
from types import MappingProxyType
from typing import Any, NamedTuple
from uuid import UUID

from dossier.conditions import Condition
from dossier.conditions.condition import ORDER, All, AnyOf, Comparison, Moment, Not, OfOne
from dossier.conditions.vocabulary import Attribute
from dossier.fields import INDEXED_TEXT
from dossier.foundation import json

_SQL_ORDER = {"$gt": ">", "$lt": "<", "$ge": ">=", "$le": "<="}
_DAY = "'^[0-9]{4}-[0-9]{2}-[0-9]{2}$'"
_CAST = {"uuid": "::uuid", "time": "::timestamptz", "text": "::text", "folded": "::text"}


@dataclass(frozen=True, slots=True)
class Column:
    """Where an attribute lies: its value in SQL (`{key}` is its key), and `around`, which leads from the row to a related table.

    `there_is`: whether the related table has such a thing at all, asked once and first: what nobody is called is not looked for.
    """

    value: str
    around: str = "{}"
    there_is: str = ""


@dataclass(frozen=True, slots=True)
class Several:
    """A relation that a row, `alias`, can have more than one of.

    `things`: SQL that gives `workspace_id` and `id` of the rows that have one of which `{}` holds.
    """

    alias: str
    things: str


@dataclass(frozen=True, slots=True)
class Columns:
    """Where everything that a vocabulary names lies, by the names of attributes, families and relations.

    `data`: the jsonb column in which values of any type lie by key (`documents`: in another one, by family), and `indexed`
    where a side table has candidates: SQL with `{key}`, `{column}` (text_value, number_value) and `{comparison}`. `several`: relations, by name.
    """

    named: Mapping[str, Column]
    families: Mapping[str, Column] = field(default_factory=dict)
    several: Mapping[str, Several] = field(default_factory=dict)
    data: str = ""
    indexed: str = ""
    documents: Mapping[str, str] = field(default_factory=dict)

    def document(self, attribute: Attribute) -> str:
        """The jsonb in which a value of any type lies."""
        return self.documents.get(attribute.name.partition(".")[0], self.data)

    def of(self, attribute: Attribute) -> Column:
        """Where an attribute lies that has a column of its own."""
        name = attribute.name
        return self.named[name] if attribute.key is None else self.families[name.partition(".")[0]]


def of_relation(relation: str, around: str, there_is: str = "", **values: str) -> dict[str, Column]:
    """Columns of a related table by name: `of_relation("owner", "… {}", email="m.email_folded")`."""
    return {f"{relation}.{name}": Column(value, around, there_is) for name, value in values.items()}


Related = Mapping[int, Sequence[UUID]]
"""Part of a condition about a relation (its `id()`) → the rows of which it holds."""


def to_sql(
    condition: Condition, columns: Columns, *, ready: Set[str] = frozenset(), found: Related = MappingProxyType({})
) -> tuple[str, dict[str, Any]]:
    """A WHERE expression (NULL counts as false) and its parameters; the caller supplies `scope`.

    `ready`: fields whose side table is complete, so that it may be asked for candidates. `found`: what is related where
    that is known already.
    """
    writer = _Writer(columns, ready, found)
    text = writer.write(condition, negated=False)
    return text, writer.values


def related(condition: Condition) -> Iterator[OfOne]:
    """The parts about a relation that a row can have more than one of."""
    match condition:
        case OfOne():
            yield condition
        case Not(part):
            yield from related(part)
        case All(parts) | AnyOf(parts):
            for part in parts:
                yield from related(part)


def related_things(part: OfOne, columns: Columns) -> tuple[str, dict[str, Any]]:
    """A statement that gives `workspace_id` and `id` of the rows of which the part holds."""
    writer = _Writer(columns, frozenset(), {})
    text = writer.write(part.part, negated=False)
    return columns.several[part.relation].things.format(text), writer.values


def worth_an_index(condition: Condition, *, negated: bool = False) -> Iterator[str]:
    """The fields that a side table would have candidates for, ready or not; not of what is negated, or looks into a text."""
    match condition:
        case Not(part):
            yield from worth_an_index(part, negated=not negated)
        case All(parts) | AnyOf(parts):
            for part in parts:
                yield from worth_an_index(part, negated=negated)
        case Comparison(attribute, op, operand) if attribute.is_field and not negated:
            operands = operand if op == "$in" and operand else [operand]
            kinds = str if op == "$in" else (str, int, Decimal)
            if op in ("$eq", "$in", *ORDER) and all(isinstance(each, kinds) for each in operands):
                yield str(attribute.key)


class _Place(NamedTuple):
    """Where a value of any type lies: a jsonb, and the key in it."""

    data: str
    key: str


class _Writer:
    def __init__(self, columns: Columns, ready: Set[str], found: Related) -> None:
        self._columns = columns
        self._ready = ready
        self._found = found
        self._names = (f"f{number}" for number in count())
        self.values: dict[str, Any] = {}

    def _value(self, value: Any, cast: str = "") -> str:
        name = next(self._names)
        self.values[name] = value
        return f"%({name})s{cast}"

    def write(self, condition: Condition, *, negated: bool) -> str:
        """The condition, or its negation."""
        match condition:
            case Not(part):
                return self.write(part, negated=not negated)
            case All(parts) | AnyOf(parts):
                return self._joined(parts, conjunction=isinstance(condition, All) != negated, negated=negated)
            case OfOne():
                exists = self._of_one(condition)
                return f"NOT ({exists})" if negated else exists
            case Comparison():
                return self._comparison(condition, negated=negated)
        raise AssertionError(condition)

    def _of_one(self, condition: OfOne) -> str:
        several = self._columns.several[condition.relation]
        if (found := self._found.get(id(condition))) is not None:
            return f"{several.alias}.id = ANY({self._value(list(found), '::uuid[]')})" if found else "false"
        things = several.things.format(self.write(condition.part, negated=False))
        return f"({several.alias}.workspace_id, {several.alias}.id) IN ({things})"

    def _joined(self, parts: tuple[Condition, ...], *, conjunction: bool, negated: bool) -> str:
        written = [self.write(part, negated=negated) for part in parts]
        if not written:
            return "true" if conjunction else "false"
        return written[0] if len(written) == 1 else "(" + (" AND " if conjunction else " OR ").join(written) + ")"

    def _comparison(self, comparison: Comparison, *, negated: bool) -> str:
        if comparison.attribute.kind == "data":
            exact = self._data(comparison)
            candidates = "" if negated else self._candidates(comparison)
            exact = f"({candidates} AND {exact})" if candidates else exact
        else:
            exact = self._column(comparison)
        return f"NOT coalesce({exact}, false)" if negated else exact

    # ---- attributes with a column of their own ----

    def _column(self, comparison: Comparison) -> str:
        attribute, op, operand = comparison.attribute, comparison.op, comparison.operand
        if op == "$defined" or operand is None:
            return self._null_test(attribute, op, operand)
        cast = _CAST[attribute.kind]
        if op == "$in":
            listed = self._around(
                attribute, "{} = ANY(" + self._value([x for x in operand if x is not None]) + cast + "[])"
            )
            return f"({listed} OR {self._defined(attribute, defined=False)})" if None in operand else listed
        if op == "$contains":
            return self._around(attribute, "strpos({}, " + self._value(operand, cast) + ") > 0")
        return self._around(attribute, "{} " + _SQL_ORDER.get(op, "=") + " " + self._value(operand, cast))

    def _null_test(self, attribute: Attribute, op: str, operand: Any) -> str:
        if op in ORDER:
            return "false"
        return self._defined(attribute, defined=op == "$defined" and operand)

    def _defined(self, attribute: Attribute, *, defined: bool) -> str:
        is_there = self._around(attribute, "{} IS NOT NULL")
        return is_there if defined else f"NOT coalesce({is_there}, false)"

    def _around(self, attribute: Attribute, test: str) -> str:
        column = self._columns.of(attribute)
        key = {} if attribute.key is None else {"key": self._value(attribute.key, "::text")}
        related = test.format(column.value.format(**key))
        found = column.around.format(related)
        return f"({column.there_is.format(related)} AND {found})" if column.there_is else found

    # ---- data: a value of any type under a key ----

    def _data(self, comparison: Comparison) -> str:
        at = self._place(comparison.attribute)
        op, operand = comparison.op, comparison.operand
        if op == "$defined":
            return f"{at.data} ? {at.key}" if operand else f"NOT {at.data} ? {at.key}"
        if op == "$in":
            tests = [self._data_test(at, "$eq", each) for each in operand]
            return "(" + " OR ".join(tests) + ")" if tests else "false"
        return self._data_test(at, op, operand)

    def _place(self, attribute: Attribute) -> _Place:
        return _Place(self._columns.document(attribute), self._value(attribute.key, "::text"))

    def _data_test(self, at: _Place, op: str, operand: Any) -> str:
        if operand is None:
            return f"NOT {at.data} ? {at.key}" if op == "$eq" else "false"
        if isinstance(operand, Moment):
            return self._against_moment(at, op, operand)
        if op == "$eq":
            return self._data_equals(at, operand)
        if op == "$contains":
            return self._data_contains(at, operand)
        return self._ordered(at, op, operand)

    def _data_equals(self, at: _Place, operand: Any) -> str:
        exact = f"{at.data} -> {at.key} = {self._json(operand)}"
        if not isinstance(operand, str):
            return exact
        # Texts are compared faster than JSON, in every row. As a CASE the rest weighs little when rows are estimated.
        text = f"{at.data} ->> {at.key} = {self._value(operand, '::text')}"
        return f"({text} AND CASE WHEN {exact} THEN true ELSE false END)"

    def _json(self, operand: Any) -> str:
        return self._value(json.encode(operand).decode(), "::jsonb")

    def _ordered(self, at: _Place, op: str, operand: Any) -> str:
        sign, text = _SQL_ORDER[op], f"({at.data} ->> {at.key})"
        if isinstance(operand, str):
            return self._typed(at, "string", f'{text} COLLATE "C" {sign} {self._value(operand, "::text")}')
        return self._typed(at, "number", f"{text}::numeric {sign} {self._value(Decimal(operand), '::numeric')}")

    def _data_contains(self, at: _Place, operand: Any) -> str:
        member = self._typed(at, "array", f"{at.data} -> {at.key} @> {self._json(operand)}")
        if not isinstance(operand, str):
            return member
        part = self._typed(at, "string", f"strpos({at.data} ->> {at.key}, {self._value(operand, '::text')}) > 0")
        return f"({member} OR {part})"

    def _against_moment(self, at: _Place, op: str, moment: Moment) -> str:
        day_op, day = moment.compared(op)
        of_day = "false" if day is None else self._data_test(at, day_op, day)
        plain = self._data_test(at, op, moment.text)
        text = f"{at.data} ->> {at.key}"
        return self._typed(at, "string", f"CASE WHEN {text} ~ {_DAY} THEN {of_day} ELSE {plain} END")

    def _typed(self, at: _Place, kind: str, test: str) -> str:
        """The test, only of a stored value of that type; PostgreSQL may not try it on another."""
        return f"(CASE WHEN jsonb_typeof({at.data} -> {at.key}) = '{kind}' THEN {test} ELSE false END)"

    # ---- the side table of indexed fields ----

    def _candidates(self, comparison: Comparison) -> str:
        if not comparison.attribute.is_field or comparison.attribute.key not in self._ready:
            return ""
        wanted = list(self._wanted(comparison))
        key = self._value(comparison.attribute.key, "::text") if wanted else ""
        return " AND ".join(
            self._columns.indexed.format(key=key, column=column, comparison=test) for column, test in wanted
        )

    def _wanted(self, comparison: Comparison) -> Iterator[tuple[str, str]]:
        op, operand = comparison.op, comparison.operand
        if op == "$in" and operand and all(isinstance(each, str) for each in operand):
            yield "text_value", f"= ANY({self._value([each[:INDEXED_TEXT] for each in operand], '::text[]')})"
        elif op in ("$eq", *ORDER) and isinstance(operand, bool):
            yield "text_value", "= " + self._value("true" if operand else "false", "::text")
        elif op in ("$eq", *ORDER) and isinstance(operand, int | Decimal):
            yield "number_value", f"{_SQL_ORDER.get(op, '=')} " + self._value(Decimal(operand), "::numeric")
        elif op in ("$eq", *ORDER) and isinstance(operand, str):
            cut = {"$gt": ">=", "$lt": "<="}.get(op, _SQL_ORDER.get(op, "="))
            yield "text_value", f"{cut} " + self._value(operand[:INDEXED_TEXT], "::text")
