"""Texts and values that were made to do harm: bounded in time and memory, and never more than text."""

import re
import time
import tracemalloc
from typing import Any

import nh3
import pytest

from dossier.texts import MAX_SOURCE, Brand, InvalidText, compose, parse
from tests.many import some

LIST = [str(number) for number in range(100)]
VALUES: dict[str, Any] = {"l": LIST, "big": "x" * 90_000, "a": "1"}
EACH = "{% for a in l %}"
END = "{% endfor %}"

ATTACKS = {
    "a loop in a loop in a loop": EACH * 3 + "{{ a }}" + END * 3,
    "many loops in one": EACH + (EACH + END) * 400 + END,
    "a loop of much": EACH + "{{''}}" * 2500 + END,
    "a text doubled": "{% assign x='aaaaaaaaaaaaaaaa' %}" + "{% assign x = x | append: x %}" * 300,
    "a text replaced by more": "{{ 'a' | " + " | ".join(["replace: 'a', 'aaaaaaaaaa'"] * 60) + " }}",
    "a list joined by much": f"{{% assign x='{'a,' * 900}' %}}" + "{% assign x = x | split: ',' | join: x %}" * 9,
    "a list doubled": "{% assign x='a,b' | split: ',' %}" + "{% assign x = x | concat: x %}" * 300,
    "captured again and again": "{% capture x %}aaaa{% endcapture %}"
    + "{% capture x %}{{x}}{{x}}{{x}}{% endcapture %}" * 100,
    "names by the hundred": EACH + "".join(f"{{%assign a{number}='a'%}}" for number in range(800)) + END,
    "a long value in every round": EACH + "{{ big | upcase | downcase | size }}" + END,
    "a long value written often": EACH + "{{ big }}" + END,
    "long numbers": "{{ " + "1" * 1900 + " }}{{ " + "1" * 1900 + " | append: 'x' }}",
    "a range": "{% for a in (1..99999999999) %}{% endfor %}{{ (1..9999999999) | join: 'x' }}",
    "braces that stay open": "{" * 19_000,
    "braces in braces": "{{" * 9000 + "}}",
    "parentheses": "{{ " + "(" * 15_000 + " }}",
    "spaces": ("{{ a" + " " * 900 + "b" + " " * 900 + "}}") * 10,
    "raw without end": "{% raw %}" * 2000,
    "blocks in blocks": "{% if a %}" * 1900,
    "and and and": "{% if a " + "and a " * 300 + "%}{% endif %}",
    "a path in a path": "{{ a" + "[a" * 900 + " }}",
    "brackets of Markdown": "[" * 19_000,
    "links of Markdown": "[a](" * 4700,
    "stars of Markdown": "**a *b " * 2700,
    "quotes of Markdown": ">" * 19_000,
    "ticks of Markdown": "`a``" * 4500,
    "a table of Markdown": "|a" * 400 + "|\n" + "|-" * 400 + "|\n" + "|a|\n" * 3000,
    "a snippet in itself": "{{ snippets.s }}" * 1200,
}


@pytest.mark.long
@pytest.mark.parametrize("attack", some(list(ATTACKS), 4))
def test_a_text_that_was_made_to_be_slow_is_not(attack: str) -> None:
    source = ATTACKS[attack][:MAX_SOURCE]
    snippets = {"s": parse(EACH + "{{ snippets.s }}{{ a }}" + END, names=None).as_snippet()}
    compose(
        parse("a", names=None), parse("a", names=None), {}, "en", Brand()
    )  # what is imported is no matter of the text
    tracemalloc.start()
    begun = time.process_time()
    try:
        compose(parse("a", names=None), parse(source, names=None), VALUES | {"snippets": snippets}, "en", Brand())
    except InvalidText:
        pass
    finally:
        spent, (_, most) = time.process_time() - begun, tracemalloc.get_traced_memory()
        tracemalloc.stop()
    assert most < 50_000_000
    assert spent < 5  # a third of it where memory is not followed


def test_a_text_of_too_many_characters_is_refused() -> None:
    with pytest.raises(InvalidText, match="20000 at most"):
        parse("x" * (MAX_SOURCE + 1), names=())


