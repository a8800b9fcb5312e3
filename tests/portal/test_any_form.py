"""Any form template, answered in any way: what the server says is visible, required, wrong and missing is what the pages show."""

import re
from random import Random
from typing import Any

from hypothesis import HealthCheck, given, settings

from dossier.form_templates.model import Asked, AskedElement, AskedPage, parse
from dossier.forms.actions.answering import asked_of
from dossier.forms.actions.submitting import wrong_in
from dossier.forms.model import FormUser
from dossier.foundation.errors import Invalid
from dossier.workspaces.model import Workspace
from tests.form_templates.test_consistency import chances, document
from tests.many import MANY
from tests.portal.support import Contact, Made, make_form, state, token
from tests.world import World

TEXTS = ("a", "b", "", "x" * 20_000)
NUMBERS = (0, 1, None, "7", "many")


def answered(chance: Random) -> tuple[dict[str, Any], list[tuple[str, Any]]]:
    """A document of a form that can be published, and answers to its elements one after the other."""
    while True:
        made = document(chance)
        try:
            template = parse(made)
        except Invalid:
            continue
        given = [each for each in template.elements if each.answered]
        if given:
            break
    return made, [(each.key, _value(chance, each)) for each in chance.choices(given, k=chance.randint(0, 4))]


def _value(chance: Random, element: Any) -> Any:
    if element.type != "group":
        return chance.choice(TEXTS if element.type == "text" else NUMBERS)
    inner = [each for each in element.elements if each.answered]
    return [
        {each.key: _value(chance, each) for each in inner if chance.randrange(2)} for _ in range(chance.randint(0, 4))
    ]


def said(made: Made, document: dict[str, Any]) -> tuple[Asked, set[str]]:
    """What the server says: what is asked, and the elements of which something typed does not count."""
    response, form = made.responses()[0], made.now()
    found = asked_of(parse(document), form, response)
    return found, set(wrong_in(found, response))


def expected(page: AskedPage, wrong: set[str]) -> dict[str, tuple[bool, bool]]:
    """Input → whether it must be answered, and whether what was typed is wrong."""
    found = {}
    for each in page.elements:
        for name, element in _inputs(each):
            found[name] = (element.required, name in wrong)
    return found


def _inputs(each: AskedElement) -> list[tuple[str, AskedElement]]:
    if each.element.type == "group":
        rows = ((row.place, inner) for row in each.rows for inner in row.elements)
        return [(f"{each.key}.{place}.{inner.key}", inner) for place, inner in rows if inner.element.answered]
    return [(each.key, each)] if each.element.answered else []


def drawn(text: str) -> dict[str, tuple[bool, bool]]:
    """The same of a page as it is drawn."""
    found = {}
    for classes, name, label in re.findall(
        r'<div class="p-question([^"]*)" data-name="([^"]+)".*?<label class="p-label"[^>]*>(.*?)</label>',
        text,
        re.DOTALL,
    ):
        found[name] = ("optional" not in label, "is-wrong" in classes)
    return found


def look(contact: Contact, made: Made, document: dict[str, Any]) -> None:
    found, wrong = said(made, document)
    shown = {page.key for page in found.pages}
    for page in parse(document).pages:
        got = contact.at("pages", page.key)
        if page.key not in shown:
            assert not got.url.path.endswith(f"/pages/{page.key}"), "a page that is hidden is none"
            continue
        asked = found.page(page.key)
        assert asked
        assert set(re.findall(r'data-element="([^"]+)"', got.text)) == {
            each.key for each in asked.elements if each.element.shown
        }
        assert drawn(got.text) == expected(asked, wrong), page.key


@settings(max_examples=200 if MANY else 12, suppress_health_check=list(HealthCheck))
@given(chances)
def test_a_page_shows_what_the_server_says(world: World, workspace: Workspace, chance: Random) -> None:
    asked, steps = answered(chance)
    locale, options = chance.choice((None, "fr")), chance.choice(({}, {"o": "a"}))
    made = make_form(world, workspace, asked, user=FormUser(email="eve@example.org", locale=locale), options=options)
    with made.visitor() as contact:
        contact.press("start")
        look(contact, made, asked)
        word = token(contact.at("check").text)
        for key, value in steps:
            answer = contact.put(f"{made.address}/answers/{key}", json={"value": value}, headers={"x-csrf-token": word})
            assert answer.status_code == 200, answer.text
            assert set(answer.json()["visible"]) == said(made, asked)[0].visible
            look(contact, made, asked)
        found, wrong = said(made, asked)
        done = contact.post(f"{made.address}/submit", data={"form_token": word})
        assert (state(done) == "done") == (found.complete and not wrong), done.text
        for missing in found.missing if state(done) != "done" else ():
            assert f"q-{missing.group or missing.element}" in done.text
