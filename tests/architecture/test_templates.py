"""Views decide what to show, templates draw it: what is more than a loop or a condition stands in the view."""

import re
from pathlib import Path

import dossier

SOURCE = Path(dossier.__file__).parent

TAKES_TEXT_APART = re.compile(
    r"\.(startswith|endswith|removeprefix|removesuffix|split|partition|rpartition|replace)\(|or \{\}\)"
)
DECIDES = re.compile(
    r"\{%-? *set (?![A-Z_]+ = \{)"  # a value of its own; a table of words is none
    r"|\|(?:selectattr|rejectattr|groupby|map|reject|sort|unique|sum|batch)\b|namespace\("
    r"|\bif [^%}]{1,80} else [^%}]{1,80} if\b"  # a choice of three
)
MOST = 4  # of these in a template


def _decided(path: Path) -> int:
    return len(DECIDES.findall(path.read_text()))


def test_templates_draw_and_views_decide() -> None:
    found = {str(path.relative_to(SOURCE)): _decided(path) for path in SOURCE.rglob("*.html")}
    assert {name: count for name, count in found.items() if count > MOST} == {}


def test_no_template_takes_a_text_apart() -> None:
    found = {
        str(path.relative_to(SOURCE)) for path in SOURCE.rglob("*.html") if TAKES_TEXT_APART.search(path.read_text())
    }
    assert found == {"web/components/avatar.html"}, "initials are letters of a name"
