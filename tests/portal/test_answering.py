"""[F2] Pages of questions without any script: all of it kept, what is wrong said, conditions, groups, what another device did."""

import re
from typing import Any

import pytest

from dossier.workspaces.model import Workspace
from tests.log_lines import LogFile
from tests.portal.support import ACCIDENT, Made, make_form, problems, state, token
from tests.world import World


@pytest.fixture
def made(world: World, workspace: Workspace) -> Made:
    return make_form(world, workspace)


def begun(made: Made, **more: Any) -> Any:
    contact = made.visitor(**more)
    contact.press("start")
    return contact


def test_a_page_is_kept_and_leads_to_the_next(made: Made) -> None:
    contact = begun(made)
    following = contact.fill(
        "pages", "you", **{"name.value": "Eve", "phone.value": "+32 470 12 34 56", "hurt.value": "false"}
    )
    assert following.url.path.endswith("/pages/what")
    assert made.data() == {"name": "Eve", "phone": "+32470123456", "hurt": False}


def test_what_is_wrong_is_kept_as_typed_and_never_an_answer(made: Made) -> None:
    contact = begun(made)
    contact.fill("pages", "what", **{"day.value": "2026-02-01", "amount.value": "12.5"})
    page = contact.fill("pages", "what", **{"day.value": "2026-02-01", "amount.value": "a lot"})
    assert (page.status_code, state(page)) == (400, "page")
    assert problems(page) == ["“Damage in euro” must be a number, not “a lot”."]
    assert 'href="#q-amount"' in page.text
    assert "<title>Error: What happened" in page.text
    again = contact.at("pages", "what")
    assert 'value="a lot"' in again.text
    assert "is-wrong" in again.text
    assert str(made.data()["amount"]) == "12.5"
    refused = contact.fill("submit", page=contact.at("check"))
    assert refused.status_code == 400
    assert "Look at “Damage in euro” again" in problems(refused)
    assert contact.fill("pages", "what", **{"day.value": "2026-02-01", "amount.value": ""}).status_code == 200
    assert made.data() == {"day": "2026-02-01"}


def test_what_is_required_is_said_with_a_link(made: Made) -> None:
    contact = begun(made)
    page = contact.fill("pages", "you", **{"phone.value": ""})
    assert page.status_code == 400
    assert problems(page) == ["Answer “Your name”", "Answer “Was somebody hurt?”"]


def test_a_choice_opens_questions_and_undoing_it_brings_answers_back(made: Made) -> None:
    contact = begun(made)
    page = contact.fill("pages", "you", **{"name.value": "Eve", "hurt.value": "true"})
    assert (page.status_code, page.url.path.split("/")[-1], page.url.fragment) == (200, "you", "q-who")
    assert "Who was hurt" in page.text
    contact.fill("pages", "you", **{"hurt.value": "true", "name.value": "Eve", "who.0.who_name.value": "Bob"})
    assert made.data()["who"] == [{"who_name": "Bob"}]
    contact.fill("pages", "you", **{"hurt.value": "false", "name.value": "Eve", "who.0.who_name.value": "Bob"})
    assert "Who was hurt" not in contact.at("pages", "you").text
    contact.fill("pages", "you", **{"hurt.value": "true", "name.value": "Eve"})
    assert 'value="Bob"' in contact.at("pages", "you").text


def test_a_group_repeats(made: Made) -> None:
    contact = begun(made)
    contact.fill("pages", "you", **{"name.value": "Eve", "hurt.value": "true"})
    rows = {"name.value": "Eve", "hurt.value": "true", "who.0.who_name.value": "Bob"}
    page = contact.fill("pages", "you", **rows, add="who")
    assert page.text.count('<fieldset class="p-group"') == 2
    rows["who.1.who_name.value"], rows["who.1.who_age.value"] = "Carl", "old"
    page = contact.fill("pages", "you", page=page, **rows)
    assert problems(page) == ["“Age” must be a number, not “old”."]
    assert 'href="#q-who-1-who_age"' in page.text
    assert made.data()["who"] == [{"who_name": "Bob"}]
    assert 'value="old"' in contact.at("pages", "you").text
    page = contact.fill("pages", "you", **rows, remove="who.0")
    assert page.text.count('<fieldset class="p-group"') == 1
    assert "Carl" in page.text


def test_what_was_typed_in_a_row_is_not_called_missing(made: Made) -> None:
    """Nothing of the group is kept while something in it is wrong, but its name was given."""
    rows = {"name.value": "Eve", "hurt.value": "true", "who.0.who_name.value": "Bob", "who.0.who_age.value": "old"}
    contact = begun(made)
    contact.fill("pages", "you", **{"name.value": "Eve", "hurt.value": "true"})
    assert problems(contact.fill("pages", "you", **rows)) == ["“Age” must be a number, not “old”."]
    rows["who.0.who_name.value"] = " "
    again = contact.fill("pages", "you", **rows)
    assert problems(again) == ["Answer “Name”", "“Age” must be a number, not “old”."]


