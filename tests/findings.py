"""What users, attackers, operators and other people's bug reports found, and the tests that keep it found.

A test names what it holds in its docstring: `[F01 B1] …`. `make reference` writes `docs/reference/how-it-is-tested.md`.
"""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from tests.source import nodes, tree

TESTS = Path(__file__).parent

FINDINGS = {
    "F01": "a value that a case is made with is missing from the index of its field",
    "F02": "a body is dropped when the client offers an upgrade of the protocol",
    "F03": "a body is read as the next request",
    "F04": "names in other scripts than Latin are never found",
    "F06": "two people with one e-mail address become one contact",
    "F07": "two addresses that fold to one are taken for the same",
    "F08": "a contact changes and the other cases that show it do not tell",
    "F09": "an export leaves out fields that its cases have",
    "F10": "YAML takes a word for true, false or a number",
    "F11": "YAML keeps the last of two members of one name",
    "F13": "YAML takes infinities and numbers of any size",
    "F16": "a type that is only null breaks generators of clients",
    "F17": "members with a default are demanded by generated clients",
    "F20": "a compressed body is taken for broken text",
    "F21": "parameters of the content type are refused",
    "F22": "a byte-order mark before JSON is refused",
    "F23": "amounts have two decimals whatever the currency",
    "F25": "Excel does not know the encoding of a CSV file",
    "F26": "telephone numbers are spoilt in a CSV file",
    "F30": "entity tags that proxies weakened are refused",
    "F31": "conditions on reading are ignored",
    "F32": "preferences are read by looking for a piece of text",
    "F35": "preflights need a token",
    "S1": "an administrator of one workspace takes an account over before another invites its owner",
    "S2": "twelve characters in the designer hold the server for ever",
    "S3": "a number that one door takes makes a row that no reader can show",
    "S4": "one caller's filters hold up every other tenant",
    "S5": "the tokens of who leaves go on",
    "S6": "an administrator comes in as a colleague without a trace",
    "S7": "attempts are checked before they are counted",
    "S8": "a stranger locks members out",
    "S9": "an identity provider's answer opens somebody else's account",
    "S10": "request heads have no end and no deadline",
    "S11": "the database's role is a superuser, and root follows its links",
    "S12": "nothing records who was let in and given what",
    "S13": "erasing a case leaves the person",
    "S14": "inviting tells who works elsewhere",
    "S15": "undoing goes round the roles",
    "S16": "a repeated request answers what is out of reach by now",
    "S17": "small YAML documents are internal errors, large ones hold the server",
    "S18": "a heavy template costs every update of its cases",
    "S19": "pages can be framed by other sites",
    "S20": "metrics answer whoever has no forwarding header",
    "S21": "sessions have no idle limit and never ask again",
    "S22": "the secret of a factor that was not confirmed stays",
    "S23": "common passwords are taken",
    "S24": "recovery codes are short",
    "S27": "links are made from the address that was asked for",
    "S28": "cells that a spreadsheet would run",
    "R1": "a short loss of the database ends all background work",
    "R2": "the embedded database ends and is not started again",
    "R3": "work that was under way when a server was killed is never done",
    "R4": "the sender of live changes dies in silence",
    "R5": "a command in the wrong folder makes a new database",
    "R6": "a newer schema is taken without a word",
    "R7": "a pooler mixes up prepared statements",
    "R8": "connections are used up by several workers",
    "R9": "a stalled job holds its lock for ever",
    "R10": "health checks wait as long as the database hangs",
    "R11": "live pages end each other",
    "R12": "a damaged backup is restored",
    "R13": "a command keeps a server from starting",
    "R14": "bulk work holds up everything else",
    "R15": "half-sent heads are never ended",
    "R16": "every update of a case is a full one",
    "R17": "cases made while the clock was wrong are not found",
    "R18": "small numbers, full disks and read-only folders are answered wrongly",
    "B1": "filters miss cases, in the app",
    "B2": "a date cannot be typed",
    "B3": "amounts are read as another language writes them",
    "B4": "filling a contact slot changes somebody else's case",
    "B5": "a save that failed says nothing",
    "B6": "names that are not Latin are not found in the app",
    "H1": "exact things do not come first",
    "H2": "codes in another spacing and swapped letters find nothing",
    "H3": "selects act on arrow keys",
    "H4": "focus is lost after saving",
    "H5": "a case cannot be renamed or erased in the app",
    "H6": "visibility is ignored",
    "H7": "descriptions are not shown",
    "H8": "refusals speak of keys",
    "H9": "the work of who leaves is orphaned",
    "H10": "typed work is lost",
    "H11": "many cases are changed by mistake",
    "H12": "exports are for programs",
    "H13": "choices of filters are one flat list",
    "H14": "on a phone what one acts on is at the bottom",
}


