"""Documents of form templates: what may be in one, and every fault at once with its pointer."""

from copy import deepcopy
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from dossier.form_templates.model import Binding, Wording, chosen_language, completeness, parse, parse_stored, paths
from dossier.form_templates.model.schema import document_schema
from dossier.foundation.errors import Invalid
from tests.form_templates.support import ACCIDENT, document, text
from tests.world import Api, errors


def faults(raw: Any) -> dict[str, str]:
    """Pointer → code of everything that is wrong with a document."""
    with pytest.raises(Invalid) as refused:
        parse(raw)
    return {each.pointer or "": each.code for each in refused.value.problems}


def test_the_template_that_is_made_of_it() -> None:
    template = parse(ACCIDENT)
    phone = template.element_by_key["phone"]
    assert (phone.field and phone.field.name, phone.binding, phone.required) == (
        "Your phone",
        Binding("contact", "phone"),
        True,
    )
    assert list(template.bound) == ["contact.phone", "data.hurt", "data.photos"]
    assert template.element_by_key["cost"].field
    assert template.group_of["cost"] == "who"
    assert template.page_of["cost"].key == "you"
    assert [(each.key, each.overrides) for each in template.presets] == [
        ("default", {}),
        ("short", {"access": "direct", "expires_after": None}),
    ]
    assert template.messages.invitation
    assert template.messages.invitation.sms == "{{ form.link }}"
    assert [each.times for each in template.messages.reminders] == [3]


def test_what_is_left_out_has_a_value() -> None:
    template = parse(document(text("a")))
    assert (template.access, template.decline, template.expires_after, template.locale) == (
        "direct",
        False,
        "P60D",
        "en",
    )
    assert [(each.key, each.name) for each in template.presets] == [("default", "T")]
    assert parse(document(text("a"), expires_after=None)).expires_after is None


@pytest.mark.parametrize(
    ("raw", "wrong"),
    [
        ({"title": "T"}, {"/pages": "missing_member"}),
        ({"title": "T", "pages": []}, {"/pages": "missing_member"}),
        ({"title": "T", "pages": [{"key": "p", "title": "P"}]}, {"/pages/0/elements": "missing_member"}),
        (document(text("a")) | {"title": " "}, {"/title": "invalid_value"}),
        (
            {"title": "T", "pages": [{"key": "p", "title": "\t ", "elements": [text("a")]}]},
            {"/pages/0/title": "invalid_value"},
        ),
    ],
)
def test_a_form_that_asks_nothing_is_kept_as_a_draft_and_not_published(
    api: Api, raw: dict[str, Any], wrong: dict[str, str]
) -> None:
    refused = api.post("/v1/form_templates", json={"slug": "t"} | raw)
    assert (refused.status_code, errors(refused)) == (400, wrong)
    assert parse_stored(raw).title == raw["title"], "what was published before stays readable"
    draft = api.post("/v1/form_templates?draft=true", json={"slug": "t"} | raw)
    assert draft.status_code in (200, 201), draft.text


def test_keys_lose_the_name_of_their_space() -> None:
    elements = ({"key": "files.photos", "type": "file", "label": "P"}, {"key": "signatures.s", "type": "signature", "label": "S", "items": [{"attachment": "files.photos"}]},
                text("data.a"), {"key": "g", "type": "group", "label": "G", "elements": [text("data.b")]})  # fmt: skip
    template = parse(document(*elements))
    assert list(template.element_by_key) == ["photos", "s", "a", "g", "b"]
    assert template.element_by_key["s"].definition["items"] == [{"attachment": "photos"}]


