"""Any form template, answered in any way: what the server says is visible, required, wrong and missing is what the pages show."""

import re
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dossier.form_templates.model import Asked, AskedElement, AskedPage, parse
from dossier.forms.actions.answering import asked_of
from dossier.forms.actions.submitting import wrong_in
from dossier.forms.model import FormUser
from dossier.foundation.errors import Invalid
from dossier.workspaces.model import Workspace
from tests.form_templates.test_consistency import documents
from tests.many import MANY
from tests.portal.support import Contact, Made, make_form, state, token
from tests.world import World

TEXTS = st.sampled_from(["a", "b", "", "x" * 20_000])
NUMBERS = st.sampled_from([0, 1, None, "7", "many"])


@st.composite
def answered(draw: st.DrawFn) -> tuple[dict[str, Any], list[tuple[str, Any]]]:
    """A document of a form that can be published, and answers to its elements one after the other."""
    while True:
        document = draw(documents())
        try:
            template = parse(document)
        except Invalid:
            continue
        given = [each for each in template.elements if each.answered]
        if given:
            break
    steps = []
    for element in draw(st.lists(st.sampled_from(given), max_size=4)):
        if element.type == "group":
            inner = {each.key: TEXTS if each.type == "text" else NUMBERS for each in element.elements if each.answered}
            value = draw(st.lists(st.fixed_dictionaries({}, optional=inner), max_size=4))
        else:
            value = draw(TEXTS if element.type == "text" else NUMBERS)
        steps.append((element.key, value))
    return document, steps


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


@settings(max_examples=200 if MANY else 12, deadline=None, suppress_health_check=list(HealthCheck))
@given(answered(), st.sampled_from([None, "fr"]), st.sampled_from([{}, {"o": "a"}]))
def test_a_page_shows_what_the_server_says(
    world: World,
    workspace: Workspace,
    case: tuple[dict[str, Any], list[tuple[str, Any]]],
    locale: str | None,
    options: dict[str, str],
) -> None:
    document, steps = case
    made = make_form(world, workspace, document, user=FormUser(email="eve@example.org", locale=locale), options=options)
    with made.visitor() as contact:
        contact.press("start")
        look(contact, made, document)
        word = token(contact.at("check").text)
        for key, value in steps:
            answer = contact.put(f"{made.address}/answers/{key}", json={"value": value}, headers={"x-csrf-token": word})
            assert answer.status_code == 200, answer.text
            assert set(answer.json()["visible"]) == said(made, document)[0].visible
            look(contact, made, document)
        found, wrong = said(made, document)
        done = contact.post(f"{made.address}/submit", data={"form_token": word})
        assert (state(done) == "done") == (found.complete and not wrong), done.text
        for missing in found.missing if state(done) != "done" else ():
            assert f"q-{missing.group or missing.element}" in done.text