def test_a_group_takes_no_more_rows_than_its_template_asks_for(made: Made) -> None:
    contact = begun(made)
    contact.fill("pages", "you", **{"name.value": "Eve", "hurt.value": "true"})
    rows = {f"who.{each}.who_name.value": f"Bob {each}" for each in range(4)}
    page = contact.fill("pages", "you", **{"name.value": "Eve", "hurt.value": "true"}, **rows)
    assert problems(page) == ["“Who was hurt” is asked 3 times at most, not 4 times."]
    assert 'href="#q-who"' in page.text
    assert [f'value="Bob {each}"' in page.text for each in range(4)] == [True] * 4
    assert "who" not in made.data()
    rows.pop("who.3.who_name.value")
    contact.fill("pages", "you", page=page, **{"name.value": "Eve", "hurt.value": "true"}, **rows)
    assert [each["who_name"] for each in made.data()["who"]] == ["Bob 0", "Bob 1", "Bob 2"]


def test_a_group_that_is_not_repeated_takes_one_row(world: World, workspace: Workspace) -> None:
    home = {
        "key": "home",
        "type": "group",
        "label": "Home",
        "elements": [{"key": "town", "type": "text", "label": "Town"}],
    }
    contact = begun(
        made := make_form(world, workspace, {**ACCIDENT, "pages": [{"key": "you", "title": "You", "elements": [home]}]})
    )
    page = contact.fill("pages", "you", **{"home.0.town.value": "Ghent", "home.1.town.value": "Bruges"})
    assert problems(page) == ["“Home” is asked once, not 2 times."]
    contact.fill("pages", "you", **{"home.0.town.value": "Ghent"})
    assert made.data()["home"] == [{"town": "Ghent"}]


def test_a_hidden_page_is_passed_over(made: Made) -> None:
    contact = begun(made)
    assert state(contact.fill("pages", "what", **{"day.value": "2026-02-01"})) == "check"
    assert contact.fill("pages", "what", **{"day.value": "2026-02-01", "kind.value": "bike"}).url.path.endswith("/bike")
    assert state(contact.at("pages", "nowhere")) == "continue"


def test_another_device_is_not_written_over(made: Made) -> None:
    one, other = begun(made), begun(made)
    page = one.at("pages", "what")
    other.fill("pages", "what", **{"day.value": "2026-02-02", "story.value": "Theirs"})
    answer = one.fill(
        "pages", "what", page=page, **{"day.value": "2026-02-02", "story.value": "Mine", "amount.value": "5"}
    )
    assert answer.status_code == 409
    assert "Theirs" in answer.text
    assert ">Mine</textarea>" in answer.text
    assert made.data() == {"day": "2026-02-02", "story": "Theirs", "amount": 5}
    one.fill("pages", "what", page=answer, **{"day.value": "2026-02-02", "story.value": "Mine", "amount.value": "5"})
    assert made.data()["story"] == "Mine"


def test_what_nobody_touched_does_not_undo_another_device(made: Made) -> None:
    one, other = begun(made), begun(made)
    page = one.at("pages", "what")
    other.fill("pages", "what", **{"day.value": "2026-02-02", "story.value": "Theirs"})
    answer = one.fill("pages", "what", page=page, **{"day.value": "", "story.value": "", "amount.value": "5"})
    assert made.data() == {"day": "2026-02-02", "story": "Theirs", "amount": 5}
    assert answer.status_code == 200


def test_stored_markup_is_inert(world: World, workspace: Workspace) -> None:
    evil = "<script>alert(1)</script><img src=x onerror=alert(1)>"
    document = {
        "title": evil,
        "pages": [
            {
                "key": "a",
                "title": evil,
                "elements": [
                    {"key": "n", "type": "text", "label": evil, "help": evil},
                    {
                        "key": "i",
                        "type": "information",
                        "label": evil,
                        "text": f"{evil} [x](javascript:alert(1)) {{{{ 7 }}}}",
                    },
                ],
            }
        ],
    }
    made = make_form(world, workspace, document)
    contact = begun(made)
    contact.fill("pages", "a", **{"n.value": evil + "{{ form.link }}"})
    for page in (contact.at(), contact.at("pages", "a"), contact.at("check")):
        assert page.status_code == 200
        assert "<script>alert" not in page.text
        assert "<img src=x" not in page.text
        assert "javascript:" not in page.text.replace("x](javascript:alert(1))", "")
    assert "{{ 7 }}" in contact.at("pages", "a").text


