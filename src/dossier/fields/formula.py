"""The language of formulas: expressions in Python's grammar, of which little means something, on exact values.

Python parses (`ast`), nothing of it is run: each node is checked and made into a function of the case's data. A value that is missing makes
what is calculated from it missing; `and`, `or`, `not` and comparisons take it as false, like conditions do.
"""

import ast
import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Context, Decimal
from typing import Any

from dossier.fields.faces import Kind
from dossier.foundation import exact
from dossier.foundation.messages import Message, Value

MAX_NODES = 200  # of a formula
MAX_TEXT = 10_000  # characters of a text that a formula makes: a hundred fields may take it from one
MAX_DEPTH = 50  # of brackets in brackets, and of one sign after another
_ROUNDING = Context(prec=exact.WIDE.prec, rounding=ROUND_HALF_UP)
_RESULT = Context(prec=exact.MAX_DIGITS, rounding=ROUND_HALF_UP)

Data = Mapping[str, Any]
Known = Mapping[str, Kind]
"""What a formula may name: `amount` → number, `items.price` → number: a column of a table, which is many."""


class FormulaError(Exception):
    """A formula that cannot be; `position` is the character that it is about, from 1."""

    def __init__(self, message: str | Message, position: int = 1, /, **values: Value) -> None:
        message = message if isinstance(message, Message) else Message(message, values)
        self.message = Message("at character {position}: {problem}", {"position": position, "problem": message})
        super().__init__(str(self.message))


@dataclass(frozen=True, slots=True)
class Typed:
    """A part of a formula: of which kind its value is, whether it is many values, and how it comes of the data."""

    kind: Kind
    value: Callable[[Data], Any]
    many: bool = False
    literal: Any = None


@dataclass(frozen=True, slots=True)
class Formula:
    """A parsed formula; `names`: the fields that it looks at, `columns`: how often it looks at all rows of a table."""

    text: str
    tree: ast.expr
    names: frozenset[str]
    nodes: int
    columns: int


def parse(text: str) -> Formula:
    """The formula that a text says; FormulaError."""
    tree = _tree(text)
    nodes = [node for node in ast.walk(tree) if isinstance(node, ast.expr)]
    if len(nodes) > MAX_NODES:
        raise FormulaError("it has {count} parts; {most} at most.", count=len(nodes), most=MAX_NODES)
    if _depth(tree) > MAX_DEPTH:
        raise FormulaError(
            "it is nested deeper than {most}; use sum(…), or a computed field for a part of it.", most=MAX_DEPTH
        )
    for node in nodes:
        if not isinstance(node, _UNDERSTOOD):
            raise FormulaError(
                "this has no meaning in a formula: {part}.", position_of(text, node), part=source_of(text, node)
            )
    called = {node.func for node in nodes if isinstance(node, ast.Call)}
    names = {node.id for node in nodes if isinstance(node, ast.Name) and node not in called}
    quoted = {name for node in nodes if isinstance(node, ast.Call) and (name := _field_named(node))}
    columns = sum(isinstance(node, ast.Attribute) for node in nodes)
    return Formula(text, tree, frozenset(names | quoted), len(nodes), columns)


def _tree(text: str) -> ast.expr:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.parse(f"(\n{text}\n)", mode="eval").body  # so that it may go over several lines
    except SyntaxError as error:
        place = _character(text, (error.lineno or 2) - 2, (error.offset or 1) - 1, encoded=False)
        raise FormulaError("this cannot be read.", place) from None
    except (ValueError, RecursionError, MemoryError):
        raise FormulaError("this cannot be read.") from None


_UNDERSTOOD = (
    ast.Constant,
    ast.Name,
    ast.Attribute,
    ast.Call,
    ast.BinOp,
    ast.UnaryOp,
    ast.BoolOp,
    ast.Compare,
    ast.IfExp,
)


def _depth(tree: ast.expr) -> int:
    depth, level = 0, [tree]
    while level:
        depth, level = (
            depth + 1,
            [each for node in level for each in ast.iter_child_nodes(node) if isinstance(each, ast.expr)],
        )
    return depth


def _field_named(node: ast.Call) -> str | None:
    """The key that `field("…")` names."""
    if not (isinstance(node.func, ast.Name) and node.func.id == "field" and len(node.args) == 1):
        return None
    key = node.args[0].value if isinstance(node.args[0], ast.Constant) else None
    return key if isinstance(key, str) else None


def _character(text: str, line: int, column: int, *, encoded: bool = True) -> int:
    """The place of a line (from 0) and a column in a text, from 1; columns of parsed nodes count bytes."""
    lines = text.split("\n")
    if line >= len(lines):  # only at its end can Python say what it misses
        return len(text) + 1
    line = max(0, line)
    within = len(lines[line].encode()[:column].decode(errors="ignore")) if encoded else column
    return min(sum(len(each) + 1 for each in lines[:line]) + within, len(text)) + 1


def position_of(text: str, node: ast.expr) -> int:
    return _character(text, node.lineno - 2, node.col_offset)


def source_of(text: str, node: ast.expr) -> str:
    return (ast.get_source_segment(f"(\n{text}\n)", node) or "")[:40]


# ---- values ----


def number_of(value: Any) -> Decimal | None:
    return (
        exact.WIDE.create_decimal(value) if isinstance(value, int | Decimal) and not isinstance(value, bool) else None
    )


def day_of(value: Any) -> date | None:
    try:
        return exact.day(value) if isinstance(value, str) else None
    except ValueError:
        return None


READERS: Mapping[Kind, Callable[[Any], Any]] = {
    "number": number_of,
    "text": lambda value: value if isinstance(value, str) else None,
    "date": day_of,
    "yes_or_no": lambda value: value if isinstance(value, bool) else None,
}


def stored(kind: Kind, value: Any, decimals: int | None) -> Any:
    """A formula's value as a case keeps it; None for one that is missing or beyond what a field can hold."""
    if value is None or kind == "yes_or_no":
        return value
    if kind == "text":
        return value if len(value) <= MAX_TEXT else None
    if kind == "date":
        return value.isoformat()
    try:
        number = _RESULT.plus(value).normalize(exact.WIDE) if decimals is None else rounded(value, decimals)
        return exact.number(format(number, "f"))
    except (ArithmeticError, ValueError):
        return None


def rounded(value: Decimal, decimals: int) -> Decimal:
    return value.quantize(Decimal(1).scaleb(-decimals), context=_ROUNDING)


def written(value: Any) -> str:
    """A value in a text."""
    if value is None:
        return ""
    return format(value.normalize(exact.WIDE), "f") if isinstance(value, Decimal) else str(value)


def lifted(how: Callable[..., Any], *parts: Typed) -> Callable[[Data], Any]:
    """Of all values together; missing when one of them is, or when there is no result."""

    def value(data: Data) -> Any:
        values = [part.value(data) for part in parts]
        if any(each is None for each in values):
            return None
        try:
            return how(*values)
        except (ArithmeticError, ValueError):
            return None

    return value


def gathered(how: Callable[[list[Any]], Any], parts: Sequence[Typed]) -> Callable[[Data], Any]:
    """Of all values that are there, those of columns among them."""

    def value(data: Data) -> Any:
        found = [each for part in parts for each in (part.value(data) if part.many else [part.value(data)])]
        return how([each for each in found if each is not None])

    return value
