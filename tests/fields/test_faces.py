"""The registry: every face of every type, in every language."""

import re
from html import unescape
from types import SimpleNamespace
from typing import Any

import pytest

from dossier.case_templates.model import CASES
from dossier.conditions.rows import OPERATORS, FilterRow, from_rows
from dossier.fields import COLUMN_TYPES, FIELD_TYPES, Field, Shown, as_typed, field_choices
from dossier.fields.faces import Rows
from dossier.foundation.errors import Invalid
from dossier.foundation.pages.language import LANGUAGES, Language, language
from dossier.web import render_text
from dossier.workspaces.model import Workspace
from tests.fields.support import SAMPLES, definition, field
from tests.world import Browser, World

EVERY = pytest.mark.parametrize("kind", FIELD_TYPES)
IN_EVERY_LANGUAGE = pytest.mark.parametrize("code", LANGUAGES)


def sample(kind: str) -> Field:
    return field(kind, **SAMPLES[kind].options)


def drawn(made: Field, code: str, **shown: Any) -> str:
    """The field as the case page draws it, for a user of that language."""
    user = SimpleNamespace(language=code, form_token="t", may=lambda _permission: True)
    case = {"id": "c", "version": 1, "archived_at": None}
    return render_text(code, "cases/field.html", user=user, case=case, fixed=False, shown=Shown(made, **shown))


def test_every_type_has_a_sample() -> None:
    assert set(SAMPLES) == set(FIELD_TYPES)


@EVERY
@IN_EVERY_LANGUAGE
def test_what_it_is_called(kind: str, code: str) -> None:
    """Its name and its options in the designer have their French and their Dutch."""
    speaks, made = language(code), FIELD_TYPES[kind]
    sentences = [made.called, *(each.label for each in made.designed), *(each.hint for each in made.designed)]
    assert made.called
    for sentence in filter(None, sentences):
        assert code == "en" or (speaks.translations.gettext(sentence) != "" and _is_known(speaks, sentence)), sentence


def _is_known(speaks: Language, sentence: str) -> bool:
    return sentence in getattr(speaks.translations, "_catalog", {})


@EVERY
def test_the_designer_knows_every_option(kind: str) -> None:
    own = {each.alias or name for name, each in FIELD_TYPES[kind].model_fields.items()}
    own -= {each.alias or name for name, each in Field.model_fields.items()}
    assert {option.name for option in FIELD_TYPES[kind].designed} == own


@EVERY
@IN_EVERY_LANGUAGE
def test_its_input_is_drawn(kind: str, code: str) -> None:
    """Empty and filled: it is under its name, and says its value where it can be typed."""
    made, value = sample(kind), SAMPLES[kind].value
    empty, filled = drawn(made, code, value=None), drawn(made, code, value=value)
    assert "K" in unescape(empty)
    assert made.read_only or re.search(r'name="(value|cell\.)', empty)
    assert made.read_only == ('name="value' not in filled and 'name="cell' not in filled)
    assert made.wide == isinstance(made.input(language(code)), Rows)


def test_a_phone_shows_the_keys_of_numbers_where_one_is_typed() -> None:
    """And what is typed stands at the right, from left to right in every language."""
    number, text = (
        re.findall(r'inputmode="(\w+)" dir="(\w+)"', drawn(sample(kind), "en", value=None))
        for kind in ("number", "text")
    )
    assert (number, text) == ([("decimal", "ltr")], [])


@pytest.mark.parametrize("kind", COLUMN_TYPES)
@IN_EVERY_LANGUAGE
def test_its_cell_is_drawn(kind: str, code: str) -> None:
    column = definition(kind, **SAMPLES[kind].options)
    html = drawn(field("table", columns=[column]), code, value=[{"k": SAMPLES[kind].value}])
    assert 'name="cell.1.k"' in html
    assert 'name="cell.2.k"' in html, "a blank row to type into"


@EVERY
@IN_EVERY_LANGUAGE
def test_it_is_displayed(kind: str, code: str) -> None:
    assert sample(kind).displayed(SAMPLES[kind].value, language(code)) == SAMPLES[kind].displayed(code)


@EVERY
def test_what_an_older_definition_let_in_is_shown(kind: str) -> None:
    """A value of any kind is shown somehow, never an error: a template's field may have changed its type."""
    made = sample(kind)
    for value in ("text", 5, True, ["a"], {"a": "b"}, [{"a": 1}]):
        assert made.displayed(value, language("fr"))
        assert made.exported(value, language("fr")) is not None
        assert drawn(made, "fr", value=value)


@EVERY
@IN_EVERY_LANGUAGE
def test_it_is_exported(kind: str, code: str) -> None:
    cell = sample(kind).exported(SAMPLES[kind].value, language(code))
    assert not isinstance(cell, list | dict)
    assert str(cell)


@EVERY
def test_what_an_input_holds_is_read_again(kind: str) -> None:
    """What a person does not touch comes back as it was stored."""
    made, value = sample(kind), SAMPLES[kind].value
    if made.read_only:
        return
    if isinstance(value, dict):
        sent = [(f"value.{part}", text) for part, text in value.items()]
    elif isinstance(value, list) and isinstance(value[0], dict):
        sent = [(f"cell.{place}.{key}", as_typed(cell)) for place, row in enumerate(value) for key, cell in row.items()]
    else:
        sent = [("value", as_typed(each)) for each in (value if isinstance(value, list) else [value])]
    assert made.typed(sent) == value
    assert made.typed([]) is None


@EVERY
def test_it_is_compared_by_rows(kind: str) -> None:
    choices = list(field_choices([definition(kind, **SAMPLES[kind].options)]))
    assert len(choices) == (FIELD_TYPES[kind].compared is not None)
    for choice in choices:
        assert set(choice.compared.operators) <= set(OPERATORS)
        typed = as_typed(SAMPLES[kind].value)
        for name in choice.compared.operators:
            row = FilterRow(choice.name, OPERATORS[name][0], OPERATORS[name][1] or typed)
            assert from_rows("all", [row], choices, CASES)["attributes"]
        if choice.compared.input in ("decimal", "date", "time"):
            with pytest.raises(Invalid):
                from_rows("all", [FilterRow(choice.name, "$eq", "soon")], choices, CASES)


@pytest.mark.long
@IN_EVERY_LANGUAGE
def test_every_form_of_the_designer_opens(world: World, workspace: Workspace, code: str) -> None:
    """A new type must not break the page of every template."""
    person = world.browser(world.member(workspace, f"d-{code}-{workspace.slug}@example.org", "administrator"))
    person.headers["Accept-Language"] = code
    address = str(person.send_form("/workspace/templates", title="T").url.path)
    page = person.get(address)
    assert page.status_code == 200
    for kind in FIELD_TYPES:
        assert f'<option value="{kind}"' in page.text
        assert _opens(person, f"{address}/edit/schema?type={kind}"), kind


def _opens(person: Browser, address: str) -> bool:
    answer = person.get(address)
    return answer.status_code == 200 and 'name="name"' in answer.text
