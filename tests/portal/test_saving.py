"""[F5] One answer at a time, by script: version and base, what is wrong, what another device changed."""

from typing import Any

import pytest

from dossier.workspaces.model import Workspace
from tests.portal.support import Contact, Made, make_form, token
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


def test_an_answer_is_read_as_it_is_typed(made: Made) -> None:
    script = Script(made)
    assert script.put("phone", value="+32 470 12 34 56")["value"] == "+32470123456"
    assert script.put("amount", fields=[["amount.value", "12,50"]], base=0)["errors"] == []
    group = [["who.0.who_name.value", "Bob"], ["who.0.who_age.value", "40"]]
    assert script.put("who", fields=group, base=0)["value"] == [{"who_name": "Bob", "who_age": 40}]


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


@pytest.mark.parametrize("element", ["nothing", "intro", "who_name", "%00"])
def test_what_is_not_asked_is_not_saved(made: Made, element: str) -> None:
    Script(made).put(element, 404, value="x", base=0)


@pytest.mark.parametrize(
    "body",
    [{"base": "1"}, {"base": True}, {"fields": "x"}, {"fields": [["a"]]}, {"fields": [["a", 1]]}],
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
