"""Which answers decide about which elements: names that conditions and formulas use, and the order in which all is decided."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from dossier.conditions import Condition
from dossier.fields import Field, Kind, Program, program
from dossier.form_templates.model.calling import called
from dossier.form_templates.model.template import Element, Option, Page
from dossier.foundation.errors import Problem, pointer
from dossier.foundation.messages import Message, Named
from dossier.foundation.text import did_you_mean, gettext_noop

_MOST_GUESSES = 10
_NO_ANSWER = gettext_noop("There is no element “{key}” with an answer.{hint}")
_NO_OPTION = gettext_noop("There is no option “{key}”.{hint}")


class GroupColumns(Field):
    """A group as formulas see it: its elements are columns, as those of a table."""

    columns: tuple[Field, ...]

    @property
    def calculated(self) -> Kind | None:
        return None

    def calculated_columns(self) -> Mapping[str, Kind]:
        return {each.key: each.calculated for each in self.columns if each.calculated}


@dataclass(frozen=True, slots=True)
class Placed:
    """An element, where it stands in the document, its page, and its group."""

    element: Element
    at: str
    page: Page
    group: Element | None = None


def placed(pages: Sequence[Page]) -> list[Placed]:
    """Every element of the pages with its place, in order."""
    found = []
    for number, page in enumerate(pages):
        for place, top in enumerate(page.elements):
            at = pointer("pages", number, "elements", place)
            found.append(Placed(top, at, page))
            inner = ((at + pointer("elements", row), each) for row, each in enumerate(top.elements))
            found += [Placed(each, where, page, top) for where, each in inner]
    return found


class Deciding:
    """Looks at a form's elements together. `order` and `computing` are those of the template; `problems`: what is wrong."""

    def __init__(self, pages: Sequence[Page], options: Sequence[Option]) -> None:
        self.pages, self.placed = pages, placed(pages)
        self.options = {each.key for each in options}
        self.by_key = {each.element.key: each for each in self.placed}
        self.guesses = 0
        self.problems: list[Problem] = []
        self.problems += self._wrong_names()
        self.computing = {"": self._program([each for each in self.placed if each.group is None], ())}
        for each in self.placed:
            if each.element.type == "group":
                self.computing[each.element.key] = self._row_program(each.element)
        self.order = self._orders()

    # ---- names ----

    def _wrong_names(self) -> Iterator[Problem]:
        for number, page in enumerate(self.pages):
            yield from self._unknown(page.visible_when, pointer("pages", number, "visible_when"), None)
        for each in self.placed:
            for member in ("visible_when", "required_when"):
                condition = getattr(each.element, member)
                yield from self._unknown(condition, each.at + pointer(member), each.group)

    def _unknown(self, condition: Condition | None, at: str, group: Element | None) -> Iterator[Problem]:
        said: list[Problem] = []
        for comparison in condition.comparisons() if condition else ():
            family, key = comparison.attribute.name.split(".", 1)
            if family == "options" and key not in self.options:
                said.append(self._no_such(_NO_OPTION, key, self.options, at))
            elif family == "data":
                said += self._unfit_answer(key, at, group)
                found = self.by_key.get(key)
                field = found.element.field if found else None
                if field and (why := field.unasked(comparison.op, comparison.operand)):
                    said.append(Problem(why, "invalid_condition", at))
        yield from (each for place, each in enumerate(said) if each not in said[:place])

    def _unfit_answer(self, key: str, at: str, group: Element | None) -> Iterator[Problem]:
        found = self.by_key.get(key)
        if found is None or found.element.type == "information":
            known = [each.element.key for each in self.placed if each.element.type != "information"]
            yield self._no_such(_NO_ANSWER, key, known, at)
        elif found.group is not None and found.group is not group:
            sentence = "“{element}” stands in the group “{group}”: only what is in there can ask for it."
            element, around = _named(found.element), _named(found.group)
            yield Problem(sentence, "invalid_condition", at, element=element, group=around)

    def _no_such(self, sentence: str, key: str, known: Iterable[str], at: str) -> Problem:
        self.guesses += 1
        hint = did_you_mean(key, known) if self.guesses <= _MOST_GUESSES else ""
        return Problem(Message(sentence, {"key": key, "hint": hint}), "unknown_key", at)

    # ---- formulas ----

    def _program(self, own: Sequence[Placed], around: Sequence[Field]) -> Program:
        """The program of some elements; what is wrong with it is said by its formula."""
        fields = [*(found for each in own if (found := _as_field(each.element))), *around]
        made, problems = program(fields)
        keys = {each.element.key: each for each in own}
        for key, problem in problems:
            of = keys[key]
            at = of.at + "/formula"
            sentence = "“{member}” of “{field}”: {problem}"
            element = _named(of.element)
            self.problems.append(
                Problem(sentence, "invalid_formula", at, member=called("formula"), field=element, problem=problem)
            )
        return made

    def _row_program(self, group: Element) -> Program:
        """What follows in a row: of its own answers, and of answers outside that do not themselves follow from others."""
        own = [each for each in self.placed if each.group is group]
        outside = [each.element.field for each in self.placed if each.group is None and each.element.field]
        return self._program(own, [each for each in outside if not each.derived])

    # ---- order ----

    def _orders(self) -> dict[str, Sequence[str]]:
        needs = {each.element.key: self._needs(each) for each in self.placed}
        inner = {each.element.key: each.group.key for each in self.placed if each.group}
        top: dict[str, set[str]] = {each.element.key: set() for each in self.placed if each.group is None}
        rows: dict[str, dict[str, set[str]]] = {}
        for key, names in needs.items():
            group = inner.get(key)
            if group is None:
                top[key] |= names & top.keys()
            else:
                rows.setdefault(group, {})[key] = {each for each in names if inner.get(each) == group}
                top[group] |= {each for each in names if each in top}
        orders: dict[str, Sequence[str]] = {"": self._order(top)}
        return orders | {group: self._order(of) for group, of in rows.items()}

    def _needs(self, each: Placed) -> set[str]:
        """The elements whose answers decide whether this one is there, and what it is."""
        conditions = [each.element.visible_when, each.page.visible_when]
        names = {
            comparison.attribute.name.removeprefix("data.")
            for condition in conditions
            for comparison in (condition.comparisons() if condition else ())
            if comparison.attribute.name.startswith("data.")
        }
        return names | (each.element.field.looks_at if each.element.field else frozenset())

    def _order(self, needs: Mapping[str, set[str]]) -> list[str]:
        """The keys, each after those that it needs; a circle is a problem."""
        waiting = {key: set(names) for key, names in needs.items()}
        followers: dict[str, list[str]] = {key: [] for key in needs}
        for key, names in needs.items():
            for name in names:
                followers[name].append(key)
        ready = [key for key, names in waiting.items() if not names]
        for key in ready:  # grows as it goes
            for follower in followers[key]:
                waiting[follower].discard(key)
                if not waiting[follower]:
                    ready.append(follower)
        if len(ready) < len(needs):
            self._circle({key: waiting[key] for key in needs if waiting[key]})
            ready += [key for key in needs if waiting[key]]
        return ready

    def _circle(self, left: Mapping[str, set[str]]) -> None:
        """One way round of those that wait for each other; that of formulas alone is said already."""
        way = [next(iter(left))]
        while (following := next(each for each in sorted(left[way[-1]]) if each in left)) not in way:
            way.append(following)
        round_ = [*way[way.index(following) :], following]
        formulas = all(self.by_key[key].element.derived for key in round_)
        if formulas and any(each.code == "invalid_formula" for each in self.problems):
            return
        names = [self.by_key[key].element for key in round_]
        shown = Named(" → ".join(round_), " → ".join(each.label for each in names))
        sentence = "“{element}” decides about itself: {way}."
        first = self.by_key[round_[0]]
        at = self._where(first, round_[1])
        self.problems.append(Problem(sentence, "circle", at, element=_named(first.element), way=shown))

    def _where(self, first: Placed, needed: str) -> str:
        """Where in the document it stands that an element needs another one: in its condition, its page's, its formula."""
        number = list(self.pages).index(first.page)
        for condition, at in (
            (first.element.visible_when, first.at + "/visible_when"),
            (first.page.visible_when, pointer("pages", number, "visible_when")),
        ):
            if condition and f"data.{needed}" in condition.names():
                return at
        return first.at + ("/formula" if first.element.derived else "")


def _as_field(element: Element) -> Field | None:
    if element.type != "group":
        return element.field
    columns = tuple(each.field for each in element.elements if each.field)
    return GroupColumns(key=element.key, type="group", name=element.label, columns=columns)


def _named(element: Element) -> Named:
    return Named(element.key, element.label)
