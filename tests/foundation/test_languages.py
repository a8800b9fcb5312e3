"""The app speaks three languages, whole: every sentence is in the catalogues, and none stands outside of them."""

import re
from decimal import Decimal
from typing import Any

import pytest
from jinja2 import Environment

from dossier.foundation.pages.language import language
from dossier.workspaces.model import Workspace
from tests.catalogue import LANGUAGES, OUTSIDE, SOURCE, catalogue, missing, said, wanted
from tests.world import Api, World

NAMES = {
    "Esc",
    "XLSX",
    "Dossier",
    "YAML",
    "JSON",
    "GET",
    "POST",
    "PUT",
    "PATCH",
    "DELETE",
    "nl",
    "BE",
    "v",
}  # the same everywhere


@pytest.mark.long
@pytest.mark.parametrize("code", [*LANGUAGES, *OUTSIDE])
def test_every_sentence_is_translated(code: str) -> None:
    """In German and Arabic: every one that people outside may read."""
    assert missing(code) == [], "python -m tests.catalogue adds them to the catalogues"
    said_there = {each if isinstance(each, str) else each[0] for each in wanted(code)}
    known = {each.id if isinstance(each.id, str) else each.id[0] for each in catalogue(code) if each.id}
    assert known <= said_there, "no sentence that nobody says any more"


@pytest.mark.parametrize("code", [*LANGUAGES, *OUTSIDE])
def test_values_stay_in_the_sentences(code: str) -> None:
    for message in catalogue(code):
        originals = message.id if isinstance(message.id, tuple) else (message.id,)
        strings = message.string if isinstance(message.string, tuple) else (message.string,)
        for each in strings if message.id else ():
            for gap in (r"%\(\w+\)s", r"{\w+}"):
                assert set(re.findall(gap, originals[0])) == set(re.findall(gap, each)), each
            assert originals[0].startswith(" ") == each.startswith(" "), each


def test_no_refusal_is_put_together_before_it_is_said() -> None:
    """Its values stay apart from its sentence; else nobody could read it in another language."""
    assert [each.where for each in said() if each.put_together] == []


def test_no_library_speaks_to_people() -> None:
    """What pydantic, email-validator, RE2 or a parser says in English, in a gap `reason`, is for programs."""
    told = [sentence for each in said() if not each.instead for sentence in each.sentences]
    assert len(told) > 300
    assert [each for each in told if "{reason}" in each] == []


def test_no_sentence_stands_outside_the_catalogue() -> None:
    """What a template says itself, between its tags and in the attributes that people read."""
    bare = {}
    for path in SOURCE.rglob("*.html"):
        if path.name == "showcase.html":  # for developers
            continue
        source = re.sub(
            r"{%-? *trans.*?endtrans -?%}|{% set attributes %}.*?{% endset %}", "", path.read_text(), flags=re.DOTALL
        )
        text = "".join(value if kind == "data" else "\0" for _, kind, value in Environment(autoescape=True).lex(source))
        shown = re.findall(r'(?:placeholder|aria-label|title|alt)="([^"]*)"', text)
        shown.append(re.sub(r"<[^>]*>", " ", text))
        words = {word for each in shown for word in re.findall(r"[A-Za-z]+", re.sub(r"&\w+;", " ", each))} - NAMES
        if words:
            bare[path.name] = words
    assert bare == {}


def test_dates_and_numbers_are_written_as_their_readers_do() -> None:
    english, french, dutch = (language(code) for code in ("en", "fr", "nl"))
    assert [each.day("2026-03-05") for each in (english, french, dutch)] == ["5 Mar 2026", "5 mars 2026", "5 mrt 2026"]
    amounts = [each.money(Decimal("1234.5"), "EUR").replace("\u202f", " ").replace("\xa0", " ") for each in (english, french, dutch)]  # fmt: skip
    assert amounts == ["€1,234.50", "1 234,50 €", "€ 1.234,50"]
    sizes = [each.size(size).replace("\u202f", " ") for each in (english, french, dutch) for size in (0, 1234, 10**10)]
    assert sizes == ["0.1 kB", "1.2 kB", "10 GB", "0,1 ko", "1,2 ko", "10 Go", "0,1 kB", "1,2 kB", "10 GB"]
    assert [each.countries["DE"] for each in (english, french, dutch)] == ["Germany", "Allemagne", "Duitsland"]


@pytest.mark.long
@pytest.mark.parametrize(("code", "says"), [("fr", "Il n’y a pas encore de dossier."), ("nl", "Er is nog geen dossier.")])  # fmt: skip
def test_a_member_chooses_a_language(world: World, workspace: Workspace, code: str, says: str) -> None:
    browser = world.browser(world.member(workspace, f"{code}-{workspace.slug}@example.org"))
    browser.send_form("/workspace/settings/profile", language=code)
    assert says in browser.get("/workspace/cases").text
    refused = browser.get("/workspace/settings/api")
    assert {"fr": "l’autorisation", "nl": "het recht"}[code] in refused.text


@pytest.mark.long
def test_a_refusal_with_values_in_it_is_translated(
    world: World, api: Api, workspace: Workspace, make_case: Any
) -> None:
    browser = world.browser(world.member(workspace, f"refused-{workspace.slug}@example.org"))
    browser.send_form("/workspace/settings/profile", language="nl")
    case = make_case(schema=[{"key": "rank", "type": "number", "name": "Rank", "max": 5}])["id"]
    refused = browser.send_form(f"/workspace/cases/{case}/fields/rank", value="6")
    assert "“Rank” mag hoogstens 5 zijn." in refused.text
    api.json("POST", f"/v1/cases/{case}/data", 400, json={"data": {"rank": "x"}})
    assert "Concept" in browser.get(f"/workspace/cases/{case}").text
