"""What `make test` leaves to CI is little, says why, is shown in part by what runs always, and is tried by CI."""

import ast
import re
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from unittest.mock import Mock

import pytest

from dossier.cli.on_demand import COMMANDS, loaded
from tests import order
from tests.findings import OneTest, every_test
from tests.source import tree

ROOT = Path(__file__).parents[2]
MOST = 0.07  # of all test functions
ALWAYS = {  # who works with Dossier, in a browser
    "who signs in": "journeys/test_handler.py::test_signing_in_with_a_link_then_a_password",
    "an administrator who designs cases": "journeys/test_in_place.py::test_a_template_is_designed_in_place",
    "an administrator who designs forms": "journeys/test_studio.py::test_somebody_is_asked_and_reminded",
    "a handler who works on a case": "journeys/test_handler.py::test_a_case_from_the_list_to_the_archive",
    "a contact who fills a form in on a phone": "journeys/test_portal.py::test_the_whole_of_it_on_a_phone",
}


@pytest.fixture(scope="module")
def found() -> dict[str, OneTest]:
    return {each.name: each for each in every_test()}


def test_what_is_left_to_ci_is_little_and_says_why(found: dict[str, OneTest]) -> None:
    left = [each for each in found.values() if each.because]
    assert 20 < len(left) < MOST * len(found), f"{len(left)} of {len(found)}"
    assert [each.name for each in left if len(each.because.split()) < 4] == []


def test_what_shows_parts_of_it_runs_always(found: dict[str, OneTest]) -> None:
    named = {each for test in found.values() for each in test.shown_by} | set(ALWAYS.values())
    assert {each for each in named if each not in found or found[each].because} == set()


@pytest.mark.parametrize(("is_all", "ran"), [(False, [1]), (True, [0, 1])])
def test_ci_tries_all_of_it(is_all: bool, ran: list[int], monkeypatch: pytest.MonkeyPatch) -> None:
    """`.ci/run` asks for all; then nothing is left out, and nothing else than the mark leaves anything out."""
    assert re.search(r"^once_more make test-all$", (ROOT / ".ci" / "run").read_text(), re.MULTILINE)
    assert "test-all:\n\t@DOSSIER_MANY=1 $(MAKE) test\n" in (ROOT / "Makefile").read_text()
    monkeypatch.setattr(order, "MANY", is_all)
    monkeypatch.setattr(order, "EVERY", 1)
    items = [_item(0, "left_to_ci"), _item(1)]
    assert [each.number for each in order._chosen(Mock(args=[]), items)] == ran
    skipping = re.compile(r"skipif\([^)]*MANY")
    assert [path for path in _files() if skipping.search(path.read_text())] == []


def _item(number: int, *marks: str) -> Any:
    return SimpleNamespace(number=number, nodeid="x.py::x", get_closest_marker=lambda name: name in marks or None)


def _files() -> Iterator[Path]:
    """Without faults, which are no part of the suite."""
    return (path for path in (ROOT / "tests").rglob("test_*.py") if "faults" not in path.parts)


def test_every_command_is_tried_always(found: dict[str, OneTest]) -> None:
    tried = set[tuple[str, ...]]()
    for path in _files():
        for node in tree(path).body:
            if isinstance(node, ast.FunctionDef) and not _is_left(found, path, node):
                tried |= set(_words(node))
    assert [each for each in _commands() if each not in tried] == []


def _is_left(found: dict[str, OneTest], path: Path, node: ast.FunctionDef) -> bool:
    test = found.get(f"{path.relative_to(ROOT / 'tests')}::{node.name}")
    return bool(test and test.because)


def _words(node: ast.AST) -> Iterator[tuple[str, ...]]:
    """What stands beside each other in calls and lists, one and two at once."""
    for each in ast.walk(node):
        given = each.args if isinstance(each, ast.Call) else each.elts if isinstance(each, ast.List) else []
        words = [getattr(word, "value", None) for word in given]
        yield from ((word,) for word in words[:1] if isinstance(word, str))
        yield from pairwise(words)


def _commands() -> Iterator[tuple[str, ...]]:
    """`dossier backup FILE` is `dossier backup write FILE`."""
    for name in COMMANDS:
        of_it = getattr(loaded(name), "commands", None)
        yield from ((name, each) for each in of_it if each != "write") if of_it else ((name,),)
    yield ("backup",)
