"""Whether the tests would notice: a seeded sample of small wrong changes to the code, each held against the suite. `make mutants`.

Our own, because of what the others do: mutmut forks a process that has run the tests, and pools and servers do not survive that; cosmic-ray removes no
statements, and neither of them changes SQL. Each mutant here has an interpreter of its own, a copy of the source, and the tests
that are likeliest to notice first. What no test notices is printed; less than `LEAST` noticed ends with 1.
"""

import ast
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from queue import SimpleQueue

from dossier.foundation.testing import postgres
from tests.conftest import PREPARED, SERVER

ROOT = Path(__file__).parents[1]
SOURCE = ROOT / "src"
ROOMS = ("model", "actions", "store", "conditions", "fields")  # as many of each are taken
LEAST = 0.85  # of the mutants that must be noticed
SECONDS = 900  # that the tests may take; a mutant that never ends is noticed by whoever waits
AT_ONCE = os.cpu_count() or 2
NOTICED = "noticed by "
NOT_ASKED = ("architecture", "cli", "clients", "faults", "journeys", "migrations")  # folders of tests
SLOW = "not schemathesis and not javas"  # of the long tests, which only those are held against that all others let pass


@dataclass(frozen=True, slots=True)
class Mutant:
    """A file of the source, and a stretch of it (characters) that something else stands for."""

    path: Path
    start: int
    end: int
    text: str

    @property
    def mutated(self) -> str:
        whole = self.path.read_text()
        return whole[: self.start] + self.text + whole[self.end :]

    def __str__(self) -> str:
        whole = self.path.read_text()
        line = whole.count("\n", 0, self.start) + 1
        before, after = (" ".join(each.split())[:90] for each in (whole[self.start : self.end], self.text))
        return f"{self.path.relative_to(SOURCE)}:{line}:  {before}  →  {after or 'nothing'}"


# ---- what is changed ----

_OTHER = {
    ast.Eq: "!=", ast.NotEq: "==", ast.Lt: "<=", ast.LtE: "<", ast.Gt: ">=", ast.GtE: ">",
    ast.In: "not in", ast.NotIn: "in", ast.Is: "is not", ast.IsNot: "is",
}  # fmt: skip
_SQL = re.compile(r"\b(SELECT|INSERT INTO|UPDATE|DELETE FROM|WHERE)\b")
_SQL_CHANGES = (
    (r"\bAND\b", "OR"), (r"\bOR\b", "AND"), (r" < ", " <= "), (r" > ", " >= "), (r" = ", " <> "), (r" DESC\b", ""),
    (r"\bNOT ", ""), (r"\bmin\(", "max("), (r"\bFOR UPDATE\b", ""), (r"\bDISTINCT ", ""),
)  # fmt: skip


def mutants(path: Path) -> Iterator[Mutant]:
    """Every change of what runs in a file: not of annotations, decorators, docstrings and sentences."""
    whole = path.read_text()
    lines = [0]
    for line in whole.splitlines(keepends=True):
        lines.append(lines[-1] + len(line))

    def place(line: int, column: int) -> int:
        """Columns of the parser are bytes."""
        return lines[line - 1] + len(whole[lines[line - 1] : lines[line]].encode()[:column].decode())

    for node in _running(ast.parse(whole)):
        start = place(node.lineno, node.col_offset)
        end = place(node.end_lineno or node.lineno, node.end_col_offset or 0)
        for text in _changes(node):
            yield Mutant(path, start, end, text)
        if isinstance(node, ast.Constant | ast.JoinedStr) and _SQL.search(whole[start:end]):
            for pattern, other in _SQL_CHANGES:
                for found in re.finditer(pattern, whole[start:end]):
                    yield Mutant(path, start + found.start(), start + found.end(), other)


def _running(tree: ast.AST) -> Iterator[ast.expr | ast.stmt]:
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.JoinedStr | ast.Constant):
            yield node  # parts of an f-string have no place of their own
            continue
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield from _running(ast.Module(_without_docstring(node.body), []))
            continue
        if isinstance(node, ast.ClassDef):
            yield from _running(ast.Module(_without_docstring(node.body), []))
            continue
        if isinstance(node, ast.AnnAssign):
            yield from _running(ast.Module([ast.Expr(node.value)] if node.value else [], []))
            continue
        if isinstance(node, ast.expr | ast.stmt) and hasattr(node, "lineno"):
            yield node
        if not isinstance(node, ast.Raise):
            yield from _running(node)


def _without_docstring(body: list[ast.stmt]) -> list[ast.stmt]:
    return [each for each in body if not (isinstance(each, ast.Expr) and isinstance(each.value, ast.Constant))]


def _changes(node: ast.AST) -> Iterator[str]:
    match node:
        case ast.Compare(ops=[operation], left=left, comparators=[right]):
            yield f"({ast.unparse(left)} {_OTHER[type(operation)]} {ast.unparse(right)})"
        case ast.BoolOp(op=operation, values=values):
            word = " or " if isinstance(operation, ast.And) else " and "
            yield "(" + word.join(f"({ast.unparse(each)})" for each in values) + ")"
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            yield f"({ast.unparse(operand)})"
        case ast.IfExp(test=test, body=body, orelse=other):
            yield f"({ast.unparse(other)} if {ast.unparse(test)} else {ast.unparse(body)})"
        case ast.Expr(value=ast.Call() | ast.Await(value=ast.Call())):
            yield "pass"
        case ast.Raise():
            yield "pass"
        case ast.Return(value=ast.expr() as value) if not _is_nothing(value):
            yield "return None"
        case ast.Constant(value=bool() as value):
            yield str(not value)
        case ast.Constant(value=int() as value):
            yield str(value + 1)


