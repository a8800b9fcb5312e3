"""Conditions within the rows of a group: what they ask is seen by whoever answers, and what they hide comes back."""

from typing import Any

import pytest

from dossier.workspaces.model import Workspace
from tests.portal.support import Made, hidden, make_form, problems, state
from tests.portal.test_answering import begun
from tests.world import World

CARS: dict[str, Any] = {
    "title": "Cars",
    "pages": [
        {
            "key": "cars",
            "title": "Your cars",
            "elements": [
                {
                    "key": "car",
                    "type": "group",
                    "label": "Car",
                    "repeat": {"min": 1, "max": 3},
                    "elements": [
                        {
                            "key": "make",
                            "type": "choices",
                            "label": "Make",
                            "options": [{"value": "volvo", "label": "Volvo"}, {"value": "other", "label": "Another one"}],
                        },
                        {
                            "key": "which",
                            "type": "text",
                            "label": "Which make",
                            "visible_when": {"data.make": {"$eq": "other"}},
                        },
                        {"key": "km", "type": "number", "label": "Kilometres"},
                        {"key": "miles", "type": "computed", "label": "In miles", "formula": {"$div": ["data.km", 2]}},
                    ],
                },
            ],
        },
        {"key": "last", "title": "Anything else", "elements": [{"key": "more", "type": "text", "label": "What else?"}]},
    ],
}  # fmt: skip


@pytest.fixture
def made(world: World, workspace: Workspace) -> Made:
    return make_form(world, workspace, CARS)


def sent(contact: Any, **fields: str) -> Any:
    """The page of cars, with `_` for the points in names."""
    named = {name.replace("_", "."): value for name, value in fields.items()}
    return contact.fill("pages", "cars", **named)


def test_a_question_that_comes_in_a_row_is_seen(made: Made) -> None:
    contact = begun(made)
    page = sent(contact, car_0_make_value="other")
    assert (page.url.path.split("/")[-1], page.url.fragment) == ("cars", "q-car-0-which")
    assert "Which make" in page.text
    assert sent(contact, car_0_make_value="other", car_0_which_value="").url.path.endswith("/last"), "it was seen"


def test_what_comes_in_a_row_is_not_missing_before_it_was_seen(world: World, workspace: Workspace) -> None:
    required = [{**each, "required": each["key"] == "which"} for each in CARS["pages"][0]["elements"][0]["elements"]]
    group = CARS["pages"][0]["elements"][0] | {"elements": required}
    made = make_form(world, workspace, CARS | {"pages": [CARS["pages"][0] | {"elements": [group]}, CARS["pages"][1]]})
    contact = begun(made)
    page = sent(contact, car_0_make_value="other")
    assert (page.status_code, problems(page)) == (200, [])
    page = sent(contact, car_0_make_value="other", car_0_which_value="")
    assert (page.status_code, problems(page)) == (400, ["Answer “Which make”"])


def test_what_a_choice_hides_in_a_row_comes_back(made: Made) -> None:
    contact = begun(made)
    sent(contact, car_0_make_value="other")
    sent(contact, car_0_make_value="other", car_0_which_value="Škoda")
    sent(contact, car_0_make_value="volvo", car_0_which_value="Škoda")
    for _ in range(2):  # also where somebody looks at the page once more meanwhile
        assert "Which make" not in sent(contact, car_0_make_value="volvo").text
    sent(contact, car_0_make_value="other")
    assert 'value="Škoda"' in contact.at("pages", "cars").text


def test_what_is_hidden_goes_with_its_row_and_no_other(made: Made) -> None:
    contact = begun(made)
    page = sent(contact, car_0_make_value="other", add="car")
    names = {"car.0.make.value": "other", "car.0.which.value": "Škoda", "car.1.make.value": "other"}
    page = contact.fill("pages", "cars", page=page, **names)
    page = contact.fill("pages", "cars", **names | {"car.1.which.value": "Dacia"})
    page = contact.fill("pages", "cars", **names | {"car.0.make.value": "volvo", "car.1.which.value": "Dacia"})
    fields = hidden(contact.at("pages", "cars").text) | {
        "car.0.make.value": "volvo", "car.1.make.value": "other", "car.1.which.value": "Dacia", "remove": "car.0",
    }  # fmt: skip
    page = contact.post(f"{made.address}/pages/cars", data=fields)
    assert ("Škoda" in page.text, "Dacia" in page.text) == (False, True)
    assert made.data()["car"] == [{"make": "other", "which": "Dacia"}]


def test_a_further_row_asks_what_an_empty_one_asks(made: Made) -> None:
    contact = begun(made)
    sent(contact, car_0_make_value="other")
    page = sent(contact, car_0_make_value="other", car_0_which_value="Škoda", add="car")
    assert (page.text.count("Which make"), page.text.count(">Make")) == (1, 2)


def test_what_is_handed_in_is_what_is_asked(made: Made) -> None:
    contact = begun(made)
    sent(contact, car_0_make_value="other")
    sent(contact, car_0_make_value="other", car_0_which_value="Škoda")
    sent(contact, car_0_make_value="volvo")
    assert state(contact.press("submit")) == "done"
    assert made.data()["car"] == [{"make": "volvo"}]
