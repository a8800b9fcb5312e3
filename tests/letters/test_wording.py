"""What texts say about a case: values as the reader writes them, in the language that they read, in the look of the workspace."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest

from dossier.cases import KEEPING
from dossier.foundation.actor import Actor, Scope
from dossier.foundation.database import Transaction
from dossier.foundation.errors import Conflict, Invalid
from dossier.letters import Wording, Writing, first_recipient, mail
from dossier.texts import Composed
from dossier.workspaces import actions as workspaces
from dossier.workspaces.model import MOST_TEXTS, Workspace, WorkspaceText
from tests.world import OPERATOR, Api, World

FIELDS = [
    {"key": "amount", "type": "currency", "name": "Amount", "currency": "EUR"},
    {"key": "day", "type": "date", "name": "Day"},
    {"key": "agreed", "type": "checkbox", "name": "Agreed"},
    {
        "key": "colours",
        "type": "multiple_choice",
        "name": "Colours",
        "options": [{"value": "r", "label": "Red"}, {"value": "b", "label": "Blue"}],
    },
    {"key": "long", "type": "text", "name": "Long"},
    {
        "key": "lines",
        "type": "table",
        "name": "Lines",
        "columns": [{"key": "price", "type": "currency", "name": "Price", "currency": "EUR"}],
    },
    {"key": "empty", "type": "text", "name": "Empty"},
]
BODY = """{{ case.title }}|{{ case.status }}|{{ data.amount }}|{{ data.day }}|{{ data.agreed }}|{{ data.colours }}|{{ data.long | size }}
{%- for line in data.lines %}|{{ line.price }}{% endfor %}|{{ contact.name }}|{{ contacts.main.email }}|{{ workspace.name }}|{{ step.title }}
{%- if raw.amount > 1000 %}|much{% endif %}{% if raw.agreed %}|yes{% endif %}|{{ data.empty }}"""
STEP = {
    "key": "mail",
    "title": "Mail",
    "type": "email",
    "recipient": "main",
    "subject": "About {{ case.title }}",
    "body": BODY,
}
DATA = {
    "amount": 1840.5,
    "day": "2026-03-01",
    "agreed": True,
    "colours": ["b", "r"],
    "long": "x" * 2000,
    "lines": [{"price": 2}, {"price": 3.5}],
}


@pytest.fixture
def case(api: Api, make_template: Callable[..., Any], make_case: Callable[..., Any]) -> Callable[..., UUID]:
    def make(step: dict[str, Any] | None = None, **more: Any) -> UUID:
        template = make_template(schema=FIELDS, steps=[STEP | (step or {})])["id"]
        contact = {"email": "ada@example.org", "given_name": "Ada", "family_name": "Byron"}
        made = make_case(
            template={"id": template},
            schema=[{"key": key, "value": value} for key, value in DATA.items()],
            contacts=[contact],
            **more,
        )
        return UUID(made["id"])

    return make


@pytest.fixture
def boss(workspace: Workspace) -> Actor:
    return replace(OPERATOR, scope=Scope((workspace.id,)))


@pytest.fixture
def preview(world: World, boss: Actor) -> Callable[..., Composed]:
    async def said(tx: Transaction, id: UUID) -> Composed:
        case = await KEEPING.get(tx, id)
        assert case.template
        (step,) = case.template.steps
        writing = Writing(first_recipient(case, step), step, base_url="https://dossier.example")
        return await mail(tx, case, Wording.of(step), writing)

    def make(case: UUID) -> Composed:
        made: Composed = world.do(lambda tx: said(tx, case), boss)
        return made

    return make


@pytest.fixture
def write(world: World, boss: Actor, workspace: Workspace) -> Callable[..., None]:
    def do(*text: Any) -> None:
        world.do(lambda tx: workspaces.write_text(tx, workspace.id, WorkspaceText(*text)), boss)

    return do


SAID = {
    "en": "A case|Draft|€1,840.50|1 Mar 2026|Yes|Blue, Red|2000|€2.00|€3.50|Ada Byron|ada@example.org|{w}|Mail|much|yes|",
    "fr-BE": "A case|Brouillon|1 840,50 €|1 mars 2026|Oui|Blue, Red|2000|2,00 €|3,50 €|Ada Byron|ada@example.org|{w}|Mail|much|yes|",
}


@pytest.mark.parametrize("locale", SAID)
def test_values_are_written_as_the_reader_writes_them(
    preview: Any, workspace: Workspace, case: Any, locale: str
) -> None:
    made = preview(case(locale=locale))
    plain = made.text.strip().replace("\u202f", " ").replace("\u00a0", " ")
    assert plain == SAID[locale].format(w=workspace.name)
    assert made.missing == ("data.empty",)
    assert made.subject == "About A case"
    assert f'<html lang="{locale}"' in made.html


def test_a_text_in_the_readers_language_comes_first(preview: Any, case: Any) -> None:
    texts = {"fr": {"subject": "Bonjour {{ contact.given_name }}"}, "nl": {"body": "Dag"}}
    assert preview(case({"texts": texts}, locale="fr-BE")).subject == "Bonjour Ada"
    assert preview(case({"texts": texts}, locale="nl")).text == "Dag\n"
    assert preview(case({"texts": texts}, locale="de")).subject == "About A case"


def test_a_mail_has_signature_footer_and_snippets_in_the_readers_language(
    preview: Any, write: Any, workspace: Workspace, case: Any
) -> None:
    write("closing", "", "en", "Kind regards, {{ owner.name }}{{ workspace.name }}")
    write("closing", "", "fr", "Cordialement")
    write("footer", "", "en", "Acme NV")
    write("snippet", "closing", "fr", "**Merci** {{ contact.given_name }}")
    step = {"body": "Hi\n\n{{ snippets.closing }}"}
    assert preview(case(step, locale="fr")).text == "Hi\n\nMerci Ada\n\nCordialement\n\n-- \nAcme NV\n"
    english = preview(case(step))
    assert english.text == f"Hi\n\nMerci Ada\n\nKind regards, {workspace.name}\n\n-- \nAcme NV\n"
    assert "<strong>Merci</strong>" in english.html
    assert "#0b5fa8" in english.html
    write("footer", "", "en", " ")
    assert "Acme" not in preview(case(step)).text


def test_the_workspaces_language_is_for_who_says_none(
    world: World, boss: Actor, preview: Any, workspace: Workspace, case: Any
) -> None:
    world.do(lambda tx: workspaces.set_language(tx, workspace.id, "nl"), boss)
    assert "Concept" in preview(case()).text


def test_what_is_wrong_with_a_text_of_the_workspace_is_refused(write: Any) -> None:
    for text in (
        ("snippet", "a b", "en", "x"),
        ("snippet", "a", "english", "x"),
        ("footer", "", "en", "{{ nobody.name }}"),
        ("snippet", "a", "en", "{{ snippets.a }}"),
    ):
        with pytest.raises(Invalid):
            write(*text)


def test_a_workspace_has_so_many_texts(world: World, boss: Actor, write: Any, workspace: Workspace) -> None:
    def fill(tx: Any) -> Any:
        return tx.send(
            "INSERT INTO workspace_texts SELECT %(w)s, 'snippet', 's' || n, 'en', 'x', now() FROM generate_series(1, %(n)s) n",
            w=workspace.id,
            n=MOST_TEXTS,
        )

    world.do(fill, boss)
    write("snippet", "s1", "en", "y")
    with pytest.raises(Conflict):
        write("snippet", "more", "en", "x")
