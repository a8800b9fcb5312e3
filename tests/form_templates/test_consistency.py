"""Any template with any answers: what is said visible, required, missing and computed goes together."""

from decimal import Decimal
from random import Random
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from dossier.form_templates.model import Asked, AskedElement, FormTemplate, Situation, asked, is_empty, parse
from dossier.foundation.errors import Invalid
from tests.many import MANY

KEYS = [f"k{number}" for number in range(8)]
WORDS = ["a", "b"]
VALUES = (None, *WORDS, "", 0, Decimal("1.5"))
KINDS = ("text", "text", "number", "information", "hidden", "computed")

# Hypothesis chooses a seed, and plain chance the rest: of some thirty templates that are made up one can be published.
chances = st.randoms(use_true_random=True)
many = settings(max_examples=600 if MANY else 60)


def condition(chance: Random, keys: list[str]) -> dict[str, Any]:
    kind = chance.randrange(6)
    if kind == 0:
        return {"$or": [_plain(chance, keys), _plain(chance, keys)]}
    return {"$not": _plain(chance, keys)} if kind == 1 else _plain(chance, keys)


def _plain(chance: Random, keys: list[str]) -> dict[str, Any]:
    if chance.randrange(4) == 0:
        return chance.choice(({"options.o": {"$eq": "a"}}, {"user.locale": {"$eq": "fr"}}))
    said = chance.choice(({"$eq": chance.choice(WORDS)}, {"$defined": chance.choice((True, False))}))
    return {f"data.{chance.choice(keys)}": said}


def elements(chance: Random, keys: list[str], known: list[str], *, inside: bool = False) -> list[dict[str, Any]]:
    """Elements of these keys; conditions look at any known one, so that some templates decide about themselves."""
    return [element(chance, key, known, inside=inside) for key in keys]


def element(chance: Random, key: str, known: list[str], *, inside: bool) -> dict[str, Any]:
    made: dict[str, Any] = {"key": key, "type": chance.choice(KINDS if inside else (*KINDS, "group")), "label": key}
    if chance.randrange(2):
        made["visible_when"] = condition(chance, known)
    if made["type"] in ("text", "number", "group"):
        made["required"] = chance.choice((True, False))
        if chance.randrange(4) == 0:
            made["required_when"] = condition(chance, known)
    if made["type"] == "computed":
        made["formula"] = chance.choice(('count(field("k0"), field("k1"))', {"$sum": [1, 2]}))
    return made | group(chance, key, known) if made["type"] == "group" else made


def group(chance: Random, key: str, known: list[str]) -> dict[str, Any]:
    inner = [f"{key}_{number}" for number in range(chance.randint(1, 3))]
    made: dict[str, Any] = {"elements": elements(chance, inner, known + inner, inside=True)}
    if chance.randrange(2):
        least = chance.randint(0, 2)
        made["repeat"] = {"min": least, "max": chance.randint(max(least, 1), 3)}
    return made


def document(chance: Random) -> dict[str, Any]:
    keys = KEYS[: chance.randint(2, 8)]
    half = chance.randint(1, len(keys))
    pages = []
    for number, own in enumerate((keys[:half], keys[half:])):
        page: dict[str, Any] = {"key": f"p{number}", "title": "P", "elements": elements(chance, own, keys)}
        if number and chance.randrange(2):
            page["visible_when"] = condition(chance, keys[:half])
        pages.append(page)
    return {"title": "T", "options": [{"key": "o", "type": "text", "label": "O"}], "pages": pages}


def template_of(chance: Random) -> FormTemplate:
    while True:
        try:
            return parse(document(chance))
        except Invalid:
            continue


def situation_of(chance: Random, template: FormTemplate) -> Situation:
    answers: dict[str, Any] = {}
    for each in template.elements:
        rows = [_row(chance, each) for _ in range(chance.randint(0, 4))] if chance.randrange(5) else None
        answers[each.key] = rows if each.type == "group" else chance.choice(VALUES)
    return Situation(answers, chance.choice(({}, {"o": "a"})), chance.choice(({}, {"locale": "fr"})))


def _row(chance: Random, group: Any) -> dict[str, Any]:
    return {inner.key: chance.choice(VALUES) for inner in group.elements if chance.randrange(2)}


def shown(found: Asked) -> dict[tuple[str, int | None], AskedElement]:
    """(key, row) → each element that is asked; the elements of groups by their row."""
    tops = [each for page in found.pages for each in page.elements]
    inner = {(each.key, row.place): each for top in tops for row in top.rows for each in row.elements}
    return {(each.key, None): each for each in tops} | inner


@many
@given(chances)
def test_what_is_said_goes_together(chance: Random) -> None:
    template = template_of(chance)
    situation = situation_of(chance, template)
    found = asked(template, situation)
    there = shown(found)
    answers = found.answers()
    assert {key for key, _ in there} <= found.visible
    assert set(answers) <= found.visible, "what is hidden is no answer"
    for each in found.missing:
        element = there[each.element, each.row if each.group else None]
        assert each.page in {page.key for page in found.pages}
        assert element.element.type == "group" or (element.required and is_empty(element.value)), each
    for (key, _), element in there.items():
        assert not (element.required and not element.element.answered), key
        condition = element.element.visible_when
        assert condition is None or key not in {name.partition(".")[2] for name in condition.names()}
    missing = {(each.element, each.row if each.group else None) for each in found.missing}
    tops = {key for (key, row), each in there.items() if row is None and each.required and each.element.type != "group"}
    assert {key for key in tops if is_empty(there[key, None].value)} == {
        key for key, row in missing if row is None and key in tops
    }
    assert asked(template, situation) == found, "the same again"


@many
@given(chances)
def test_undoing_a_choice_brings_answers_back(chance: Random) -> None:
    template = template_of(chance)
    before = situation_of(chance, template)
    key, other = chance.choice([each.key for each in template.elements]), chance.choice(VALUES)
    changed = Situation({**before.answers, key: other}, before.options, before.user)
    asked(template, changed)
    back = Situation({**changed.answers, key: before.answers.get(key)}, before.options, before.user)
    assert asked(template, back) == asked(template, before)


@many
@given(chances)
def test_what_counts_asks_the_same_again(chance: Random) -> None:
    """Handing in only what counts changes nothing of what is there: nobody can tell that something was put aside."""
    template = template_of(chance)
    situation = situation_of(chance, template)
    found = asked(template, situation)
    kept = Situation(found.answers(), situation.options, situation.user)
    again = asked(template, kept)
    assert again.answers() == found.answers()
    assert {page.key for page in again.pages} == {page.key for page in found.pages}
    assert {each.key for page in again.pages for each in page.elements} == {
        each.key for page in found.pages for each in page.elements
    }


@many
@given(chances)
def test_whatever_decides_comes_first(chance: Random) -> None:
    template = template_of(chance)
    for key in template.order[""]:
        element = template.element_by_key[key]
        condition = element.visible_when
        needs = {name.removeprefix("data.") for name in condition.names()} if condition else set()
        before = set(template.order[""][: list(template.order[""]).index(key)])
        assert {each for each in needs if each in template.element_by_key and each not in template.group_of} <= before
