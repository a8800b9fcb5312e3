"""What one can begin with: right in every part, and said in three languages."""

import pytest

from dossier.form_templates.model import asked, completeness, parse, paths
from dossier.form_templates.model.asking import Situation
from dossier.form_templates.model.saying import part_of, said, texts_of
from dossier.form_templates.model.starters import STARTERS, starter, starters_in
from dossier.foundation.errors import NotFound


@pytest.mark.parametrize("name", STARTERS)
def test_a_starter_is_right_and_speaks_three_languages(name: str) -> None:
    document = starter(name)
    template = parse(document)
    assert (template.slug, template.languages) == (name, ("en", "fr", "nl"))
    for language in template.languages:
        done, wanted = completeness(template, language)
        assert done == wanted > 50, language
    for language, texts in document["texts"].items():
        assert set(texts) == set(paths(template)), language
        same = [path for path, text in texts.items() if " " in text and text == paths(template)[path]]
        assert all(path.endswith(".example") for path in same), f"not translated to {language}: {same}"


@pytest.mark.parametrize("name", STARTERS)
def test_a_starter_asks_for_what_a_case_and_its_contact_take(name: str) -> None:
    template = parse(starter(name))
    assert {"contact.email", "contact.phone", "contact.given_name", "contact.family_name"} <= set(template.bound)
    assert any(each.startswith("data.") for each in template.bound)
    kinds = {each.type for each in template.all_elements()}
    assert {"group", "file", "signature"} <= kinds
    assert all(each.definition.get("accept") for each in template.all_elements() if each.type == "file")
    assert any(each.visible_when for each in template.all_elements())
    assert template.messages.invitation
    assert template.messages.confirmation
    assert len(template.messages.reminders) == 2


def test_a_page_of_a_starter_is_asked_only_of_whom_it_concerns() -> None:
    template = parse(starter("household-claim"))
    pages = lambda cause: [each.key for each in asked(template, Situation({"cause": cause})).pages]  # noqa: E731
    assert ("water" in pages("water"), "theft" in pages("water")) == (True, False)
    assert ("water" in pages("theft"), "theft" in pages("theft")) == (False, True)


def test_titles_are_told_in_the_readers_language() -> None:
    assert starters_in("fr")[0][1] == "Déclaration d’accident"
    assert starters_in("de")[0][1] == "Accident report", "a language that they do not speak"
    with pytest.raises(NotFound):
        starter("../secrets")


@pytest.mark.parametrize("name", STARTERS)
def test_texts_of_a_draft_are_those_of_the_template(name: str) -> None:
    """What the studio has translated of a draft, right or not, is what a form can say."""
    document = starter(name)
    assert texts_of(document) == paths(parse(document))
    assert said(document, "fr") == completeness(parse(document), "fr")
    del document["texts"]["fr"]["title"]
    done, wanted = said(document, "fr")
    assert done == wanted - 1


def test_texts_of_every_part_have_their_place() -> None:
    options = [{"value": "a", "label": "A"}, {"value": "b"}]
    table = {
        "key": "t",
        "label": "T",
        "columns": [{"key": "k", "name": "K", "options": options}, {"key": "n", "name": ""}],
    }
    group = {"key": "g", "label": "G", "help": "H", "elements": [{"key": "i", "text": "I", "example": "E"}]}
    document = {
        "title": "Form",
        "description": None,
        "pages": [{"key": "p", "title": "P", "elements": [table, group]}, {"key": "q", "description": "D"}],
        "messages": {
            "invitation": {"email": {"subject": "S", "body": "B"}, "sms": {"body": "M"}},
            "code": None,
            "reminders": [{"subject": "R"}, {"body": "RB"}],
        },
        "texts": {"fr": {"title": "F", "pages.p.title": "", "elements.t.label": "T"}},
    }
    assert texts_of(document) == {
        "title": "Form",
        "pages.p.title": "P",
        "pages.q.description": "D",
        "elements.t.label": "T",
        "elements.t.columns.k": "K",
        "elements.t.columns.k.options.a": "A",
        "elements.g.label": "G",
        "elements.g.help": "H",
        "elements.i.text": "I",
        "elements.i.example": "E",
        "messages.invitation.email.subject": "S",
        "messages.invitation.email.body": "B",
        "messages.invitation.sms.body": "M",
        "messages.reminders.0.subject": "R",
        "messages.reminders.1.body": "RB",
    }
    assert (said(document, "fr"), said(document, "nl"), said({}, "fr")) == ((2, 15), (0, 15), (0, 0))


@pytest.mark.parametrize(
    ("path", "part"),
    [
        ("title", "form"),
        ("pages.p.title", "p"),
        ("elements.t.columns.k", "t"),
        ("messages.code.sms.body", "messages"),
        ("description", "form"),
    ],
)
def test_what_a_text_belongs_to(path: str, part: str) -> None:
    assert part_of(path) == part