HOSTILE = [
    "[x](javascript:alert(1))",
    "<script>alert(1)</script>",
    "{{ secrets.a }}{% for a in l %}",
    "![x](https://evil.example/t.png)",
    "<https://evil.example>",
    "[x]: https://evil.example\n\n[x]",
    "# big\n\n---\n\n> quoted\n\n    code\n\n- item\n1. one",
    "**bold** _em_ `code` ~~gone~~ \\*x\\*",
    '" onmouseover="alert(1)',
    "</p></div><img src=x onerror=alert(1)>",
    "&lt;b&gt; &#x3c;script&#x3e;",
    "| a | b |\n|---|---|",
    "```\nfence",
    "\u2028\x00\x1b[31m",
    "]( https://evil.example )[",
    "q0123456789abcdefq0q",
]
PLACES = [
    "{v}",
    "Dear {v},",
    "# {v}",
    "- {v}",
    "> {v}",
    "**{v}**",
    "`{v}`",
    "    {v}",
    "[{v}](https://dossier.example)",
    "| a |\n|---|\n| {v} |",
    "```\n{v}\n```",
    "{{% capture c %}}{v}{{% endcapture %}}{{{{ c }}}}",
    "{{% assign c = contact.name | append: '' %}}{{{{ c }}}}",
    "{{% for each in list %}}{{{{ each }}}}{{% endfor %}}",
]


@pytest.mark.parametrize("place", PLACES)
def test_a_value_is_text_wherever_it_stands(place: str) -> None:
    body = parse(place.format(v="{{ contact.name }}"), names=None)
    for value in HOSTILE:
        values = {"contact": {"name": value}, "list": [value]}
        harmless = _elements(compose(body, body, {"contact": {"name": "Ada"}, "list": ["Ada"]}, "en", Brand()).html)
        made = compose(body, body, values, "en", Brand())
        assert [each for each in _elements(made.html) if each != "<br>"] == harmless, value
        assert "evil.example" not in "".join(re.findall("<[^>]+>", made.html)), value
        assert "\n" not in made.subject
        words = "".join(re.sub(r"[^\w]", "", value))
        assert words in re.sub(r"[^\w]", "", made.text), value


@pytest.mark.parametrize(
    "address",
    ["javascript:alert(1)", " JaVaScRiPt:alert(1)", "data:text/html,x", "//evil", "vbscript:x", "a b", "https://a\nb"],
)
def test_a_link_that_a_value_says_leads_to_the_web_or_nowhere(address: str) -> None:
    made = compose(parse("x", names=()), parse("[go]({{ u }})", names=None), {"u": address}, "en", Brand())
    assert "<a" not in made.html
    assert made.text == "go\n"


def test_a_value_in_an_address_is_a_part_of_it() -> None:
    body = parse("[go](https://a.example/{{ u }}?x={{ u }})", names=None)
    made = compose(parse("x", names=()), body, {"u": "../b&c#d"}, "en", Brand())
    assert 'href="https://a.example/..%2Fb%26c%23d?x=..%2Fb%26c%23d"' in made.html


@pytest.mark.parametrize(
    "source", ["<b>x</b>", "<script>1</script>", "![x](https://evil.example/t.png)", "[x](javascript:a)"]
)
def test_what_the_text_itself_says_is_cleaned_too(source: str) -> None:
    made = compose(parse("x", names=()), parse(source, names=None), {}, "en", Brand())
    inside = made.html.partition('class="text"')[2].partition("</div>")[0]
    assert not re.search(r"<(b|script|img)\b|href=.javascript", inside)


@pytest.mark.parametrize("value", HOSTILE)
def test_rendered_as_html_a_value_has_no_tag(value: str) -> None:
    text = parse('<i title="{{ v }}">{{ v }}{% capture c %}{{ v }}{% endcapture %}{{ c }}</i>', names=None)
    made = text.render({"v": value}, html=True).text
    assert re.findall("<[^>]*>", made)[1:] == ["</i>"]
    assert nh3.clean(made, tags=set()).find("<") == -1


def _elements(html: str) -> list[str]:
    inside = html.partition('class="text"')[2].partition("</body>")[0]
    return [re.sub(r"\s.*", ">", each, flags=re.DOTALL).replace(">>", ">") for each in re.findall("<[^>]+>", inside)]
