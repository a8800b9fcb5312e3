"""What somebody gives as the answer to an element: what counts of it, what of it cannot be read, and why."""

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from dossier.fields import Field, Sent, SomeFile, read_in
from dossier.form_templates.model import AskedElement, Element, is_empty
from dossier.forms.model.signature import signature_of
from dossier.foundation import json
from dossier.foundation.errors import AppError, InvalidValue, Problem

MOST_CHARACTERS = 10_000  # of a text whose field does not say
MOST_TYPED = 40_000  # characters together that are kept as they were typed


@dataclass(frozen=True, slots=True)
class Reading:
    """How answers are read: which day it is where the form is, and in which time zone; `wording`: an element's field as its reader knows it;
    `owned`: the files that somebody may name, by id; None for those that were named before, at which nobody looks again.
    """

    today: date
    time_zone: str
    wording: Callable[[Element], Field | None]
    owned: Mapping[str, SomeFile | None] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Wrong:
    """What is wrong with what was typed into an input; `at`: what the names of its inputs begin with."""

    at: str
    problem: Problem


@dataclass(frozen=True, slots=True)
class Given:
    """The answer to an element. `value`: what counts, None for nothing; `typed`: names and values as they were typed, where something
    of it is `wrong`.
    """

    value: Any = None
    typed: Sent | None = None
    wrong: tuple[Wrong, ...] = ()


def given(element: Element, sent: Sent, reading: Reading) -> Given:
    """What was typed into the inputs of an element, whose names begin with its key."""
    if element.type == "group":
        return _rows(element, sent, reading)
    own = inside(sent, element.key)
    found = _signature(element, _inked(own)) if is_signed(element) else _value(element, own, reading)
    if not found.wrong:
        return found
    kept = own if sum(len(value) for _, value in own) <= MOST_TYPED else ()
    return replace(found, typed=tuple(kept), wrong=tuple(replace(each, at=element.key) for each in found.wrong))


def inside(sent: Sent, prefix: str) -> Sent:
    """What was typed into inputs whose names begin so, without that."""
    start = f"{prefix}."
    return [(name[len(start) :], value) for name, value in sent if name.startswith(start)]


def of_json(element: Element, value: Any, reading: Reading) -> Given:
    """An answer as a program says it: text as somebody would type it, everything else as the field stores it. What cannot be read is
    kept as it was typed only where a page would show it as wrong again.
    """
    if element.type == "group":
        return _rows_of_json(element, value, reading)
    if is_signed(element):
        return _signature(element, value)
    if isinstance(value, str) and element.field:
        found = given(element, [(f"{element.key}.value", value)], reading)
        if found.wrong or found.value is not None or not value.strip():
            return found
    own = _field(element, reading)
    try:
        return Given(None if own is None or is_empty(value) else _checked(own, value, reading))
    except InvalidValue as bad:
        return _unread(element, value, bad.of(own.named if own else element.label), reading)


def _unread(element: Element, value: Any, problem: Problem, reading: Reading) -> Given:
    typed = [("value", _plain(value))]
    is_wrong_again = given(element, [(f"{element.key}.{name}", text) for name, text in typed], reading).wrong
    return Given(None, typed if is_wrong_again else None, (Wrong(element.key, problem),))


def is_signed(element: Element) -> bool:
    """Whether it is answered by signing."""
    return element.answered and element.field is None and element.type != "group"


def _plain(value: Any) -> str:
    return json.encode(value).decode()[:MOST_TYPED]


def _field(element: Element, reading: Reading) -> Field | None:
    own = reading.wording(element)
    return read_in(own, reading.time_zone) if own else None


def _value(element: Element, sent: Sent, reading: Reading) -> Given:
    own = _field(element, reading)
    if own is None or not element.answered:
        return Given()
    try:
        _raise_if_long(own, sent)
        value = own.typed(sent)
        return Given(None if is_empty(value) else _checked(own, value, reading))
    except InvalidValue as bad:
        return Given(wrong=(Wrong("", bad.of(own.named)),))
    except AppError as refused:
        return Given(wrong=tuple(Wrong("", each) for each in refused.problems))


def _checked(own: Field, value: Any, reading: Reading) -> Any:
    checked = own.check(value, reading.today)
    ids = own.files(checked)
    for id in ids:
        if id not in reading.owned:
            raise InvalidValue("There is no file {id} for “{field}”.", "not_found", id=id)
    for unfit in own.unfit(checked, {id: file for id in ids if (file := reading.owned[id])}):
        raise unfit
    return checked


def _raise_if_long(own: Field, sent: Sent) -> None:
    most = getattr(own, "maxlength", None) or MOST_CHARACTERS
    longest = max((len(value.replace("\r\n", "\n")) for _, value in sent), default=0)
    if longest > most:
        sentence = "“{field}” must have {count} characters at most; it has {length}."
        raise InvalidValue(sentence, count=most, length=longest)


def _inked(sent: Sent) -> dict[str, str]:
    return {name: value for name, value in sent if name in ("typed", "drawn")}


def _signature(element: Element, said: Any) -> Given:
    try:
        return Given(signature_of({} if said is None or said == "" else said))
    except InvalidValue as bad:
        return Given(wrong=(Wrong(element.key, bad.of(element.label)),))


# ---- groups ----


def places(sent: Sent) -> list[int]:
    """The rows of a group that something was sent of, in order; `sent` without the group's key."""
    found = {name.partition(".")[0] for name, _ in sent}
    return sorted(int(each) for each in found if each.isascii() and each.isdigit() and len(each) < 4)


