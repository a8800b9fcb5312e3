"""Any template with any answers: what is said visible, required, missing and computed goes together."""

from decimal import Decimal
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dossier.form_templates.model import Asked, AskedElement, FormTemplate, Situation, asked, is_empty, parse
from dossier.foundation.errors import Invalid

KEYS = [f"k{number}" for number in range(8)]
WORDS = ["a", "b"]


def conditions(keys: list[str]) -> st.SearchStrategy[dict[str, Any]]:
    one = st.builds(lambda key, word: {f"data.{key}": {"$eq": word}}, st.sampled_from(keys), st.sampled_from(WORDS))
    more = st.builds(lambda key, yes: {f"data.{key}": {"$defined": yes}}, st.sampled_from(keys), st.booleans())
    plain = one | more | st.just({"options.o": {"$eq": "a"}}) | st.just({"user.locale": {"$eq": "fr"}})
    return (
        plain
        | st.builds(lambda *parts: {"$or": list(parts)}, plain, plain)
        | st.builds(lambda part: {"$not": part}, plain)
    )


@st.composite
def elements(draw: st.DrawFn, keys: list[str], known: list[str], inside: bool = False) -> list[dict[str, Any]]:
    """Elements of these keys; conditions look at any known one, so that some templates decide about themselves."""
    found = []
    for key in keys:
        kinds = ["text", "text", "number", "information", "hidden", "computed"] + ([] if inside else ["group"])
        element: dict[str, Any] = {"key": key, "type": draw(st.sampled_from(kinds)), "label": key}
        if draw(st.integers(0, 2)) == 0:
            element["visible_when"] = draw(conditions(known))
        if element["type"] in ("text", "number", "group"):
            element["required"] = draw(st.booleans())
            if draw(st.integers(0, 3)) == 0:
                element["required_when"] = draw(conditions(known))
        if element["type"] == "computed":
            element["formula"] = draw(st.sampled_from(['count(field("k0"), field("k1"))', {"$sum": [1, 2]}]))
        if element["type"] == "group":
            inner = [f"{key}_{number}" for number in range(draw(st.integers(1, 3)))]
            element["elements"] = draw(elements(inner, known + inner, inside=True))
            least = draw(st.integers(0, 2))
            if draw(st.booleans()):
                element["repeat"] = {"min": least, "max": draw(st.integers(max(least, 1), 3))}
        found.append(element)
    return found


@st.composite
def documents(draw: st.DrawFn) -> dict[str, Any]:
    keys = KEYS[: draw(st.integers(2, 8))]
    half = draw(st.integers(1, len(keys)))
    pages = []
    for number, own in enumerate((keys[:half], keys[half:])):
        page: dict[str, Any] = {"key": f"p{number}", "title": "P", "elements": draw(elements(own, keys))}
        if number and draw(st.booleans()):
            page["visible_when"] = draw(conditions(keys[:half]))
        pages.append(page)
    return {"title": "T", "options": [{"key": "o", "type": "text", "label": "O"}], "pages": pages}


VALUES = st.none() | st.sampled_from([*WORDS, "", 0, Decimal("1.5")])


@st.composite
def situations(draw: st.DrawFn, template: FormTemplate) -> Situation:
    answers: dict[str, Any] = {}
    for each in template.elements:
        if each.type == "group":
            row = st.fixed_dictionaries({}, optional={inner.key: VALUES for inner in each.elements})
            answers[each.key] = draw(st.none() | st.lists(row, max_size=4))
        else:
            answers[each.key] = draw(VALUES)
    options = draw(st.sampled_from([{}, {"o": "a"}]))
    return Situation(answers, options, draw(st.sampled_from([{}, {"locale": "fr"}])))


@st.composite
def asked_forms(draw: st.DrawFn) -> tuple[FormTemplate, Situation]:
    while True:
        try:
            template = parse(draw(documents()))
        except Invalid:
            continue
        return template, draw(situations(template))


def shown(found: Asked) -> dict[tuple[str, int | None], AskedElement]:
    """(key, row) → each element that is asked; the elements of groups by their row."""
    tops = [each for page in found.pages for each in page.elements]
    inner = {(each.key, row.place): each for top in tops for row in top.rows for each in row.elements}
    return {(each.key, None): each for each in tops} | inner


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(asked_forms())
def test_what_is_said_goes_together(case: tuple[FormTemplate, Situation]) -> None:
    template, situation = case
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


@settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
@given(asked_forms(), st.data())
def test_undoing_a_choice_brings_answers_back(case: tuple[FormTemplate, Situation], data: st.DataObject) -> None:
    template, before = case
    key = data.draw(st.sampled_from([each.key for each in template.elements]))
    other = data.draw(VALUES)
    changed = Situation({**before.answers, key: other}, before.options, before.user)
    asked(template, changed)
    back = Situation({**changed.answers, key: before.answers.get(key)}, before.options, before.user)
    assert asked(template, back) == asked(template, before)


@settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
@given(asked_forms())
def test_what_counts_asks_the_same_again(case: tuple[FormTemplate, Situation]) -> None:
    """Handing in only what counts changes nothing of what is there: nobody can tell that something was put aside."""
    template, situation = case
    found = asked(template, situation)
    kept = Situation(found.answers(), situation.options, situation.user)
    again = asked(template, kept)
    assert again.answers() == found.answers()
    assert {page.key for page in again.pages} == {page.key for page in found.pages}
    assert {each.key for page in again.pages for each in page.elements} == {
        each.key for page in found.pages for each in page.elements
    }


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(asked_forms())
def test_whatever_decides_comes_first(case: tuple[FormTemplate, Situation]) -> None:
    template, _ = case
    for key in template.order[""]:
        element = template.element_by_key[key]
        condition = element.visible_when
        needs = {name.removeprefix("data.") for name in condition.names()} if condition else set()
        before = set(template.order[""][: list(template.order[""]).index(key)])
        assert {each for each in needs if each in template.element_by_key and each not in template.group_of} <= before
