"""A document as it is put together: parts found, put, moved, doubled, taken out."""

from typing import Any

import pytest

from dossier.form_templates.model import editing, parse
from dossier.form_templates.model.difference import differences
from dossier.form_templates.model.editing import elements
from dossier.form_templates.model.faults import placed
from dossier.form_templates.model.starters import starter
from dossier.foundation.errors import Invalid, NotFound, Problem

DOCUMENT: dict[str, Any] = {
    "title": "Form",
    "pages": [
        {
            "key": "one",
            "title": "One",
            "elements": [
                {"key": "a", "type": "text", "label": "A", "field": "data.a"},
                {
                    "key": "g",
                    "type": "group",
                    "label": "G",
                    "elements": [{"key": "in", "type": "text", "label": "In"}, {"key": "to", "type": "text", "label": "To"}],
                },
            ],
        },
        {"key": "two", "title": "Two", "elements": [{"key": "b", "type": "date", "label": "B"}]},
    ],
    "texts": {"fr": {"pages.one.title": "Un", "elements.a.label": "Ah", "elements.in.label": "Dans", "elements.ab.label": "?"}},
}  # fmt: skip


def order(document: dict[str, Any]) -> list[tuple[str, str, str]]:
    return [(place.page, place.group, each["key"]) for each, place in elements(document)]


def edited(change: str, *values: Any) -> dict[str, Any]:
    return DOCUMENT | getattr(editing, change)(DOCUMENT, *values)


def test_an_element_moves_within_its_list_and_on_to_the_page_beside_it() -> None:
    assert [key for _, _, key in order(edited("move", "elements", "g", -1))] == ["g", "in", "to", "a", "b"]
    assert order(edited("move", "elements", "g", 1))[1] == ("two", "", "g")
    assert order(edited("move", "elements", "b", -1))[-1] == ("one", "", "b")
    for key, by in (("a", -1), ("b", 1), ("in", -1), ("to", 1)):
        assert order(edited("move", "elements", key, by)) == order(DOCUMENT), f"{key} is at the end of what it is in"
    assert [each["key"] for each in edited("move", "pages", "two", -1)["pages"]] == ["two", "one"]
    assert [each["key"] for each in edited("move", "pages", "one", -1)["pages"]] == ["one", "two"]


def test_an_element_is_let_go_anywhere_but_a_group_in_no_group() -> None:
    assert order(edited("move_to", "b", "one", "", "g"))[1] == ("one", "", "b")
    assert order(edited("move_to", "b", "one", "g", "to"))[3] == ("one", "g", "b")
    assert order(edited("move_to", "in", "two"))[-1] == ("two", "", "in")
    assert order(edited("move_to", "g", "one", "g")) == order(DOCUMENT)
    assert order(edited("move_to", "a", "one", "", "a")) == order(DOCUMENT)
    with pytest.raises(NotFound):
        edited("move_to", "a", "three")


def test_what_is_doubled_has_keys_of_its_own_and_its_words() -> None:
    twin = edited("duplicate", "pages", "one")
    assert order(twin)[4:8] == [
        ("one_2", "", "a_2"),
        ("one_2", "", "g_2"),
        ("one_2", "g_2", "in_2"),
        ("one_2", "g_2", "to_2"),
    ]
    said = twin["texts"]["fr"]
    assert (said["pages.one_2.title"], said["elements.a_2.label"], said["elements.in_2.label"]) == ("Un", "Ah", "Dans")
    assert "elements.ab_2.label" not in said
    assert "field" not in twin["pages"][1]["elements"][0], "a field of the case goes with one element alone"
    again = twin | editing.duplicate(twin, "elements", "a_2")
    assert [key for *_, key in order(again)][4:6] == ["a_2", "a_3"]
    assert DOCUMENT["pages"][0]["elements"][0]["key"] == "a", "the document that it was made of stays"


def test_what_is_taken_out_takes_its_words_along() -> None:
    left = edited("remove", "elements", "g")
    assert [key for *_, key in order(left)] == ["a", "b"]
    assert set(left["texts"]["fr"]) == {"pages.one.title", "elements.a.label", "elements.ab.label"}
    assert set(edited("remove", "pages", "one")["texts"]["fr"]) == {"elements.ab.label"}
    with pytest.raises(NotFound):
        edited("remove", "elements", "nothing")


def test_a_key_stands_once() -> None:
    for part, key, at in (("elements", "in", ("two", "")), ("pages", "one", ("", ""))):
        with pytest.raises(Invalid):
            editing.put(DOCUMENT, part, None, {"key": key}, *at)
    put = edited("put", "elements", None, {"key": "new", "type": "text", "label": "N"}, "one", "g")
    assert order(put)[4] == ("one", "g", "new")
    assert (
        edited("put", "elements", "in", {"key": "in", "type": "date"})["pages"][0]["elements"][1]["elements"][0]["type"]
        == "date"
    )