def test_every_fault_at_once() -> None:
    wrong = document(
        {"key": "a", "type": "number", "label": "A", "min": "x"},
        {"key": "a", "type": "texxt", "label": "B"},
        text("c", bogus=1, field="contact.phone"),
        {"key": "d", "type": "group", "label": "D"},
        {"key": "e", "type": "computed", "formula": "nope + 1"},
        {"key": "i", "type": "information", "required": True},
        {"key": "f", "type": "text", "visible_when": {"data.zz": {"$eq": 1}}},
        {"key": "s", "type": "signature", "label": "S", "items": [{"attachment": "nofile"}]},
        {"key": "g", "type": "group", "label": "G", "elements": [text("g1", field="data.x"), {"key": "g2", "type": "group", "label": "G2", "elements": [text("g3")]}]},
        text("h", visible_when={"data.g1": {"$eq": "x"}, "options.no": {"$eq": 1}}, section="x", text="no"),
        text("j", field="case.x"),
        text("k", field="data.one"),
        text("l", field="data.one"),
        presets=[{"name": "x", "options": {"no": 1, "o": 1}, "expires_after": "bogus"}],
        options=[{"key": "o", "type": "text", "label": "O"}, {"key": "n", "type": "number", "label": "N", "default": "x"}],
        texts={"fr": {"titl": "x", "messages.code.email.subject": "{{"}},
        messages={"code": {"email": {"subject": "{{ form.nothing }}"}}, "reminders": [{"after": "soon"}]},
        redirect_url="javascript:alert(1)",
        expires_after="later",
    )  # fmt: skip
    at = "/pages/0/elements"
    assert faults(wrong) == {
        f"{at}/0/min": "invalid_value",
        f"{at}/1/type": "unknown_type",
        f"{at}/1/key": "duplicate",
        f"{at}/2/bogus": "unknown_member",
        f"{at}/2/field": "other_type",
        f"{at}/3/elements": "missing_member",
        f"{at}/4/formula": "invalid_formula",
        f"{at}/5/required": "invalid_value",
        f"{at}/6/label": "missing_member",
        f"{at}/6/visible_when": "unknown_key",
        f"{at}/7/items/0/attachment": "unknown_key",
        f"{at}/8/elements/0/field": "invalid_value",
        f"{at}/8/elements/1/type": "invalid_value",
        f"{at}/9/visible_when": "unknown_key",
        f"{at}/9/section": "unknown_member",
        f"{at}/9/text": "unknown_member",
        f"{at}/10/field": "invalid_value",
        f"{at}/12/field": "duplicate",
        "/presets/0/options/no": "unknown_key",
        "/presets/0/options/o": "invalid_value",
        "/presets/0/expires_after": "invalid_duration",
        "/options/1/default": "invalid_value",
        "/texts/fr/titl": "unknown_key",
        "/texts/fr/messages.code.email.subject": "invalid_text",
        "/messages/code/email/subject": "unknown_name",
        "/messages/reminders/0/after": "invalid_duration",
        "/redirect_url": "invalid_value",
        "/expires_after": "invalid_duration",
    }


def test_a_shape_that_is_wrong_hides_nothing_else() -> None:
    """What the rest means is said with it; nothing is said of what had to be left out."""
    wrong = document(
        text("a", visible_when={"data.a": {"$eq": "x"}}),
        {"key": "b", "type": "number", "label": 5, "min": "x"},
        {"type": "text", "label": "C"},
        text("d", visible_when="always", field="case.x"),
        "e",
        text("f", visible_when={"data.never": {"$eq": 1}}),
        {"key": "g", "type": "group", "label": "G", "repeat": {"min": "1"}, "elements": [text("g1", field="data.x")]},
        colour="red",
        expires_after="later",
        presets=[{"key": "p", "name": "P", "enabled": "yes", "expires_after": "soon"}],
        messages={"reminders": [{"every": 5}], "code": {"email": {"subject": "{{ form.nothing }}"}}},
    )
    at = "/pages/0/elements"
    assert faults(wrong) == {
        "/colour": "unknown_member",
        "/expires_after": "invalid_duration",
        "/messages/code/email/subject": "unknown_name",
        "/messages/reminders/0/after": "missing_member",
        "/messages/reminders/0/every": "invalid_value",
        "/presets/0/enabled": "invalid_value",
        "/presets/0/expires_after": "invalid_duration",
        f"{at}/0/visible_when": "circle",
        f"{at}/1/label": "invalid_value",
        f"{at}/2/key": "missing_member",
        f"{at}/3/visible_when": "invalid_value",
        f"{at}/3/field": "invalid_value",
        f"{at}/4": "invalid_value",
        f"{at}/6/repeat/min": "invalid_value",
        f"{at}/6/elements/0/field": "invalid_value",
    }
    named = document(text("a", visible_when={"data.never": {"$eq": 1}}), colour="red")
    assert faults(named) == {"/colour": "unknown_member", f"{at}/0/visible_when": "unknown_key"}


@pytest.mark.parametrize("raw", [[], 5, None, "x", {}, {"title": []}, {"pages": "x"}, {"title": "T", "pages": [5, [], None, {"elements": 5}]},
    {"title": "T", "options": {"a": 1}}, {"title": "T", "texts": {"?": {}, "fr": 5}}, {"title": "T", "pages": [{"key": "p", "title": "P", "elements": [{"elements": [[]]}]}]}])  # fmt: skip
def test_what_has_no_shape_at_all_is_a_fault(raw: Any) -> None:
    assert faults(raw)


def test_a_circle_points_to_what_decides() -> None:
    at = "/pages/0/elements"
    own = text("a", visible_when={"data.a": {"$eq": "x"}})
    assert faults(document(own)) == {f"{at}/0/visible_when": "circle"}
    number = {"key": "n", "type": "number", "label": "N"}
    counted = {"key": "k", "type": "computed", "formula": "n + 1", "visible_when": {"data.k": {"$gt": 1}}}
    assert faults(document(number, counted)) == {f"{at}/1/visible_when": "circle"}
    page = {"key": "p", "title": "P", "visible_when": {"data.a": {"$eq": "x"}}, "elements": [text("a")]}
    assert faults({"title": "T", "pages": [page]}) == {"/pages/0/visible_when": "circle"}


