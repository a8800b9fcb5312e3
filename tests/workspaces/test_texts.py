"""What messages of a workspace have in common: written in Settings → Messages, seen as a desktop and a phone show it."""

import html
import re
from typing import Any

import pytest

from dossier.workspaces.model import Workspace
from tests.world import Browser, World

PAGE = "/workspace/settings/messages"


@pytest.fixture
def ada(world: World, workspace: Workspace) -> Browser:
    return world.browser(world.member(workspace, f"ada-{workspace.slug}@example.org", "administrator"))


def sample(browser: Browser, language: str = "en") -> Any:
    return browser.get(f"{PAGE}/sample", params={"language": language})


def test_signature_footer_and_snippets_are_seen_at_once(ada: Browser) -> None:
    saved = ada.send_form(PAGE, kind="closing", name="", language="fr", body="Cordialement, {{ owner.name }}")
    assert saved.status_code == 200
    assert "Cordialement, {{ owner.name }}" in html.unescape(saved.text)
    ada.send_form(PAGE, kind="footer", name="", language="fr", body="Acme NV")
    page = ada.send_form(PAGE, kind="snippet", name="thanks", language="fr", body="**Merci** {{ contact.name }}")
    assert "{{ snippets.thanks }}" in html.unescape(page.text)
    shown = sample(ada, "fr").text
    assert "Cordialement, " in shown
    assert "Acme NV" in shown
    assert "<strong>Merci</strong>" in shown
    ada.send_form(PAGE, kind="snippet", name="thanks", language="fr", body="")
    assert "Merci" not in sample(ada, "fr").text


def test_an_unknown_name_is_said_with_its_place_and_what_was_typed_stays(ada: Browser) -> None:
    refused = ada.send_form(PAGE, kind="closing", name="", language="en", body="x\n{{ ownr.name }}")
    assert refused.status_code == 400
    page = html.unescape(refused.text)
    assert "Line 2, column 4: there is no name “ownr.name”; did you mean “owner.name”?" in page
    assert "x\n{{ ownr.name }}" in page


def test_what_cannot_be_read_is_said_in_the_readers_language(ada: Browser) -> None:
    ada.headers["Accept-Language"] = "fr"
    for body, says in {
        "{{ case.title | shout }}": "Ligne 1, colonne 17 : ceci ne peut être lu ; regardez les accolades",
        "{{ snippets.x | upcase }}": "Ligne 1, colonne 4 : un extrait se tient seul, sans filtres",
    }.items():
        refused = ada.send_form(PAGE, kind="closing", name="", language="en", body=body)
        assert says in html.unescape(refused.text).replace("\u202f", " ").replace("\u00a0", " ")


def test_a_sample_can_do_nothing_but_be_looked_at(ada: Browser) -> None:
    ada.send_form(PAGE, kind="footer", name="", language="en", body="<script>alert(1)</script>[x](javascript:a)")
    answer = sample(ada)
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert not re.search(r"<script|href=.javascript", answer.text)


def test_the_language_of_the_workspace_is_chosen(ada: Browser) -> None:
    assert "Make it the language" in ada.get(PAGE, params={"language": "nl"}).text
    assert "Make it the language" not in ada.send_form(f"{PAGE}/language", language="nl").text


def test_what_was_written_is_in_the_audit_log(ada: Browser) -> None:
    ada.send_form(PAGE, kind="footer", name="", language="en", body="Acme")
    assert "changed what messages have in common" in ada.get("/workspace/settings/audit").text


@pytest.mark.parametrize("role", ["handler", "limited"])
def test_who_does_not_design_does_not_write(world: World, workspace: Workspace, role: str) -> None:
    browser = world.browser(world.member(workspace, f"{role}-{workspace.slug}@example.org", role))
    assert browser.get(PAGE).status_code == 403
    assert browser.send_form(PAGE, kind="footer", name="", language="en", body="x").status_code == 403
