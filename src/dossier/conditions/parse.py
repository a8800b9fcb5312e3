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
from dossier.foundation.errors import Invalid, Problem, pointer
from dossier.foundation.identifiers import parse_id
from dossier.foundation.text import fold, nearest

MAX_DEPTH = 32
MAX_COMPARISONS = 200
MAX_OPERANDS = 1000  # of one $in

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
        Problem(f"{each.detail} (at {each.pointer or '/'} of the filter)", each.code, parameter="filter")
        for each in parser.problems
    )
    return condition


@dataclass
class _Parser:
    vocabulary: Vocabulary
    problems: list[Problem] = field(default_factory=list)
    comparisons: int = 0

    def _wrong(self, detail: str, at: str, code: str = "invalid_condition") -> Condition:
        self.problems.append(Problem(detail, code, at))
        return _TRUE

    def whole(self, raw: object, at: str, depth: int) -> Condition:
        """`{"attributes": …, "relationships": …, "$and": […], "$or": […], "$not": …}`, joined by AND."""
        if not isinstance(raw, dict) or depth > MAX_DEPTH:
            return self._not_a_condition(raw, at, "attributes and relationships")
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
            return self._not_a_condition(raw, at, "attribute names")
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
            return self._wrong(f"The condition is nested deeper than {MAX_DEPTH} levels.", at)
        return self._wrong(f"A condition must be an object with {members}.", at)

    def _joined(self, name: str, raw: object, at: str, depth: int, parse: Any) -> Condition:
        if name == "$not":
            return Not(parse(raw, at, depth + 1))
        if not isinstance(raw, list):
            return self._wrong(f"“{name}” takes a list of conditions.", at)
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
            return self._wrong(f'Write “{name}” as {{"attributes": {{…}}}}.', at)
        condition = self.bare(raw["attributes"], at + "/attributes", depth + 1, known)
        return OfOne(name, condition) if name in self.vocabulary.several else condition

    def _attribute(self, name: str, asked: object, at: str, known: "Vocabulary | Mapping[str, Attribute]") -> Condition:
        attribute = known.attribute(name) if isinstance(known, Vocabulary) else known.get(name)
        if attribute is None:
            return self._unknown_attribute(name, known, at)
        if not isinstance(asked, dict) or not asked:
            return self._wrong(f'Write “{name}” with an operator, such as {{"$eq": …}}.', at)
        return All(tuple(self._comparison(attribute, op, raw, at + pointer(op)) for op, raw in asked.items()))

    def _comparison(self, attribute: Attribute, op: str, raw: object, at: str) -> Condition:
        self.comparisons += 1
        if self.comparisons == MAX_COMPARISONS + 1:
            return self._wrong(f"The condition has more than {MAX_COMPARISONS} comparisons.", at)
        if op not in OPERATORS:
            return self._unknown("operator", op, OPERATORS, at)
        try:
            return compare(attribute, op, raw)
        except ValueError as error:
            return self._wrong(f"“{op}” on “{attribute.name}” {error}.", at, "invalid_operand")

    def _unknown_attribute(self, name: str, known: "Vocabulary | Mapping[str, Attribute]", at: str) -> Condition:
        families = known.families if isinstance(known, Vocabulary) else {}
        if "." in name and name.partition(".")[0] in families:
            written = " or ".join(each.written for each in families.values())
            return self._wrong(f"“{name[:120]}” must read {written}.", at, "unknown_attribute")
        return self._unknown("attribute", name, known.attributes if isinstance(known, Vocabulary) else known, at)

    def _unknown(self, what: str, name: str, known: Iterable[str], at: str) -> Condition:
        guess = nearest(name, known)
        hint = f"did you mean “{guess}”?" if guess else f"known are {', '.join(known)}."
        return self._wrong(f"There is no {what} “{name[:120]}”; {hint}", at, f"unknown_{what}")


def compare(attribute: Attribute, op: str, raw: object) -> Condition:
    """The comparison; ValueError says how an operand must be that does not fit."""
    if op in NEGATED:
        return Not(compare(attribute, NEGATED[op], raw))
    operand: Any
    if op == "$defined":
        operand = _boolean(raw)
    elif op == "$in":
        operand = tuple(_operand(attribute, "$eq", each) for each in _list(raw))
    else:
        operand = _operand(attribute, op, raw)
    return Comparison(attribute, op, operand)  # type: ignore[arg-type]


def _boolean(raw: object) -> bool:
    if not isinstance(raw, bool):
        message = "takes true or false"
        raise ValueError(message)
    return raw


def _list(raw: object) -> Sequence[object]:
    if not isinstance(raw, list) or len(raw) > MAX_OPERANDS:
        message = f"takes a list of at most {MAX_OPERANDS} values"
        raise ValueError(message)
    return raw


def _operand(attribute: Attribute, op: str, raw: object) -> Any:
    if raw is None and op != "$contains":
        return None
    if attribute.kind == "data":
        return _data_operand(op, raw)
    if not isinstance(raw, str):
        message = "takes a text"
        raise ValueError(message)
    if attribute.kind in ("uuid", "time") and op == "$contains":
        message = "is not possible; only a text contains something"
        raise ValueError(message)
    if attribute.kind == "uuid":
        return _uuid(raw)
    if attribute.kind == "time":
        return _time(raw)
    return fold(raw) if attribute.kind == "folded" else raw


def _data_operand(op: str, raw: object) -> Any:
    if not isinstance(raw, bool | str | int | Decimal):
        message = "takes a text, a number, true or false"
        raise ValueError(message)
    if isinstance(raw, bool) and op in ORDER:
        message = "takes a text or a number: true and false have no order"
        raise ValueError(message)
    if isinstance(raw, str) and op != "$contains" and (at := moment_of(raw)):
        return Moment(raw, at)
    return raw


def _uuid(raw: str) -> str:
    if parsed := parse_id(raw):
        return str(parsed)
    message = "takes a uuid"
    raise ValueError(message)


def _time(raw: str) -> datetime:
    if moment := moment_of(raw):
        return moment
    try:
        day = exact.day(raw)
        return datetime(day.year, day.month, day.day, tzinfo=UTC)
    except ValueError:
        pass
    message = "takes a day such as 2026-03-01, or a time with its offset such as 2026-03-01T09:30:00Z"
    raise ValueError(message)
