"""From JSON to a condition, naming everything that is wrong with it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, get_args

from dossier.conditions.condition import (
    NEGATED,
    ORDER,
    All,
    AnyOf,
    Comparison,
    Condition,
    Moment,
    Not,
    OfOne,
    Operator,
    moment_of,
)
from dossier.conditions.vocabulary import Attribute, Vocabulary
from dossier.foundation import exact
from dossier.foundation.errors import Invalid, InvalidValue, Problem, pointer
from dossier.foundation.identifiers import parse_id
from dossier.foundation.messages import Message, Value
from dossier.foundation.text import fold, gettext_noop, nearest

MAX_DEPTH = 32
MAX_COMPARISONS = 200
MAX_OPERANDS = 1000  # of one $in

_UNKNOWN = {
    ("member", True): gettext_noop("There is no member “{name}”; did you mean “{guess}”?"),
    ("member", False): gettext_noop("There is no member “{name}”; known are {known}."),
    ("relationship", True): gettext_noop("There is no relationship “{name}”; did you mean “{guess}”?"),
    ("relationship", False): gettext_noop("There is no relationship “{name}”; known are {known}."),
    ("operator", True): gettext_noop("There is no operator “{name}”; did you mean “{guess}”?"),
    ("operator", False): gettext_noop("There is no operator “{name}”; known are {known}."),
    ("attribute", True): gettext_noop("There is no attribute “{name}”; did you mean “{guess}”?"),
    ("attribute", False): gettext_noop("There is no attribute “{name}”; known are {known}."),
}

OPERATORS: tuple[Operator, ...] = get_args(Operator)
_JOINING = ("$and", "$or", "$not")
_WHOLE = ("attributes", "relationships")
_TRUE = All(())


def parse_condition(raw: object, vocabulary: Vocabulary, at: str = "") -> Condition:
    """What may stand after `attributes`, or a whole condition; `at` points to it. 400 with all its problems."""
    parser = _Parser(vocabulary)
    is_whole = isinstance(raw, dict) and any(name in raw for name in _WHOLE)
    condition = parser.whole(raw, at, 0) if is_whole else parser.bare(raw, at, 0, vocabulary)
    Invalid.if_any(parser.problems)
    return condition


def parse_filter(raw: object, vocabulary: Vocabulary) -> Condition:
    """The whole condition of a `filter` parameter; 400 with all its problems."""
    parser = _Parser(vocabulary)
    condition = parser.whole(raw, "", 0)
    Invalid.if_any(
        Problem(
            "{problem} (at {place} of the filter)",
            each.code,
            parameter="filter",
            problem=each.message,
            place=each.pointer or "/",
        )
        for each in parser.problems
    )
    return condition


@dataclass
class _Parser:
    vocabulary: Vocabulary
    problems: list[Problem] = field(default_factory=list)
    comparisons: int = 0

    def _wrong(self, message: str | Message, at: str, code: str = "invalid_condition", /, **values: Value) -> Condition:
        message = message if isinstance(message, Message) else Message(message, values)
        self.problems.append(Problem(message, code, at))
        return _TRUE

    def whole(self, raw: object, at: str, depth: int) -> Condition:
        """`{"attributes": …, "relationships": …, "$and": […], "$or": […], "$not": …}`, joined by AND."""
        if not isinstance(raw, dict) or depth > MAX_DEPTH:
            return self._not_a_condition(raw, at, gettext_noop("attributes and relationships"))
        parts: list[Condition] = []
        for name, part in raw.items():
            where = at + pointer(name)
            if name == "attributes":
                parts.append(self.bare(part, where, depth + 1, self.vocabulary))
            elif name == "relationships":
                parts.append(self._relationships(part, where, depth + 1))
            elif name in _JOINING:
                parts.append(self._joined(name, part, where, depth, self.whole))
            else:
                self._unknown("member", name, (*_WHOLE, *_JOINING), where)
        return All(tuple(parts))

    def bare(self, raw: object, at: str, depth: int, known: "Vocabulary | Mapping[str, Attribute]") -> Condition:
        """`{"status": {"$eq": …}, "$or": […]}`: attributes with what is asked of each, joined by AND."""
        if not isinstance(raw, dict) or depth > MAX_DEPTH:
            return self._not_a_condition(raw, at, gettext_noop("attribute names"))
        parts: list[Condition] = []
        for name, asked in raw.items():
            where = at + pointer(name)
            if name in _JOINING:
                parts.append(
                    self._joined(name, asked, where, depth, lambda part, at, depth: self.bare(part, at, depth, known))
                )
            else:
                parts.append(self._attribute(name, asked, where, known))
        return All(tuple(parts))

    def _not_a_condition(self, raw: object, at: str, members: str) -> Condition:
        if isinstance(raw, dict):
            return self._wrong("The condition is nested deeper than {most} levels.", at, most=MAX_DEPTH)
        return self._wrong("A condition must be an object with {members}.", at, members=Message(members))

    def _joined(self, name: str, raw: object, at: str, depth: int, parse: Any) -> Condition:
        if name == "$not":
            return Not(parse(raw, at, depth + 1))
        if not isinstance(raw, list):
            return self._wrong("“{name}” takes a list of conditions.", at, name=name)
        parts = tuple(parse(part, at + pointer(index), depth + 1) for index, part in enumerate(raw))
        return All(parts) if name == "$and" else AnyOf(parts)

    def _relationships(self, raw: object, at: str, depth: int) -> Condition:
        if not isinstance(raw, dict):
            return self._wrong('Write relationships as {"owner": {"attributes": {…}}}.', at)
        return All(tuple(self._relationship(name, part, at + pointer(name), depth) for name, part in raw.items()))

    def _relationship(self, name: str, raw: object, at: str, depth: int) -> Condition:
        known = self.vocabulary.relationships.get(name)
        if known is None:
            return self._unknown("relationship", name, self.vocabulary.relationships, at)
        if not isinstance(raw, dict) or raw.keys() != {"attributes"}:
            return self._wrong('Write “{name}” as {"attributes": {…}}.', at, name=name)
        condition = self.bare(raw["attributes"], at + "/attributes", depth + 1, known)
        return OfOne(name, condition) if name in self.vocabulary.several else condition

    def _attribute(self, name: str, asked: object, at: str, known: "Vocabulary | Mapping[str, Attribute]") -> Condition:
        attribute = known.attribute(name) if isinstance(known, Vocabulary) else known.get(name)
        if attribute is None:
            return self._unknown_attribute(name, known, at)
        if not isinstance(asked, dict) or not asked:
            return self._wrong('Write “{name}” with an operator, such as {"$eq": …}.', at, name=name)
        return All(tuple(self._comparison(attribute, op, raw, at + pointer(op)) for op, raw in asked.items()))

    def _comparison(self, attribute: Attribute, op: str, raw: object, at: str) -> Condition:
        self.comparisons += 1
        if self.comparisons == MAX_COMPARISONS + 1:
            return self._wrong("The condition has more than {most} comparisons.", at, most=MAX_COMPARISONS)
        if op not in OPERATORS:
            return self._unknown("operator", op, OPERATORS, at)
        try:
            return compare(attribute, op, raw)
        except InvalidValue as bad:
            return self._wrong(bad.message.about(operator=op, name=attribute.name), at, "invalid_operand")

    def _unknown_attribute(self, name: str, known: "Vocabulary | Mapping[str, Attribute]", at: str) -> Condition:
        families = known.families if isinstance(known, Vocabulary) else {}
        if "." in name and name.partition(".")[0] in families:
            written = " or ".join(each.written for each in families.values())
            return self._wrong("“{name}” must read {written}.", at, "unknown_attribute", name=name, written=written)
        return self._unknown("attribute", name, known.attributes if isinstance(known, Vocabulary) else known, at)

    def _unknown(self, what: str, name: str, known: Iterable[str], at: str) -> Condition:
        guess = nearest(name, known)
        values: dict[str, Value] = {"name": name, "guess": guess or "", "known": tuple(known)}
        return self._wrong(Message(_UNKNOWN[what, bool(guess)], values), at, f"unknown_{what}")


def compare(attribute: Attribute, op: str, raw: object) -> Condition:
    """The comparison; InvalidValue says how an operand must be that does not fit."""
    if op in NEGATED:
        return Not(compare(attribute, NEGATED[op], raw))
    operand: Any
    if op == "$defined":
        operand = _boolean(raw)
    elif op == "$in":
        operand = tuple(_operand(attribute, "$eq", each) for each in _list(raw))
    else:
        operand = _operand(attribute, op, raw)
    found = Comparison(attribute, op, operand)  # type: ignore[arg-type]
    return _in_either_case(found) if op == "$contains" and attribute.kind == "data" else found


def _in_either_case(found: Comparison) -> Condition:
    """What contains an id as it was written, or as ids are kept: in lower case."""
    kept = str(parse_id(found.operand) or found.operand)
    return found if kept == str(found.operand) else AnyOf((found, Comparison(found.attribute, found.op, kept)))


def _boolean(raw: object) -> bool:
    if not isinstance(raw, bool):
        raise InvalidValue("“{operator}” on “{name}” takes true or false.")
    return raw


def _list(raw: object) -> Sequence[object]:
    if not isinstance(raw, list) or len(raw) > MAX_OPERANDS:
        raise InvalidValue("“{operator}” on “{name}” takes a list of at most {most} values.", most=MAX_OPERANDS)
    return raw


def _operand(attribute: Attribute, op: str, raw: object) -> Any:
    if raw is None and op != "$contains":
        return None
    if attribute.kind == "data":
        return _data_operand(op, raw)
    if not isinstance(raw, str):
        raise InvalidValue("“{operator}” on “{name}” takes a text.")
    if attribute.kind in ("uuid", "time") and op == "$contains":
        raise InvalidValue("“{operator}” on “{name}” is not possible; only a text contains something.")
    if attribute.kind == "uuid":
        return _uuid(raw)
    if attribute.kind == "time":
        return _time(raw)
    return fold(raw) if attribute.kind == "folded" else raw


def _data_operand(op: str, raw: object) -> Any:
    if not isinstance(raw, bool | str | int | Decimal):
        raise InvalidValue("“{operator}” on “{name}” takes a text, a number, true or false.")
    if isinstance(raw, bool) and op in ORDER:
        raise InvalidValue("“{operator}” on “{name}” takes a text or a number: true and false have no order.")
    if isinstance(raw, str) and op != "$contains" and (at := moment_of(raw)):
        return Moment(raw, at)
    return raw


def _uuid(raw: str) -> str:
    if parsed := parse_id(raw):
        return str(parsed)
    raise InvalidValue("“{operator}” on “{name}” takes a uuid.")


def _time(raw: str) -> datetime:
    if moment := moment_of(raw):
        return moment
    try:
        day = exact.day(raw)
        return datetime(day.year, day.month, day.day, tzinfo=UTC)
    except ValueError:
        pass
    raise InvalidValue(
        "“{operator}” on “{name}” takes a day such as 2026-03-01, or a time with its offset such as 2026-03-01T09:30:00Z."
    )
