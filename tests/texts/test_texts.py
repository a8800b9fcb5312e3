"""Texts with names in them: what they say, what is refused with its place, and what a mail is made of."""

from decimal import Decimal
from typing import Any

import pytest

from dossier.texts import Brand, Composed, InvalidText, Link, compose, parse

NAMES = {"case.title", "case.url", "contact.name", "data.amount", "data.note", "data.rows", "data.none", "raw.amount"}
VALUES: dict[str, Any] = {
    "case": {"title": "Claim", "url": Link("https://dossier.example/c/1?a=1&b=2")},
    "contact": {"name": "Zoë"},
    "data": {"amount": "€ 1.840,50", "note": "first\nsecond", "rows": [{"a": "1|2"}, {"a": "3"}], "none": ""},
    "raw": {"amount": Decimal("1840.50")},
}


def mail(body: str, brand: Brand | None = None, **more: Any) -> Composed:
    return compose(parse("Hello", names=()), parse(body, names=None), VALUES | more, "nl", brand or Brand())


def content(mail: Composed) -> str:
    """What stands in the white part."""
    return mail.html.partition('class="text"')[2].partition(">")[2].partition("</div>")[0].strip()


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("{{ contact.name }} owes {{ data.amount }}.", "Zoë owes € 1.840,50."),
        ("{% if raw.amount > 1000 %}much{% else %}little{% endif %}", "much"),
        ("{% for row in data.rows %}{{ row.a }};{% endfor %}{{ data.rows.size }}", "1|2;3;2"),
        ("{{ data.none | default: 'nothing' }}, {{ contact.name | upcase }}", "nothing, ZOË"),
        (
            "{% assign x = contact.name | append: '!' %}{{ x }}{% capture y %}{{ x }}{{ x }}{% endcapture %}{{ y }}",
            "Zoë!Zoë!Zoë!",
        ),
        ("{% raw %}{{ {% endraw %}{% comment %}no{% endcomment %}{% # no %}", "{{ "),
    ],
)
def test_a_text_says_its_values(source: str, said: str) -> None:
    assert parse(source, names=NAMES).render(VALUES).text == said


def test_a_key_may_be_a_word_of_the_language() -> None:
    source = "{{ data.empty }}{% for x in data.limit reversed %}{{ x }}{% endfor %}{% if data.contains %}{{ data.for | upcase }}{% endif %}"
    values = {"data": {"empty": "a", "limit": ["1", "2"], "contains": True, "for": "b"}}
    assert parse(source, names={"data.*"}).render(values).text == "a21B"


@pytest.mark.parametrize(
    ("source", "line", "column", "says"),
    [
        ("Dear\n{{ contact.nam }}", 2, 4, "there is no name “contact.nam”; did you mean “contact.name”?"),
        ("{{ secrets.key }}", 1, 4, "there is no name “secrets.key”."),
        ("{{ contact }}", 1, 4, "did you mean “contact.name”?"),
        ("{% for x in data.row %}{{ x }}{% endfor %}", 1, 13, "did you mean “data.rows”?"),
        ("{% if case.title %}\nx", 2, 2, "endif"),
        ("a {{ case.title", 1, 3, "}}"),
        ("{% include 'x' %}", 1, 4, "include"),
        ("{{ case.title | shout }}", 1, 17, "shout"),
        ("{{ case.title | truncate: 'x' }}", 1, 17, "integer"),
        ("{% for i in (1..9) %}{% endfor %}", 1, 13, "list"),
        ("{{ data[case.title] }}", 1, 4, "name"),
        ("{{ now }}", 1, 4, "there is no name “now”"),
        ("{{ snippets.x | upcase }}", 1, 4, "snippet"),
    ],
)
def test_what_cannot_be_right_is_refused_with_its_place(source: str, line: int, column: int, says: str) -> None:
    with pytest.raises(InvalidText) as refused:
        parse(source, names=NAMES)
    problem = refused.value.problems[0]
    assert says in problem.detail
    assert problem.meta is not None
    assert (problem.meta["line"], problem.meta["column"]) == (line, column)


def test_a_star_stands_for_every_name_of_a_family() -> None:
    parse("{{ data.whatever }}", names={"data.*"})
    with pytest.raises(InvalidText):
        parse("{{ data.what.ever }}", names={"data.*"})


def test_what_has_no_value_is_empty_and_named_once() -> None:
    source = (
        "{{ data.none }}{{ contact.phone }}{{ data.none }}{{ data.gone | default: 'x' }}{% if data.other %}{% endif %}"
    )
    rendered = parse(source, names=None).render(VALUES)
    assert (rendered.text, rendered.missing) == ("x", ("data.none", "contact.phone"))


def test_a_mail_is_html_and_text_of_one_source() -> None:
    made = mail(
        "# Hi {{ contact.name }}\n\n- *one*\n- {{ data.amount }}\n\n[Open]({{ case.url }}) now, or {{ case.url }}"
    )
    assert made.text == (
        "Hi Zoë\n\n- one\n- € 1.840,50\n\nOpen <https://dossier.example/c/1?a=1&b=2> now, or https://dossier.example/c/1?a=1&b=2\n"
    )
    assert 'href="https://dossier.example/c/1?a=1&amp;b=2"' in made.html
    assert made.html.count("<a ") == 2
    assert '<html lang="nl" dir="ltr">' in made.html


def test_a_table_of_rows_and_a_quote_read_well_as_text() -> None:
    made = mail(
        "> said\n\n| a |\n|---|\n{% for row in data.rows %}| {{ row.a }} |\n{% endfor %}\n1. x\n   - y\n2. z\n\n---\n"
    )
    assert made.text == "> said\n\na\n1|2\n3\n\n1. x\n   - y\n2. z\n\n-----\n"
    assert content(made).count("<td") == 2


def test_the_lines_of_a_value_are_lines() -> None:
    made = mail("Note: {{ data.note }}")
    assert made.text == "Note: first\nsecond\n"
    assert "first<br>\nsecond" in made.html


def test_a_line_is_a_line_in_both() -> None:
    made = mail("Kind regards,\nAda")
    assert made.text == "Kind regards,\nAda\n"
    assert "Kind regards,<br>\nAda" in made.html


def test_a_mail_has_the_brand_of_its_workspace() -> None:
    sign, foot = parse("*Ada* of {{ case.title }}", names=None), parse("Acme NV", names=())
    made = mail("Hi", Brand("Acme & Co", "#0b6e69", "https://dossier.example/logo.png", sign, foot))
    assert made.text == "Hi\n\nAda of Claim\n\n-- \nAcme NV\n"
    assert 'alt="Acme &amp; Co"' in made.html
    assert "4px solid #0b6e69" in made.html
    assert "<em>Ada</em> of Claim" in made.html


def test_a_snippet_is_taken_in_with_its_markdown_and_the_same_values() -> None:
    closing = parse("**Bye** {{ contact.name }}{{ snippets.closing }}", names=None).as_snippet()
    made = mail("Hi\n\n{{ snippets.closing }} {{ snippets.other }}", snippets={"closing": closing})
    assert "<strong>Bye</strong> Zoë" in made.html
    assert made.missing == ("snippets.other",)


def test_a_subject_is_one_line() -> None:
    subject = parse("{{ data.note }}\r\nBcc: all@example.org", names=None)
    made = compose(subject, parse("x", names=()), VALUES, "en", Brand())
    assert made.subject == "first second Bcc: all@example.org"
