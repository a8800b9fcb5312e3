"""Views decide what to show, templates draw it: what is more than a loop or a condition stands in the view."""

import re
from pathlib import Path

from jinja2 import Environment, nodes

import dossier

SOURCE = Path(dossier.__file__).parent

TAKES_TEXT_APART = re.compile(
    r"\.(startswith|endswith|removeprefix|removesuffix|split|partition|rpartition|replace)\(|or \{\}\)"
)
DECIDES = re.compile(
    r"\{%-? *set (?![A-Z_]+ = \{)"  # a value of its own; a table of words is none
    r"|\|(?:selectattr|rejectattr|groupby|map|reject|sort|unique|sum|batch)\b|namespace\("
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


def _parsed(path: Path) -> nodes.Template:
    return Environment(extensions=["jinja2.ext.i18n"], autoescape=True).parse(path.read_text())


COMPUTES = (nodes.Add, nodes.Sub, nodes.Mul, nodes.FloorDiv, nodes.Pow)  # `/` leads to what is below an address


def _counts_on(node: nodes.BinExpr) -> bool:
    """The place of something for people, who count from one, the next and the page before; a list that goes on."""
    return (isinstance(node.right, nodes.Const) and node.right.value == 1) or any(
        isinstance(each, nodes.List | nodes.Tuple) for each in (*node.find_all((nodes.List, nodes.Tuple)), node.left)
    )


def test_no_template_computes() -> None:
    found = {
        f"{path.relative_to(SOURCE)}:{node.lineno}"
        for path in SOURCE.rglob("*.html")
        for node in _parsed(path).find_all(COMPUTES)
        if not _counts_on(node)
    }
    assert {each for each in found if not each.startswith("web/components/avatar.html")} == set()


def test_no_template_chooses_between_three() -> None:
    found = {
        f"{path.relative_to(SOURCE)}:{node.lineno}"
        for path in SOURCE.rglob("*.html")
        for node in _parsed(path).find_all(nodes.CondExpr)
        if isinstance(node.expr1, nodes.CondExpr) or isinstance(node.expr2, nodes.CondExpr)
    }
    assert found == set()
