"""Options that elements have by a list: filled in wherever an element stands, said in languages, and refused where there is none."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest

from dossier.form_templates.model.lists import OptionList, with_lists

NOW = datetime(2026, 3, 1, tzinfo=UTC)
OPTIONS = [{"value": "a", "label": "A"}]
LIST = OptionList(UUID(int=1), UUID(int=2), "letters", "Letters", OPTIONS, {"fr": {"a": "Ah"}}, 1, NOW, NOW)


def filled(document: Any) -> tuple[Any, list[tuple[str | None, str]]]:
    whole, problems = with_lists(document, {"letters": LIST})
    return whole, [(each.pointer, each.code) for each in problems]


def page(*elements: Any, **more: Any) -> dict[str, Any]:
    return {"pages": [{"key": "p", "elements": list(elements)}], **more}


CHOICE = {"key": "c", "type": "choices", "list": "letters"}


def test_an_element_has_the_options_of_its_list() -> None:
    inner = {"key": "g", "type": "group", "elements": [CHOICE]}
    assert filled(page(CHOICE, inner)) == (
        page(CHOICE | {"options": OPTIONS}, inner | {"elements": [CHOICE | {"options": OPTIONS}]}),
        [],
    )


@pytest.mark.parametrize(
    "document",
    [
        5,
        {"title": "T"},
        {"pages": 5},
        {"pages": [5, {"elements": 5}]},
        page(5, {"key": "x", "list": 5}, {"key": "x"}),
        page({"key": "c", "list": "gone", "options": OPTIONS}),
        page({"key": "x"}, texts={"fr": {"elements.x.options.a": "Ah"}}),
        page({"key": "x"}, texts=5),
    ],
    ids=str,
)
def test_what_names_no_list_stays_as_it_is(document: Any) -> None:
    assert filled(document) == (document, [])


def test_a_list_that_is_not_there_is_named_with_its_place() -> None:
    missing = {"key": "c", "list": "lettres"}
    group = {"key": "g", "elements": [{"key": "x"}, missing]}
    assert filled(page({"key": "x"}, group))[1] == [("/pages/0/elements/1/elements/1/list", "unknown_key")]
    (problem,) = with_lists(page(missing), {"letters": LIST})[1]
    assert "Did you mean “letters”?" in str(problem.message)


def test_a_list_says_its_options_in_languages() -> None:
    texts = {
        "fr": {"elements.c.options.b": "old", "elements.c.label": "C", "elements.x.options.a": "X", "title": "T"},
        "nl": {"elements.c.options.a": "old"},
        "de": 5,
    }
    whole, _ = filled(page(CHOICE, texts=texts))
    assert whole["texts"] == {
        "fr": {"elements.c.label": "C", "elements.x.options.a": "X", "title": "T", "elements.c.options.a": "Ah"},
        "nl": {},
        "de": 5,
    }