@pytest.mark.parametrize(
    "elements",
    [
        [text("a", visible_when={"data.a": {"$eq": "x"}})],
        [text("a", visible_when={"data.b": {"$eq": "x"}}), text("b", visible_when={"data.a": {"$eq": "x"}})],
        [{"key": "n", "type": "number", "label": "N", "visible_when": {"data.k": {"$gt": 1}}}, {"key": "k", "type": "computed", "formula": "n + 1"}],
        [{"key": "g", "type": "group", "label": "G", "elements": [text("a", visible_when={"data.b": {"$eq": "x"}}), text("b", visible_when={"data.a": {"$eq": "x"}})]}],
        [{"key": "g", "type": "group", "label": "G", "elements": [text("a", visible_when={"data.t": {"$gt": 1}})]}, {"key": "t", "type": "computed", "formula": "count(g.a)"}],
    ],
)  # fmt: skip
def test_nothing_decides_about_itself(elements: list[dict[str, Any]]) -> None:
    assert "circle" in faults(document(*elements)).values()


def test_a_page_does_not_decide_about_itself() -> None:
    assert (
        "circle"
        in faults(
            {
                "title": "T",
                "pages": [
                    {"key": "p", "title": "P", "visible_when": {"data.a": {"$eq": "x"}}, "elements": [text("a")]}
                ],
            }
        ).values()
    )


def test_formulas_that_look_at_each_other() -> None:
    circle = document(
        {"key": "a", "type": "computed", "formula": "b"}, {"key": "b", "type": "computed", "formula": "a"}
    )
    assert faults(circle) == {
        "/pages/0/elements/0/formula": "invalid_formula",
        "/pages/0/elements/1/formula": "invalid_formula",
    }


def test_a_group_and_what_is_in_it_are_called_differently() -> None:
    inner = {"key": "who", "type": "text", "label": "Name"}
    group = {"key": "who", "type": "group", "label": "Who", "elements": [inner]}
    pages = [{"key": "one", "title": "One", "elements": [group]}]
    assert "duplicate" in faults(document(pages=pages)).values()


def test_limits() -> None:
    assert faults({"title": "T", "pages": [{"key": f"p{n}", "title": "P"} for n in range(101)]}) == {
        "/pages": "invalid_value"
    }
    assert faults(document(*(text(f"e{n}") for n in range(501)))) == {"/pages": "too_many_elements"}
    parse(document(*(text(f"e{n}") for n in range(500))))
    languages = [f"a{chr(97 + n % 26)}{chr(97 + n // 26)}" for n in range(21)]
    assert faults({"title": "T", "texts": {each: {} for each in languages}}) == {"/texts": "invalid_value"}
    big = document(*(text(f"e{n}", help="x" * 99_000) for n in range(11)))
    assert faults(big) == {"": "too_large"}


@pytest.mark.parametrize("slug", ["Accident", "-a", "a_b", "a" * 101, "", "0199a1b2-1111-7111-8111-111111111111"])
def test_slugs(slug: str) -> None:
    assert faults(document(text("a"), slug=slug)) == {"/slug": "invalid_value"}


def test_words_in_another_language() -> None:
    template = parse(ACCIDENT)
    french, dutch = Wording(template, "fr-BE"), Wording(template, "nl")
    phone, cover = template.element_by_key["phone"], template.element_by_key["cover"]
    assert (french.title, french.label(phone), french.help(phone)) == ("Constat", "Votre téléphone", "We may call.")
    assert (dutch.language, dutch.title) == ("en", "Accident report")
    field = french.field(cover)
    assert field
    assert field.displayed("full", None) == "Tout"  # type: ignore[arg-type]
    assert field.displayed("third", None) == "Third party"  # type: ignore[arg-type]
    assert chosen_language(template, [None, "de", "FR-ca"]) == "fr"


def test_how_much_is_translated() -> None:
    template = parse(ACCIDENT)
    wanted = paths(template)
    assert wanted["elements.cover.options.full"] == "All"
    assert completeness(template, "fr") == (4, len(wanted))
    assert completeness(template, "en") == (len(wanted), len(wanted))
    whole = deepcopy(ACCIDENT)
    whole["texts"]["fr"] = wanted
    assert completeness(parse(whole), "fr") == (len(wanted), len(wanted))


def test_the_published_schema_takes_what_is_right_and_refuses_mistakes() -> None:
    validator = Draft202012Validator(document_schema())
    assert not list(validator.iter_errors(ACCIDENT))
    for wrong in (
        text("a", bogus=1),
        text("a", type="nope"),
        {"key": "a", "type": "text"},
        {"key": "g", "type": "group", "label": "G", "elements": [text("b", min=1)]},
    ):
        assert list(validator.iter_errors(document(wrong))), wrong
