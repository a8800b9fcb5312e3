"""[F5] One answer at a time, by script: version and base, what is wrong, what another device changed."""

from typing import Any

import pytest

from dossier.workspaces.model import Workspace
from tests.portal.support import WHOLE, Contact, Made, make_form, token
from tests.world import World


@pytest.fixture
def made(world: World, workspace: Workspace) -> Made:
    return make_form(world, workspace)


class Script:
    """The script of a page."""

    def __init__(self, made: Made) -> None:
        self.contact: Contact = made.visitor()
        self.contact.press("start")
        self.token = token(self.contact.at("pages", "what").text)

    def put(self, element: str, status: int = 200, **body: Any) -> Any:
        answer = self.contact.put(
            f"{self.contact.made.address}/answers/{element}", json=body, headers={"x-csrf-token": self.token}
        )
        assert answer.status_code == status, answer.text
        return answer.json()


def test_an_answer_is_saved(made: Made) -> None:
    script = Script(made)
    saved = script.put("amount", value=12, base=0)
    assert (saved["version"], saved["value"], saved["errors"]) == (1, 12, [])
    assert "story" in saved["visible"]
    assert "brand" not in saved["visible"]
    assert "brand" in script.put("kind", value="bike", base=0)["visible"]
    assert made.data() == {"amount": 12, "kind": "bike"}


def test_a_part_that_an_answer_does_not_have_is_said(world: World, workspace: Workspace) -> None:
    """It was left out in silence: a page of somebody's own lost it."""
    made = make_form(world, workspace, WHOLE)
    script = Script(made)
    parts = [["home.value.city", "Ghent"], ["home.value.colour", "red"]]
    said = script.put("home", fields=parts, base=0)["errors"]
    assert "colour" in said[0]["detail"]
    assert "home" not in made.data()


def test_an_answer_is_read_as_it_is_typed(made: Made) -> None:
    script = Script(made)
    assert script.put("phone", value="+32 470 12 34 56")["value"] == "+32470123456"
    assert script.put("amount", fields=[["amount.value", "12,50"]], base=0)["errors"] == []
    group = [["who.0.who_name.value", "Bob"], ["who.0.who_age.value", "40"]]
    assert script.put("who", fields=group, base=0)["value"] == [{"who_name": "Bob", "who_age": 40}]
    emptied = [*group, ["who.1.who_name.value", ""], ["who.2.who_name.value", ""]]
    assert script.put("who", fields=emptied, base=1)["value"] == [{"who_name": "Bob", "who_age": 40}], (
        "rows left blank are none"
    )


def test_what_is_wrong_is_no_answer(made: Made) -> None:
    script = Script(made)
    script.put("amount", value=5, base=0)
    saved = script.put("amount", value="a lot", base=1)
    assert (saved["version"], saved["value"], saved["errors"][0]["code"]) == (2, 5, "invalid_value")
    assert made.data() == {"amount": 5}
    assert 'value="a lot"' in script.contact.at("pages", "what").text


def test_another_device_is_not_written_over(made: Made) -> None:
    one, other = Script(made), Script(made)
    one.put("story", value="One", base=0)
    answer = other.put("story", 409, value="Other", base=0)
    assert (answer["version"], answer["value"], answer["mine"], answer["text"]) == (1, "One", "Other", "One")
    assert answer["errors"][0]["code"] == "conflict"
    assert other.put("story", value="One", base=0)["version"] == 1
    assert other.put("story", value="Other", base=1)["version"] == 2
    assert made.data()["story"] == "Other"


@pytest.fixture
def wide(world: World, workspace: Workspace) -> Made:
    return make_form(world, workspace, document=WHOLE)


