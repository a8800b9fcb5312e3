"""What is left out of `make test` is shown by a test that is not."""

import ast
from collections.abc import Iterator
from pathlib import Path

TESTS = Path(__file__).parents[1]


def _marked(file: Path) -> Iterator[tuple[str, tuple[str, ...]]]:
    """The tests of a file, and by which others each says that it is shown."""
    for node in ast.parse(file.read_text()).body:
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
            marks = [each for each in node.decorator_list if isinstance(each, ast.Call) and _name(each) == "shown_by"]
            named = [part.value for each in marks for part in each.args if isinstance(part, ast.Constant)]
            yield node.name, tuple(map(str, named))


def _name(call: ast.Call) -> str:
    return call.func.id if isinstance(call.func, ast.Name) else ""


def test_what_others_show_is_shown_by_tests_that_always_run() -> None:
    found = {
        f"{file.relative_to(TESTS).as_posix()}::{test}": others
        for file in sorted(TESTS.rglob("test_*.py"))
        for test, others in _marked(file)
    }
    named = {test: others for test, others in found.items() if others}
    assert len(named) > 5
    wrong = {(test, each) for test, others in named.items() for each in others if found.get(each, ("", "")) != ()}
    assert wrong == set()