def test_limits_of_what_is_sent(made: Made) -> None:
    contact = begun(made)
    page = contact.fill("pages", "what", **{"day.value": "2026-02-02", "story.value": "x" * 10_001})
    assert "10,000 characters at most" in page.text
    assert contact.fill("pages", "what", **{"story.value": "x" * 3_000_000}).status_code == 413


def test_secrets_stay_out_of_the_log_and_the_metrics(made: Made, server_log: LogFile) -> None:
    with made.visitor() as contact:
        contact.press("start")
        metrics = contact.get("/metrics").text
    assert "/r/{secret}/start" in server_log.text
    assert made.secret not in server_log.text + metrics


DIGITS = str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")


def test_digits_of_every_script_are_understood(world: World, workspace: Workspace) -> None:
    elements = [
        {"key": "amount", "type": "number", "label": "Damage"},
        {"key": "day", "type": "date", "label": "Day"},
        {"key": "hour", "type": "time", "label": "Hour"},
        {"key": "phone", "type": "phone", "label": "Phone"},
        {"key": "account", "type": "iban", "label": "Account"},
    ]
    made = make_form(world, workspace, {"title": "D", "pages": [{"key": "p", "title": "P", "elements": elements}]})
    contact = made.visitor(headers={"accept-language": "ar"})
    contact.press("start")
    typed = {
        "amount": "1250٫5",
        "day": "01/02/2026",
        "hour": "14:30",
        "phone": "+32470123456",
        "account": "BE68539007547034",
    }
    contact.fill("pages", "p", **{f"{key}.value": text.translate(DIGITS) for key, text in typed.items()})
    assert made.data() == {
        "amount": 1250.5,
        "day": "2026-02-01",
        "hour": "14:30",
        "phone": "+32470123456",
        "account": "BE68539007547034",
    }


@pytest.mark.parametrize(("typed", "is_read"), [("1.250", 1250), ("1,5", 1.5), ("1.250,75", 1250.75)])
def test_a_number_is_read_as_german_writes_it(world: World, workspace: Workspace, typed: str, is_read: float) -> None:
    element = {"key": "amount", "type": "number", "label": "Damage"}
    document = {"title": "D", "texts": {"de": {"title": "D"}}}
    made = make_form(world, workspace, document | {"pages": [{"key": "p", "title": "P", "elements": [element]}]})
    contact = made.visitor(headers={"accept-language": "de"})
    contact.press("start")
    contact.fill("pages", "p", **{"amount.value": typed})
    assert made.data() == {"amount": is_read}


def test_lines_are_kept_as_the_browser_counts_them(world: World, workspace: Workspace) -> None:
    """A form sends two characters for the end of a line, a script one; both are the same answer, as long as it may be."""
    element = {"key": "story", "type": "text", "label": "Story", "multiline": True, "maxlength": 12_000}
    document = {"title": "T", "pages": [{"key": "p", "title": "P", "elements": [element]}]}
    made = make_form(world, workspace, document)
    contact = made.visitor()
    contact.press("start")
    page = contact.at("pages", "p")
    text = "line\r\n" * 2_399 + "line"
    assert contact.fill("pages", "p", page=page, **{"story.value": text}).status_code == 200
    (response,) = made.responses()
    assert response.answers["story"].value == text.replace("\r\n", "\n")
    word = token(contact.at("pages", "p").text)
    saved = contact.put(
        f"{made.address}/answers/story",
        json={"value": text.replace("\r\n", "\n"), "base": 0},
        headers={"x-csrf-token": word},
    )
    assert (saved.status_code, saved.json()["version"]) == (200, 1)
    long = contact.put(f"{made.address}/answers/story", json={"value": "x" * 12_001}, headers={"x-csrf-token": word})
    assert long.json()["errors"]


def test_a_piece_of_information_is_not_called_by_its_key(world: World, workspace: Workspace) -> None:
    elements = [
        {"key": "hello", "type": "information", "text": "Welcome."},
        {"key": "said", "type": "information", "label": "Before you go on", "text": "Take your time."},
        {"key": "name", "type": "text", "label": "Your name"},
    ]
    pages = [{"key": "p", "title": "P", "elements": elements}]
    texts = {"fr": {"elements.hello.label": "Bonjour"}}
    made = make_form(world, workspace, {"title": "T", "pages": pages, "texts": texts})
    contact = begun(made)
    assert re.findall(r'<h2 class="p-label">([^<]*)', contact.at("pages", "p").text) == ["Before you go on"]
    french = contact.get(f"{made.address}/pages/p?lang=fr")
    assert re.findall(r'<h2 class="p-label">([^<]*)', french.text) == ["Bonjour", "Before you go on"]
