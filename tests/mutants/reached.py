"""Which tests reach which statement: marks in a copy of the source, and what pytest is told for it (`-p tests.mutants.reached`).

Loaded with a file of `TESTS`, it runs those alone, in that order, and what fails a second time: on a busy machine one may fail by itself.
"""

import ast
import builtins
import json
import os
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from _pytest.runner import runtestprotocol

FOLDER = "DOSSIER_MUTANTS_REACHED"
"""Where each process writes what its tests reached, a line a test."""

TESTS = "DOSSIER_MUTANTS_TESTS"
"""A file with the names of the tests to run, in order."""

SECONDS = 60  # that a test may take

# A process of a test that has no such plugin counts nothing.
_MARK = '{indent}getattr(__import__("builtins"), "reached", len)({name!r})\n'


@dataclass(frozen=True, slots=True)
class Place:
    """A statement in a function of the source: its file with its line, its lines (from 1, both included), and its column."""

    name: str
    first: int
    last: int
    column: int


def places(path: Path, name: str) -> Iterator[Place]:
    """All of a file before which a line can stand, inner ones too; their names begin with `name`."""
    lines = path.read_text().splitlines()
    for function in ast.walk(ast.parse("\n".join(lines))):
        if not isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        for node in ast.walk(ast.Module(function.body, [])):
            if isinstance(node, ast.stmt) and _stands_alone(node, lines):
                first = min([node.lineno, *(each.lineno for each in getattr(node, "decorator_list", []))])
                yield Place(f"{name}:{first}", first, node.end_lineno or first, node.col_offset)


def _stands_alone(node: ast.stmt, lines: list[str]) -> bool:
    """Not `elif`, nothing behind a colon, and no docstring."""
    line = lines[node.lineno - 1]
    is_text = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    return not is_text and not line[: node.col_offset].strip() and not line.lstrip().startswith("elif ")


def marked(path: Path, name: str) -> str:
    """The text of a file in which every statement says that it was reached."""
    lines = path.read_text().splitlines(keepends=True)
    for each in sorted(set(places(path, name)), key=lambda each: -each.first):
        lines.insert(each.first - 1, _MARK.format(indent=" " * each.column, name=each.name))
    return "".join(lines)


# ---- in the processes of tests ----

_now: set[str] = set()


def pytest_configure(config: pytest.Config) -> None:
    if FOLDER in os.environ:
        builtins.reached = _now.add  # type: ignore[attr-defined]


def pytest_collection_modifyitems(config: pytest.Config, items: list[Any]) -> None:
    """Those that are asked for alone, in their order."""
    if TESTS in os.environ:
        order = {name: number for number, name in enumerate(json.loads(Path(os.environ[TESTS]).read_text()))}
        items[:] = sorted((each for each in items if each.nodeid in order), key=lambda each: order[each.nodeid])


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_protocol(item: Any, nextitem: Any) -> bool:
    """Once, and once more when it fails in time; what it reached is written down."""
    _now.clear()
    began = time.monotonic()
    reports = runtestprotocol(item, log=False, nextitem=nextitem)
    if any(each.failed for each in reports) and time.monotonic() - began < SECONDS:
        item._initrequest()
        reports = runtestprotocol(item, log=False, nextitem=nextitem)
    for each in reports:
        item.ihook.pytest_runtest_logreport(report=each)
    if FOLDER in os.environ:
        _write([item.nodeid, time.monotonic() - began, sorted(_now), any(each.failed for each in reports)])
    return True


def _write(line: list[Any]) -> None:
    with Path(os.environ[FOLDER], str(os.getpid())).open("a") as file:
        file.write(json.dumps(line) + "\n")
