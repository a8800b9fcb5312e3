"""A form template is tried as people outside see it, and nothing of that is kept anywhere."""

import re
from html import unescape
from typing import Any

import psycopg
import pytest

from dossier.workspaces.model import Workspace
from tests.world import Browser, World

LIST = "/workspace/templates/forms"


@pytest.fixture
def administrator(world: World, workspace: Workspace) -> Browser:
    return world.browser(world.member(workspace, f"a-{workspace.slug}@example.org", "administrator"))


class Trying:
    """Somebody who fills in a form that is worked on."""

    def __init__(self, browser: Browser, **begun: str) -> None:
        self.browser = browser
        self.template = str(browser.send_form(LIST, **begun).url.path)
        self.address = f"{self.template}/preview/page"
        self.text = unescape(browser.get(self.address).text)

    def send(self, **fields: Any) -> str:
        kept = {
            name: found[1]
            for name in ("tried", "page")
            if (found := re.search(rf'name="{name}" value="([^"]*)"', self.raw()))
        }
        answer = self.browser.send_form(
            self.address, **{**{name: unescape(value) for name, value in kept.items()}, **fields}
        )
        assert answer.status_code == 200, answer.text
        self.shown = answer.text
        self.text = unescape(answer.text)
        return self.text

    def raw(self) -> str:
        return getattr(self, "shown", None) or self.browser.get(self.address).text


def test_a_form_is_tried_from_page_to_page(administrator: Browser) -> None:
    trying = Trying(administrator, starter="household-claim")
    assert "About you" in trying.text
    wrong = trying.send(go="next", **{"given_name.value": "Anna", "email.value": "nobody"})
    assert "There is a problem" in wrong
    assert 'value="Anna"' in wrong
    assert 'value="nobody"' in wrong, "what is wrong is shown as it was typed"
    person = {"given_name.value": "Anna", "family_name.value": "Peeters", "email.value": "anna@example.org"}
    person |= {"phone.value": "+32 470 12 34 56", "address.value.street": "Rue 1", "address.value.city": "Mons"}
    assert "What happened" in trying.send(go="next", **person, **{"address.value.country": "BE", "role.value": "owner"})
    what = {"cause.value": "water", "happened_on.value": "2026-01-02", "what_happened.value": "A pipe broke."}
    water = trying.send(go="next", **what, **{"rooms.value": "kitchen", "habitable.value": "yes"})
    assert "Where did the water come from?" in water, "a page that only some see"
    trying.send(go="next", **{"leak.value": "pipe"})
    rows = trying.send(add="things", **{"things.0.thing.value": "Table"})
    assert "things.1.thing.value" in rows
    assert 'value="Table"' in rows
    trying.send(
        go="next", **{"things.0.thing.value": "Table", "things.0.price.value": "80", "photos.file": "kitchen.jpg"}
    )
    end = trying.send(
        go="next", **{"iban.value": "BE68 5390 0754 7034", "true.value": "true", "sign.typed": "Anna Peeters"}
    )
    assert "Check your answers" in end
    for said in ("A pipe broke.", "kitchen.jpg", "Anna Peeters"):
        assert said in end
    assert "The theft" not in end
    assert "A pipe broke." in trying.send(to="what")


def test_nothing_of_it_is_kept(administrator: Browser, database_url: str) -> None:
    trying = Trying(administrator, title="Asked")
    administrator.send_form(
        f"{trying.template}/edit/elements?type=text&page=questions", label="Your name", required="yes"
    )
    trying.send(go="next", **{"your_name.value": "Canary Bird"})
    with psycopg.connect(database_url) as database:
        tables = database.execute(
            "SELECT table_name FROM information_schema.tables WHERE table_schema = 'public' AND table_type = 'BASE TABLE'"
        ).fetchall()
        for (table,) in tables:
            found = database.execute(
                f"SELECT count(*) FROM \"{table}\" t WHERE t::text LIKE '%Canary Bird%'"
            ).fetchone()  # type: ignore[arg-type]
            assert found == (0,), table
        for table in ("forms", "form_responses", "form_answers"):
            of_it = database.execute(f"SELECT count(*) FROM {table}").fetchone()  # type: ignore[arg-type]
            assert of_it is not None
    assert "Canary Bird" in trying.text


def test_it_is_shown_in_each_language_and_only_within_the_app(administrator: Browser) -> None:
    trying = Trying(administrator, starter="accident-report")
    page = administrator.get(f"{trying.template}/preview?language=nl&width=desktop")
    assert 'data-width="desktop"' in page.text
    framed = administrator.get(f"{trying.address}?language=nl")
    assert "Wat er gebeurde" in unescape(administrator.get(f"{trying.address}?language=nl&page=what").text)
    assert "frame-ancestors 'self'" in framed.headers["content-security-policy"]
    assert "script-src" not in framed.headers["content-security-policy"]


def test_what_is_not_right_yet_is_said_in_place_of_it(administrator: Browser) -> None:
    trying = Trying(administrator, title="Asked")
    path = f"{trying.template}/edit/elements?type=text&page=questions"
    administrator.send_form(path, label="Age")
    administrator.send_form(path, label="Name", **{"visible_when.json": '{"data.age": {"$eq": "3"}}'})
    administrator.send_form(f"{trying.template}/edit/elements/remove", key="age")
    refused = administrator.get(f"{trying.template}/preview")
    assert refused.status_code == 400
    assert "To be put right" in refused.text
    assert administrator.get(trying.address).status_code == 400


@pytest.mark.parametrize("sent", ["[1]", '{"values": [1]}', '{"values": {"nothing": 1}}', "", "x" * 1_000_001])
def test_what_goes_along_may_be_anything(administrator: Browser, sent: str) -> None:
    trying = Trying(administrator, starter="new-employee")
    answer = administrator.send_form(trying.address, tried=sent, page="you", go="next")
    assert answer.status_code in (200, 400)


def test_files_of_rows_are_their_names(administrator: Browser) -> None:
    """Also where they are required, as a paper of each owner of a company."""
    trying = Trying(administrator, starter="kyc-company")
    trying.text = unescape(administrator.get(f"{trying.address}?page=owners").text)
    row = {
        "directors.cell.1.name": "Anna",
        "owners.0.owner_name.value": "Anna",
        "owners.0.owner_born_on.value": "1980-02-01",
    }
    row |= {"owners.0.owner_nationality.value": "BE", "owners.0.owner_share.value": "100"}
    row |= {"owners.0.owner_office.value": "false", "owners.0.owner_id.file": "passport.pdf"}
    trying.shown = administrator.get(f"{trying.address}?page=owners").text
    assert "There is a problem" not in trying.send(go="next", **row)
    again = trying.send(to="owners")
    assert "passport.pdf" in again
    assert "There is a problem" not in trying.send(go="next", **row, **{"owners.0.owner_id.value": "passport.pdf"})


def test_what_comes_by_an_answer_on_the_page_is_shown_first(administrator: Browser) -> None:
    trying = Trying(administrator, title="Asked")
    path = f"{trying.template}/edit/elements?type=text&page=questions"
    administrator.send_form(path, label="Age")
    administrator.send_form(path, label="Name", required="yes", **{"visible_when.json": '{"data.age": {"$eq": "3"}}'})
    shown = trying.send(go="next", **{"age.value": "3", "age.base": ""})
    assert "Name" in shown
    assert "There is a problem" not in shown
    assert "There is a problem" in trying.send(go="next", **{"age.value": "3", "name.value": ""})