@pytest.mark.parametrize("key", [each["key"] for each, _ in elements(starter("accident-report"))])
def test_a_starter_stays_right_however_it_is_doubled_and_moved(key: str) -> None:
    document = starter("accident-report")
    parse(document | editing.duplicate(document, "elements", key))
    parse(document | editing.move(document, "elements", key, 1))


def test_faults_are_told_where_they_are() -> None:
    wrong = {
        "/pages/0/elements/1/elements/1/label": ("elements", "to"),
        "/pages/1/elements/0": ("elements", "b"),
        "/pages/1/title": ("pages", "two"),
        "/texts/fr/title": ("texts", "fr"),
        "/messages/reminders/0/after": ("messages", "reminders"),
        "/pages/7/elements/0": ("", ""),
        "/title": ("", ""),
    }
    found = placed(DOCUMENT, [Problem("No.", pointer=each) for each in wrong])
    assert {each.pointer: place for place, problems in found.items() for each in problems} == wrong


def test_differences_name_questions_and_not_whole_pages() -> None:
    changed = edited("put", "elements", "a", {"key": "a", "type": "text", "label": "Ä", "field": "data.a"})
    found = list(differences(DOCUMENT, changed))
    assert [(each.part, each.key, each.what, each.members) for each in found] == [
        ("elements", "a", "changed", (("label", "A", "Ä"),))
    ]
    moved = list(differences(DOCUMENT, edited("move_to", "b", "one", "", "a")))
    assert ("elements", "b", "moved") in [(each.part, each.key, each.what) for each in moved]
    assert [(each.part, each.what) for each in differences(DOCUMENT, edited("move", "pages", "two", -1))] == [
        ("pages", "moved")
    ]
    gone = list(differences(DOCUMENT, edited("remove", "pages", "two")))
    assert {(each.part, each.key, each.what) for each in gone} == {
        ("pages", "two", "removed"),
        ("elements", "b", "removed"),
    }


MAIL = {"email": {"subject": "Hello"}}
PAGE = {"key": "one", "title": "One", "elements": [{"key": "a", "type": "text", "label": "A"}]}


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ({"title": "T"}, {"title": "U"}, [("title", "", "", "changed", (("title", "T", "U"),))]),
        ({}, {"messages": {"invitation": MAIL}}, [("messages", "invitation", "invitation", "added", ())]),
        ({"messages": {"invitation": MAIL}}, {}, [("messages", "invitation", "invitation", "removed", ())]),
        (
            {"messages": {"invitation": MAIL, "code": MAIL}},
            {"messages": {"invitation": {"sms": {"body": "x"}}, "code": MAIL}},
            [("messages", "invitation", "invitation", "changed", ())],
        ),
        ({}, {"texts": {"fr": {"title": "T"}}}, [("texts", "fr", "fr", "added", ())]),
        ({"texts": {"fr": {"title": "T"}}}, {}, [("texts", "fr", "fr", "removed", ())]),
        (
            {"texts": {"fr": {"title": "T"}}},
            {"texts": {"fr": {"title": "U", "x": "y"}}},
            [("texts", "fr", "fr", "changed", (("title", "T", "U"), ("x", None, "y")))],
        ),
        (
            {"options": [{"key": "o", "type": "text", "label": "O"}]},
            {"options": [{"key": "o", "type": "text", "label": "P"}]},
            [("options", "o", "P", "changed", (("label", "O", "P"),))],
        ),
        ({"presets": [{"key": "p", "name": "P"}]}, {"presets": []}, [("presets", "p", "P", "removed", ())]),
        (
            {"presets": [{"key": "p", "name": "P"}, {"key": "q", "name": "Q"}]},
            {"presets": [{"key": "q", "name": "Q"}, {"key": "p", "name": "P"}]},
            [("presets", "", "", "moved", ())],
        ),
        (
            {"pages": []},
            {"pages": [PAGE]},
            [("pages", "one", "One", "added", ()), ("elements", "a", "A", "added", ())],
        ),
        (
            {"pages": [PAGE]},
            {"pages": [PAGE | {"title": "Two"}]},
            [("pages", "one", "Two", "changed", (("title", "One", "Two"),))],
        ),
        (
            {"pages": [PAGE | {"elements": [{"key": each, "type": "text"} for each in "abc"]}]},
            {"pages": [PAGE | {"elements": [{"key": each, "type": "text"} for each in "acb"]}]},
            [("elements", "c", "c", "moved", ()), ("elements", "b", "b", "moved", ())],
        ),
        (
            {"pages": [PAGE | {"elements": [{"key": "a", "type": "information", "text": "Hi"}]}]},
            {"pages": [PAGE | {"elements": [{"key": "b", "type": "text", "label": "B"}]}]},
            [("elements", "a", "Hi", "removed", ()), ("elements", "b", "B", "added", ())],
        ),
        ({"title": "T"}, {"title": "T"}, []),
    ],
    ids=str,
)
def test_what_differs_is_told_part_by_part(old: Any, new: Any, told: list[Any]) -> None:
    found = differences(old, new)
    assert [(each.part, each.key, each.name, each.what, each.members) for each in found] == told