def _is_nothing(value: ast.expr) -> bool:
    return isinstance(value, ast.Constant) and value.value is None


def sample(count: int, seed: int) -> list[Mutant]:
    """As many from each room."""
    chosen = random.Random(seed)
    found: list[Mutant] = []
    for room in ROOMS:
        files = [each for each in sorted((SOURCE / "dossier").rglob("*.py")) if _is_in(each, room)]
        found += chosen.sample([mutant for each in files for mutant in mutants(each)], count // len(ROOMS))
    return found


def _is_in(path: Path, room: str) -> bool:
    parts = path.relative_to(SOURCE / "dossier").with_suffix("").parts
    return parts[0] == room or (parts[1:2] == (room,) and parts[0] not in ("foundation", "server"))


# ---- whether it is noticed ----


@dataclass(frozen=True, slots=True)
class Copy:
    """A copy of the source that one mutant at a time lives in."""

    folder: Path

    def verdict(self, mutant: Mutant | None) -> str:
        """`survived`, or how it was noticed; without a mutant, how the suite is by itself."""
        if mutant is None:
            return self._ask("not long", self._folders(None))
        file = self.folder / mutant.path.relative_to(SOURCE)
        file.write_text(mutant.mutated)
        try:
            said = self._ask("not long", self._folders(mutant))
            if said == "survived":
                said = self._ask("long", ["tests/cases", "tests/conditions", "tests/wire"])
            return said if self._is_its_doing(said) else f"survived: {said}, which passes at a second try"
        finally:
            shutil.copy2(mutant.path, file)

    def _is_its_doing(self, said: str) -> bool:
        """Whether the test that noticed does so again: on a busy machine one may fail by itself."""
        return not said.startswith(NOTICED) or self._ask("long or not long", [said.removeprefix(NOTICED)]) != "survived"

    def _folders(self, mutant: Mutant | None) -> list[str]:
        """The tests of its domain first, then those of all that is built on it."""
        own = mutant.path.relative_to(SOURCE / "dossier").parts[0] if mutant else ""
        first = [own, "conditions", "fields", "cases", "wire"]
        folders = {each.name for each in (ROOT / "tests").iterdir() if (each / "__init__.py").exists()}
        rest = sorted(folders - {*first, *NOT_ASKED})
        return [f"tests/{each}" for each in dict.fromkeys([*first, *rest]) if each in folders]

    def _ask(self, marked: str, folders: list[str]) -> str:
        options = ["-x", "-m", marked, "-k", SLOW, "-p", "no:cacheprovider", "-p", "no:xdist", "--tb=no"]
        environment = os.environ | {"PYTHONPATH": str(self.folder), "PYTHONDONTWRITEBYTECODE": "1"}
        command = [sys.executable, "-m", "pytest", *options, *folders]
        try:
            run = subprocess.run(
                command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=SECONDS, check=False
            )
        except subprocess.TimeoutExpired:
            return "timed out"
        if run.returncode == 0:
            return "survived"
        failed = re.search(r"^(?:FAILED|ERROR) (.+?)(?: - |$)", run.stdout, re.MULTILINE)
        return NOTICED + failed[1] if failed else "could not be imported"


def main(count: int, seed: int) -> int:
    """Hold a sample against the suite: 0 when enough of it is noticed."""
    with tempfile.TemporaryDirectory() as parent, postgres.cluster() as server, ThreadPoolExecutor(AT_ONCE) as pool:
        os.environ |= {SERVER: server, PREPARED: "1"}
        copies: SimpleQueue[Copy] = SimpleQueue()
        for number in range(AT_ONCE):
            copies.put(Copy(Path(shutil.copytree(SOURCE, Path(parent, str(number))))))
        chosen = sample(count, seed)
        alone, *verdicts = pool.map(_held(copies), [None, *chosen])
    if alone != "survived":
        print(f"Without any mutant: {alone}")
        return 1
    return _told(chosen, verdicts)


def _held(copies: "SimpleQueue[Copy]") -> Callable[[Mutant | None], str]:
    def hold(mutant: Mutant | None) -> str:
        copy, began = copies.get(), time.monotonic()
        try:
            verdict = copy.verdict(mutant)
        finally:
            copies.put(copy)
        print(f"{time.monotonic() - began:5.0f} s  {mutant or 'as it is'}\n         {verdict}", flush=True)
        return verdict

    return hold


def _told(chosen: list[Mutant], verdicts: list[str]) -> int:
    survived = [mutant for mutant, verdict in zip(chosen, verdicts, strict=True) if verdict.startswith("survived")]
    how = Counter(" ".join(each.split()[:2]) for each in verdicts)
    print("\nNo test notices:", *survived, sep="\n  ")
    noticed = 1 - len(survived) / len(chosen)
    print(f"\n{noticed:.0%} of {len(chosen)} are noticed ({dict(how)})")
    return 0 if noticed >= LEAST else 1


if __name__ == "__main__":
    sys.exit(main(int(os.environ.get("MUTANTS", "60")), int(os.environ.get("SEED", "1"))))
