"""Small wrong changes: what a mutant is, which there are in a file, and a seeded sample of those of all rooms."""

import ast
import random
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

SOURCE = Path(__file__).parents[2] / "src"
ROOMS = ("model", "actions", "store", "conditions", "fields")  # as many of each are taken


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

    @property
    def line(self) -> int:
        """From 1."""
        return self.path.read_text().count("\n", 0, self.start) + 1

    def __str__(self) -> str:
        whole = self.path.read_text()
        before, after = (" ".join(each.split())[:90] for each in (whole[self.start : self.end], self.text))
        return f"{self.path.relative_to(SOURCE)}:{self.line}:  {before}  →  {after or 'nothing'}"


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
        if isinstance(node, ast.keyword) and _is_of_one_length(tree, node):
            continue
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


def _is_of_one_length(tree: ast.AST, keyword: ast.keyword) -> bool:
    """`zip(…, strict=True)` states what is so wherever the code is right: without it the same comes out."""
    is_zip = isinstance(tree, ast.Call) and isinstance(tree.func, ast.Name) and tree.func.id == "zip"
    return is_zip and isinstance(keyword.value, ast.Constant) and keyword.value.value is True


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
