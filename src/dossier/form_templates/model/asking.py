"""What a form asks of somebody: which pages and elements, which of them must be answered, what follows from the answers.

The one place where that is decided; the portal, the wire, review, the PDF and the preview all take it from here. Pure, and quick:
each element is looked at once, after those that decide about it.
"""

from collections import ChainMap
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from dossier.conditions import Condition, EvaluationContext
from dossier.form_templates.model.template import Element, FormTemplate, Page

_EMPTY: tuple[Any, ...] = (None, "", [], {})


@dataclass(frozen=True, slots=True)
class Situation:
    """What a form is decided by: answers as they are kept, by element; options, the recipient's members, values of the case by path."""

    answers: Mapping[str, Any] = field(default_factory=dict)
    options: Mapping[str, Any] = field(default_factory=dict)
    user: Mapping[str, Any] = field(default_factory=dict)
    case: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class AskedRow:
    """One time that a group is asked; `place` is its place in the answer, also where the answer has no such row yet."""

    place: int
    elements: tuple["AskedElement", ...]


@dataclass(frozen=True, slots=True)
class AskedElement:
    """An element that is shown: whether it must be answered, and the value that counts; `rows` of a group, and what it asks in a `further` one."""

    element: Element
    required: bool
    value: Any = None
    rows: tuple[AskedRow, ...] = ()
    further: tuple["AskedElement", ...] = ()

    @property
    def key(self) -> str:
        return self.element.key


@dataclass(frozen=True, slots=True)
class AskedPage:
    """A page that is shown."""

    page: Page
    elements: tuple[AskedElement, ...]

    @property
    def key(self) -> str:
        return self.page.key


@dataclass(frozen=True, slots=True)
class Missing:
    """Something that must be answered and is not; `row` of `group`, from 0, for what is in one."""

    element: str
    page: str
    group: str | None = None
    row: int | None = None


@dataclass(frozen=True, slots=True)
class Asked:
    """What a form asks, as things are. `visible`: the keys of all elements that are there; `computed`: what follows, by key."""

    pages: tuple[AskedPage, ...]
    missing: tuple[Missing, ...]
    computed: Mapping[str, Any]
    visible: frozenset[str]
    values: Mapping[str, Any]

    def answers(self) -> dict[str, Any]:
        """What counts: the answers of what is there, computed ones among them; what is hidden is left out."""
        return dict(self.values)

    def page(self, key: str) -> AskedPage | None:
        """The page of that key, if it is shown."""
        return next((each for each in self.pages if each.key == key), None)

    def element(self, key: str) -> AskedElement | None:
        """The element of that key, if it is shown; not those of groups."""
        return next((each for page in self.pages for each in page.elements if each.key == key), None)

    @property
    def complete(self) -> bool:
        """Whether it can be handed in."""
        return not self.missing


def is_empty(value: Any) -> bool:
    """Whether that is no answer; no and 0 are answers."""
    return not isinstance(value, bool) and value in _EMPTY


def asked(template: FormTemplate, situation: Situation) -> Asked:
    """What the form asks in that situation."""
    return _Deciding(template, situation).result()