def tests_by_finding() -> dict[str, list[str]]:
    """Finding → the tests that hold it, as `tests/x/test_y.py::test_z`."""
    found: dict[str, list[str]] = {name: [] for name in FINDINGS}
    for name, test in _named():
        found[name].append(test)
    return found


def _named() -> Iterator[tuple[str, str]]:
    for path in sorted(TESTS.rglob("test_*.py")):
        for node in nodes(path):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test_"):
                names = re.match(r"\[([A-Z][A-Z0-9 ]*)\]", ast.get_docstring(node) or "")
                for name in names[1].split() if names else ():
                    yield name, f"{path.relative_to(TESTS.parent)}::{node.name}"


class OneTest(NamedTuple):
    """`name` is written from `tests/` on; `because` is empty for one that always runs."""

    name: str
    because: str
    shown_by: tuple[str, ...]


def every_test() -> Iterator[OneTest]:
    """Every test function, and whether it is left to CI (`left_to_ci` in `tests/many.py`)."""
    for path in sorted(TESTS.rglob("test_*.py")):
        body = tree(path).body
        of_the_file = next(filter(None, map(_of_a_file, body)), ())
        for node in body:
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test_"):
                because, *others = next(filter(None, map(_said, node.decorator_list)), of_the_file) or ("",)
                yield OneTest(f"{path.relative_to(TESTS)}::{node.name}", because, tuple(others))


def _of_a_file(node: ast.AST) -> tuple[str, ...]:
    """What `pytestmark` says of all its tests."""
    is_mark = isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "pytestmark"
    return next(filter(None, map(_said, ast.walk(node))), ()) if is_mark else ()


def _said(mark: ast.AST) -> tuple[str, ...]:
    """What `left_to_ci` was given."""
    if isinstance(mark, ast.Call) and isinstance(mark.func, ast.Name) and mark.func.id == "left_to_ci":
        return tuple(str(each.value) for each in mark.args if isinstance(each, ast.Constant))
    return ()


def page() -> str:
    """`docs/reference/how-it-is-tested.md`."""
    lines = [
        "# How it is tested",
        "",
        "Dossier is tested from the outside: through HTTP, in a browser, by its command line, by other people's clients, on a real PostgreSQL (18 and 15), with processes killed and databases",
        "restarted on purpose (`make faults`). Every fault that somebody found became a test that failed before it was mended; this page lists them, F by bug reports of other products tried here,",
        "S by attackers, R by operators, B and H by users. It is generated from the tests by `make reference`. What has no test yet is not mended yet, or not wholly.",
        "",
        "| | the fault | the tests |",
        "|---|---|---|",
    ]
    for name, tests in tests_by_finding().items():
        shown = "<br>".join(f"`{each.removeprefix('tests/')}`" for each in tests) or "not yet"
        lines.append(f"| {name} | {FINDINGS[name]} | {shown} |")
    lines += [
        "",
        "## What `make test` leaves to `make test-all`",
        "",
        "`make test` is to take three minutes on two cores: it shows all that Dossier does, but for what has to wait or repeats at length. `make test-all` tries that, too, with all variants and",
        "many more random cases, and so does `.ci/run`, before anything lands. These are left to it, and why; [decision 74](../decisions/0074-what-make-test-leaves-to-ci.md) says how that is decided.",
        "",
        "| the test | what takes its time | what shows parts of it always |",
        "|---|---|---|",
    ]
    for test in every_test():
        if test.because:
            lines.append(f"| `{test.name}` | {test.because} | {'<br>'.join(f'`{each}`' for each in test.shown_by)} |")
    return "\n".join(lines) + "\n"