@pytest.mark.parametrize(
    ("element", "value"),
    [
        ("home", "Main Street 1"),
        ("home", {"street": 5}),
        ("home", {"stret": "Main Street 1"}),
        ("home", ["Main Street 1"]),
        ("home", 5),
        ("who", "Ann"),
        ("who", {"who_name": "Ann"}),
        ("who", ["Ann"]),
        ("who", [{"who_name": "Ann", "nick": "A"}]),
        ("who", [{"who_name": ["Ann"]}]),
        ("who", [{"who_name": "Ann"}] * 4),
        ("sign", "Ann"),
        ("sign", ["Ann"]),
        ("sign", False),
        ("sign", 0),
        ("sign", {"types": "Ann"}),
        ("sign", {"typed": 5}),
        ("sign", {"drawn": [[1]]}),
        ("parts", "roof"),
        ("parts", {"front": True}),
        ("photos", "x"),
    ],
)
def test_what_has_not_the_shape_of_an_answer_is_said_and_changes_nothing(wide: Made, element: str, value: Any) -> None:
    """What counted before goes on counting; a page shows what is wrong, or nothing stands in the way of handing in."""
    script = Script(wide)
    right = {"home": {"city": "Ghent"}, "who": [{"who_name": "Bob"}], "sign": {"typed": "Bob"}, "parts": ["front"]}
    kept = script.put(element, value=right[element])["value"] if element in right else None
    saved = script.put(element, value=value)
    assert saved["value"] == kept
    assert saved["errors"], saved
    page = next(each["key"] for each in WHOLE["pages"] for one in each["elements"] if one["key"] == element)
    answer = wide.responses()[0].answers.get(element)
    if answer is not None and answer.typed is not None:
        assert "is-wrong" in script.contact.at("pages", page).text


def test_what_was_read_can_be_sent_again(wide: Made) -> None:
    script = Script(wide)
    for element, value in (
        ("sign", {"typed": "Bob"}),
        ("sign", {"drawn": [[[1, 2, 0], [5, 6, 9]]], "typed": ""}),
        ("home", {"city": "Ghent", "country": "BE"}),
        ("who", [{"who_name": "Bob", "who_age": 4}]),
    ):
        kept = script.put(element, value=value)["value"]
        assert script.put(element, value=kept) == {**script.put(element, value=kept), "value": kept, "errors": []}


def test_what_is_wrong_and_changed_elsewhere_is_told_as_it_was_sent(made: Made) -> None:
    one, other = Script(made), Script(made)
    one.put("amount", value=1, base=0)
    assert other.put("amount", 409, value="a lot", base=0)["mine"] == "a lot"
    assert other.put("amount", 409, fields=[["amount.value", "a lot"]], base=0)["mine"] == [["amount.value", "a lot"]]


@pytest.mark.parametrize("element", ["nothing", "intro", "who_name", "%00"])
def test_what_is_not_asked_is_not_saved(made: Made, element: str) -> None:
    Script(made).put(element, 404, value="x", base=0)


@pytest.mark.parametrize(
    "body",
    [
        {"base": "1"},
        {"base": True},
        {"fields": "x"},
        {"fields": [["a"]]},
        {"fields": [["a", 1]]},
        {"fields": [["amount.value", "5"]]},
    ],
)
def test_a_body_must_be_of_its_shape(made: Made, body: dict[str, Any]) -> None:
    Script(made).put("story", 400, **body)


def test_only_a_page_of_ours_saves(made: Made) -> None:
    script = Script(made)
    script.token = "x"
    script.put("story", 403, value="x", base=0)
    assert made.data() == {}


def test_a_form_that_ended_says_so(made: Made, world: World) -> None:
    from datetime import timedelta

    from dossier.foundation.clock import wire_time

    script = Script(made)
    made.change(active_until=wire_time(world.clock() - timedelta(seconds=1)))
    assert script.put("story", 409, value="x", base=0)["errors"][0]["code"] == "form_expired"


def test_the_first_saved_answer_begins_where_access_is_direct(made: Made) -> None:
    contact = made.visitor()
    word = token(contact.at().text)
    answer = contact.put(f"{made.address}/answers/story", json={"value": "x"}, headers={"x-csrf-token": word})
    assert answer.status_code == 200
    assert made.data() == {"story": "x"}


def test_no_version_of_the_form_is_made(made: Made) -> None:
    before = made.now().version
    Script(made).put("story", value="x", base=0)
    assert made.now().version == before