class _Deciding:
    """Decides about every element of a form."""

    def __init__(self, template: FormTemplate, situation: Situation) -> None:
        self.template, self.situation = template, situation
        self.values: dict[str, Any] = {}
        self.rows: dict[str, list[dict[str, Any]]] = {}
        self.pages: dict[str, bool] = {}
        self.context = self._context(self.values)
        self.visible = {key for key in template.order[""] if self._decide(template.element_by_key[key])}

    def _context(self, values: Mapping[str, Any]) -> EvaluationContext:
        there = self.situation
        return EvaluationContext(
            families={"data": values, "options": there.options, "user": there.user, "case": there.case}
        )

    def _page(self, page: Page) -> bool:
        if page.key not in self.pages:
            self.pages[page.key] = _holds(page.visible_when, self.context)
        return self.pages[page.key]

    def _decide(self, element: Element) -> bool:
        """Whether it is there; its value counts from here on if it is."""
        if not (self._page(self.template.page_of[element.key]) and _holds(element.visible_when, self.context)):
            return False
        value = self._rows(element) if element.type == "group" else self._value("", element, self.situation.answers)
        if not is_empty(value):
            self.values[element.key] = value
        return True

    def _value(self, group: str, element: Element, given: Mapping[str, Any]) -> Any:
        if element.derived:
            values = self.values if not group else given
            return self.template.computing[group].value(element.key, values)
        return None if element.type == "information" else given.get(element.key)

    def _rows(self, group: Element) -> list[dict[str, Any]]:
        """What counts of each row; those with nothing in them do not."""
        given = self.situation.answers.get(group.key)
        sent = [each for each in given if isinstance(each, Mapping)] if isinstance(given, list) else []
        self.rows[group.key] = [self._row(group, each) for each in sent[: group.repeat.max]]
        return [values for values in self.rows[group.key] if not _blank(group, values)]

    def _row(self, group: Element, given: Mapping[str, Any]) -> dict[str, Any]:
        values: dict[str, Any] = {}
        around = ChainMap(values, self.values)
        for key in self.template.order[group.key]:
            element = group.element_by_key[key]
            if not _holds(element.visible_when, self._context(around)):
                continue
            source = around if element.derived else given
            value = self._value(group.key, element, source)
            if not is_empty(value):
                values[key] = value
        return values

    # ---- what came of it ----

    def result(self) -> Asked:
        pages = tuple(self._asked_pages())
        inner = {each.key for page in pages for top in page.elements for row in top.rows for each in row.elements}
        computed = {key: value for key, value in self.values.items() if self.template.element_by_key[key].derived}
        missing = tuple(each for page in pages for top in page.elements for each in _missing(page.key, top))
        return Asked(pages, missing, computed, frozenset(self.visible | inner), self.values)

    def _asked_pages(self) -> Iterator[AskedPage]:
        for page in self.template.pages:
            there = [each for each in page.elements if each.key in self.visible]
            if self._page(page) and (any(each.shown for each in there) or not page.elements):
                yield AskedPage(page, tuple(self._asked(each) for each in there))

    def _asked(self, element: Element) -> AskedElement:
        required = _required(element, self.context)
        if element.type != "group":
            return AskedElement(element, required, self.values.get(element.key))
        rows, further = tuple(self._asked_rows(element, required)), self._asked_row(element, self._row(element, {}))
        return AskedElement(element, required, self.values.get(element.key), rows, further)

    def _asked_rows(self, group: Element, required: bool) -> Iterator[AskedRow]:
        given = self.rows.get(group.key, [])
        for place in range(max(len(given), _least(group, required))):
            values = given[place] if place < len(given) else self._row(group, {})
            yield AskedRow(place, self._asked_row(group, values))

    def _asked_row(self, group: Element, values: dict[str, Any]) -> tuple[AskedElement, ...]:
        context = self._context(ChainMap(values, self.values))
        there = [each for each in group.elements if _holds(each.visible_when, context)]
        return tuple(AskedElement(each, _required(each, context), values.get(each.key)) for each in there)


def _holds(condition: Condition | None, context: EvaluationContext) -> bool:
    return condition is None or condition.evaluate(context)


def _required(element: Element, context: EvaluationContext) -> bool:
    if not element.answered:
        return False
    return element.required or (element.required_when is not None and element.required_when.evaluate(context))


def _least(group: Element, required: bool) -> int:
    return max(group.repeat.min, 1) if required else group.repeat.min


def _blank(group: Element, values: Mapping[str, Any]) -> bool:
    """Whether nobody filled anything in, whatever follows from nothing."""
    return not any(group.element_by_key[key].answered for key in values)


def _missing(page: str, asked: AskedElement) -> Iterator[Missing]:
    if asked.element.type != "group":
        if asked.required and is_empty(asked.value):
            yield Missing(asked.key, page)
        return
    least = _least(asked.element, asked.required)
    enough = len(asked.value or ()) >= least
    for row in asked.rows:
        yield from _missing_of_row(page, asked, row, needed=not enough and row.place < least)


def _missing_of_row(page: str, group: AskedElement, row: AskedRow, *, needed: bool) -> Iterator[Missing]:
    blank = all(is_empty(each.value) for each in row.elements if each.element.answered)
    if blank and not needed:
        return
    empty = [each for each in row.elements if each.required and is_empty(each.value)]
    yield from (Missing(each.key, page, group.key, row.place) for each in empty)
    if blank and not empty:
        yield Missing(group.key, page, None, row.place)