def _rows(group: Element, sent: Sent, reading: Reading) -> Given:
    own = inside(sent, group.key)
    rows: list[dict[str, Any]] = []
    wrong: list[Wrong] = []
    for place, number in enumerate(places(own)[: group.repeat.max]):
        row, bad = _row(group, inside(own, str(number)), reading)
        rows.append(row)
        wrong += [Wrong(f"{group.key}.{place}.{each.at}", each.problem) for each in bad]
    wrong += _too_many(group, len(places(own)))
    return Given(_without_blanks(rows), renumbered(own) if wrong else None, tuple(wrong))


def _too_many(group: Element, count: int) -> Iterator[Wrong]:
    most = group.repeat.max
    if count > most:
        sentence = "“{field}” is asked once, not {count} times."
        if most > 1:
            sentence = "“{field}” is asked {most} times at most, not {count} times."
        yield Wrong(group.key, InvalidValue(sentence, most=most, count=count).of(group.label))


def with_hidden(group: AskedElement, kept: Any, sent: Sent, found: Given) -> Given:
    """The same with what conditions hide in the rows of a group: nobody was asked it, so it stays, and comes back with its question."""
    rows = [*found.value] if found.value else []
    for place, number in enumerate(places(inside(sent, group.key))):
        if hidden := _hidden(group, kept, number):
            rows += [{} for _ in range(place + 1 - len(rows))]
            rows[place] = {**hidden, **rows[place]}
    return replace(found, value=rows or None)


def _hidden(group: AskedElement, kept: Any, number: int) -> dict[str, Any]:
    """What is kept in a row and not asked there."""
    before = kept[number] if isinstance(kept, list) and number < len(kept) else None
    if not isinstance(before, Mapping) or number >= len(group.rows):
        return {}
    there = {each.key for each in group.rows[number].elements}
    return {key: value for key, value in before.items() if key not in there}


def _row(group: Element, sent: Sent, reading: Reading) -> tuple[dict[str, Any], list[Wrong]]:
    found = {each.key: given(each, sent, reading) for each in group.elements if each.answered}
    values = {key: each.value for key, each in found.items() if each.value is not None}
    return values, [bad for each in found.values() for bad in each.wrong]


def renumbered(sent: Sent) -> Sent:
    """The rows of a group counted from 0 without gaps."""
    numbers = {str(number): str(place) for place, number in enumerate(places(sent))}
    split = ((name.partition("."), value) for name, value in sent)
    return [(f"{numbers[head]}.{rest}", value) for (head, _, rest), value in split if head in numbers]


def _without_blanks(rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]] | None:
    """The rows, without empty ones behind the last that has something."""
    last = max((place for place, each in enumerate(rows) if each), default=-1)
    return list(rows[: last + 1]) or None


def _rows_of_json(group: Element, value: Any, reading: Reading) -> Given:
    if value is None:
        return Given()
    if not isinstance(value, list):
        problem = InvalidValue("“{field}” must be a list of objects.").of(group.label)
        return Given(wrong=(Wrong(group.key, problem),))
    rows: list[dict[str, Any]] = []
    wrong = list(_too_many(group, len(value)))
    for place, row in enumerate(value if not wrong else ()):
        own, bad = _row_of_json(group, row, reading)
        rows.append(own)
        wrong += [Wrong(f"{group.key}.{place}.{each.at}".rstrip("."), each.problem) for each in bad]
    return Given(_without_blanks(rows), None, tuple(wrong))


def _row_of_json(group: Element, row: Any, reading: Reading) -> tuple[dict[str, Any], list[Wrong]]:
    if not isinstance(row, Mapping):
        return {}, [Wrong("", InvalidValue("“{field}” must be a list of objects.").of(group.label))]
    asked = {each.key: each for each in group.elements if each.answered}
    unknown = [each for each in row if each not in group.element_by_key]
    sentence = "“{field}” has no part “{part}”; parts are {parts}."
    wrong = [
        Wrong(each[:120], InvalidValue(sentence, part=each, parts=tuple(asked)).of(group.label)) for each in unknown
    ]
    found = {key: of_json(each, row.get(key), reading) for key, each in asked.items()}
    wrong += [bad for each in found.values() for bad in each.wrong]
    return {key: each.value for key, each in found.items() if each.value is not None}, wrong


def digest(value: Any) -> str:
    """What tells an answer from another one, short."""
    return hashlib.sha256(json.encode(value)).hexdigest()[:12]


# ---- kept as it was typed ----


@dataclass(frozen=True, slots=True)
class AsTyped:
    """What is shown again of an element: what was typed, and what is wrong about each input of it."""

    sent: Sent = ()
    wrong: Mapping[str, tuple[Problem, ...]] = field(default_factory=dict)


def as_typed(element: Element, typed: Any, reading: Reading) -> AsTyped:
    """What was kept as it was typed, read once more: why it does not count."""
    if not isinstance(typed, list):
        return AsTyped()
    sent = [(f"{element.key}.{each[0]}", str(each[1])) for each in typed if isinstance(each, list) and len(each) == 2]
    found: dict[str, tuple[Problem, ...]] = {}
    for each in given(element, sent, reading).wrong:
        found[each.at] = (*found.get(each.at, ()), each.problem)
    return AsTyped(sent, found)


def files_named(element: Element, value: Any) -> Iterator[str]:
    """The ids of the files that an answer names."""
    if element.type == "group":
        for row in value if isinstance(value, list) else ():
            for each in element.elements:
                yield from files_named(each, row.get(each.key))
    elif element.field:
        yield from element.field.files(value)
