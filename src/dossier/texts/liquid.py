"""Liquid as texts have it: few tags and filters, no way out of the values, and bounds on all that a text can cost."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from sys import getsizeof
from typing import Any, ClassVar, TextIO

from liquid import Environment, Mode, Undefined
from liquid.ast import Node
from liquid.builtin import content, illegal, output
from liquid.builtin.expressions import FilteredExpression, Path
from liquid.builtin.expressions.primitive import RangeLiteral
from liquid.builtin.filters import array, misc, string
from liquid.builtin.tags import (
    assign_tag,
    capture_tag,
    case_tag,
    comment_tag,
    for_tag,
    if_tag,
    inline_comment_tag,
    unless_tag,
)
from liquid.context import RenderContext
from liquid.exceptions import FilterValueError, LiquidError, LiquidSyntaxError, ResourceLimitError
from liquid.expression import Expression
from liquid.filter import liquid_filter, string_filter, with_context
from liquid.parser import get_parser
from liquid.stream import TokenStream
from liquid.template import BoundTemplate
from liquid.token import TOKEN_DOT, TOKEN_EOF, TOKEN_OUTPUT, TOKEN_WORD, Token

from dossier.foundation.errors import Problem
from dossier.foundation.messages import Message
from dossier.foundation.text import gettext_noop
from dossier.texts.names import Snippet
from dossier.texts.problems import InvalidText
from dossier.texts.written import MAX_OUTPUT, Plain, shown

MAX_LOCALS = 200_000  # bytes of what a text keeps under names of its own
MAX_VALUE = 100_000  # characters of what a filter makes
MAX_WORK = 50_000  # parts of a text looked at, in all rounds of its loops, and every 20 characters that a filter reads or makes
_CHARACTERS = 20
MAX_TAG = 2_000  # characters between the braces: the grammar reads some of them again and again
MAX_DEPTH = 20  # of blocks in each other


class Template(BoundTemplate):
    """A parsed text."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.parts = sum(1 for _ in _walk(self, self.nodes))

    def fill(self, values: Mapping[str, Any], into: Plain) -> tuple[str, tuple[str, ...]]:
        """What `into` has of it, and the names that had no value. InvalidText where a bound or a filter's argument is in the way."""
        context = _Context(self, globals=values)
        try:
            self.render_with_context(context, into)
        except LiquidError as error:
            raise InvalidText(_problem(error)) from None
        except Exception as error:
            raise InvalidText(_not_made(str(error))) from error
        return into.getvalue(), tuple(context.missing)

    def names(self) -> Iterator[tuple[str, int, int]]:
        """Each name that is to come from outside, with line and column from 1."""
        for variables in self.analyze(include_partials=False).globals.values():
            for variable in variables:
                line, column = variable.span.line_col(self.source)
                yield str(variable), line, column + 1

    source: str = ""


def parsed(source: str) -> Template:
    """The template of a source; InvalidText with line and column."""
    try:
        _scan(source)
        template = _ENVIRONMENT.from_string(source)
        assert isinstance(template, Template)
        template.source = source
        _refuse(template)
    except (LiquidError, RecursionError) as error:
        raise InvalidText(_problem(error, source)) from None
    template.fill({}, Plain())  # arguments that no filter takes
    return template


def _scan(source: str) -> None:
    """Whether each brace is closed, and soon: of many that are not, the lexer needs the cube of their number (19,000: 17 s)."""
    place = 0
    while opened := _OPENED.search(source, place):
        start = opened.start()
        end = source.find(_CLOSED[opened[0]], start + 2)
        if not 0 <= end - start <= MAX_TAG:
            token = Token(TOKEN_EOF, opened[0], start, source)
            raise LiquidSyntaxError(f"expected '{_CLOSED[opened[0]]}' soon after this", token=token)
        raw = source[start + 2 : end].strip("- \n") == "raw"
        place = max(source.find("endraw", end) - 4, end + 2) if raw else end + 2


_OPENED = re.compile(r"{[{%]")
_CLOSED = {"{{": "}}", "{%": "%}"}


def _refuse(template: Template) -> None:
    """What the grammar would let through."""
    for each in _walk(template, template.nodes):
        if isinstance(each, RangeLiteral):
            raise LiquidSyntaxError(_NUMBERS, token=each.token)
        if isinstance(each, Path) and not all(isinstance(part, str) for part in each.path):
            raise LiquidSyntaxError(_BETWEEN, token=each.token)
        if isinstance(each, FilteredExpression) and each.filters and _is_snippet(each.left):
            raise LiquidSyntaxError(_ALONE, token=each.token)


def _is_snippet(expression: Expression) -> bool:
    return isinstance(expression, Path) and expression.head() == "snippets"


def _walk(template: BoundTemplate, nodes: Iterable[Node]) -> Iterator[Node | Expression]:
    context = RenderContext(template)
    for node in nodes:
        yield node
        for expression in node.expressions():
            yield from _expressions(expression)
        yield from _walk(template, node.children(context))


def _expressions(expression: Expression) -> Iterator[Expression]:
    yield expression
    for child in expression.children():
        yield from _expressions(child)
    if isinstance(expression, FilteredExpression):
        yield from (expression for _ in expression.filters or ())


def _problem(error: Exception, source: str = "") -> Problem:
    """What is wrong, and where: at the end, where something is still to come."""
    found = error.context() if isinstance(error, LiquidError) and error.token else None
    what = str(error.message) if isinstance(error, LiquidError) else _NESTED
    lines = source.split("\n")
    line, column = (found[0], found[1] + 1) if found else (len(lines), len(lines[-1]) + 1)
    if found is None and not source:
        return _not_made(what)
    sentence = "Line {line}, column {column}: {problem}"
    meta = {"line": line, "column": column}
    return Problem(sentence, "invalid_text", line=line, column=column, problem=_what(what, _UNREADABLE), meta=meta)


def _not_made(what: str) -> Problem:
    return Problem("The text cannot be made: {problem}", "invalid_text", problem=_what(what, _NOT_MADE))


def _what(what: str, people: str) -> Message:
    """What is wrong; of what the library says in English, people are told the gist."""
    return Message(what) if what in _OURS else Message("{reason}", {"reason": what}, people)


_ALONE = gettext_noop("a snippet stands alone, without filters")
_BETWEEN = gettext_noop("write the name itself between the dots")
_NUMBERS = gettext_noop("numbers from … to … are not counted here; go through a list")
_MUCH = gettext_noop("a filter makes too much text")
_NAMES = gettext_noop("the text keeps too much under names of its own")
_NESTED = gettext_noop("too deeply nested")
_NOTHING = gettext_noop("replace needs something to look for")
_ROUNDS = gettext_noop("the text takes too long: it has too many rounds of its loops")
_OURS = frozenset({_ALONE, _BETWEEN, _NUMBERS, _MUCH, _NAMES, _NESTED, _NOTHING, _ROUNDS})
_NOT_MADE = gettext_noop("a filter, or a loop, does not fit the values")
_UNREADABLE = gettext_noop("this cannot be read; look at the braces, and at the names of tags and filters")


# ---- what a rendering has ----


class _Context(RenderContext):
    """The values of one rendering: how much it may still do, and which names had none."""

    __slots__ = ("inside", "kept", "missing", "parts", "work")

    def __init__(self, template: Template, **given: Any) -> None:
        super().__init__(template, **given)
        self.work = MAX_WORK
        self.kept = 0
        self.parts = template.parts
        self.inside = False
        self.missing: dict[str, None] = {}

    def spend(self, work: int) -> None:
        self.work -= work
        if self.work < 0:
            raise ResourceLimitError(_ROUNDS, token=None)

    def assign(self, key: str, val: Any) -> None:
        self.kept += getsizeof(val) - (getsizeof(self.locals[key]) if key in self.locals else 0)
        self.locals[key] = val
        if self.kept > MAX_LOCALS:
            raise ResourceLimitError(_NAMES, token=None)

    def take_in(self, snippet: Snippet, buffer: TextIO) -> int:
        """The snippet at its place, with the same values; within another one it is nothing."""
        if self.inside:
            return 0
        outer, self.parts, self.inside = self.parts, snippet.template.parts, True
        self.spend(self.parts)
        try:
            return sum(node.render(self, buffer) or 0 for node in snippet.template.nodes)
        finally:
            self.parts, self.inside = outer, False

    @contextmanager
    def loop(self, namespace: Mapping[str, object], forloop: Any) -> Iterator[RenderContext]:
        self.spend(forloop.length * self.parts)
        with super().loop(namespace, forloop) as context:
            yield context


class _OutputNode(output.OutputNode):
    def render_to_output(self, context: RenderContext, buffer: TextIO) -> int:
        value = self.expression.evaluate(context)
        assert isinstance(context, _Context)
        if isinstance(value, Snippet):
            return context.take_in(value, buffer)
        if name := self._missing(value):
            context.missing[name] = None
        return buffer.put(value) if isinstance(buffer, Plain) else buffer.write(shown(value))

    def _missing(self, value: Any) -> str | None:
        """The name that had no value."""
        expression = self.expression
        assert isinstance(expression, FilteredExpression)
        named = isinstance(expression.left, Path) and shown(value) == ""
        return str(expression.left) if named else None


class _Output(output.Output):
    def parse(self, stream: TokenStream) -> output.OutputNode:
        token = stream.eat(TOKEN_OUTPUT)
        return _OutputNode(token, FilteredExpression.parse(self.env, stream.into_inner(tag=token, eat=False)))


class _Stream(TokenStream):
    """The tokens of a text; behind a dot every word is a name: `data.empty`, `data.limit`."""

    def into_inner(self, *, tag: Token | None = None, eat: bool = True) -> TokenStream:
        return TokenStream(_named(super().into_inner(tag=tag, eat=eat).tokens))


def _named(tokens: Iterable[Token]) -> Iterator[Token]:
    after_dot = False
    for token in tokens:
        yield token._replace(kind=TOKEN_WORD) if after_dot and token.value.isidentifier() else token
        after_dot = token.kind == TOKEN_DOT


# ---- filters ----


def _bounded(filter: Callable[..., Any]) -> Callable[..., Any]:
    """The filter, which pays for what it reads and makes, and makes no more than MAX_VALUE characters."""

    @with_context
    def paying(value: Any, *args: Any, context: _Context, **kwargs: Any) -> Any:
        context.spend(1 + _length(value) // _CHARACTERS)
        if getattr(filter, "with_environment", False):
            kwargs["environment"] = context.env
        made = filter(value, *args, **kwargs)
        if (length := _length(made)) > MAX_VALUE:
            raise _too_much()
        context.spend(length // _CHARACTERS)
        return made

    return paying


def _too_much() -> FilterValueError:
    return FilterValueError(_MUCH, token=None)


def _length(value: Any) -> int:
    if isinstance(value, list | tuple):
        return sum(8 + len(each) if isinstance(each, str) else 16 for each in value)
    return len(value) if isinstance(value, str) else 1


@string_filter
def _replace(value: str, old: object, new: object = "") -> str:
    """As the standard one, which is asked first how much it would make."""
    old, new = shown(old), shown(new)
    if len(value) + (value.count(old) if old else 0) * len(new) > MAX_VALUE or not old:
        raise _too_much() if old else FilterValueError(_NOTHING, token=None)
    return value.replace(old, new)


@liquid_filter
def _join(value: Any, between: object = " ") -> str:
    texts = [shown(each) for each in value] if isinstance(value, list | tuple) else [shown(value)]
    between = shown(between)
    if sum(map(len, texts)) + len(between) * len(texts) > MAX_VALUE:
        raise _too_much()
    return between.join(texts)


_FILTERS: Mapping[str, Callable[..., Any]] = {
    "append": string.append,
    "capitalize": string.capitalize,
    "compact": array.compact,
    "concat": array.concat,
    "default": misc.default,
    "downcase": string.downcase,
    "first": array.first,
    "join": _join,
    "last": array.last,
    "lstrip": string.lstrip,
    "map": array.map_,
    "prepend": string.prepend,
    "remove": string.remove,
    "replace": _replace,
    "replace_first": string.replace_first,
    "reverse": array.reverse,
    "rstrip": string.rstrip,
    "size": misc.size,
    "slice": string.slice_,
    "sort": array.sort,
    "split": string.split,
    "strip": string.strip,
    "truncate": string.truncate,
    "truncatewords": string.truncatewords,
    "upcase": string.upcase,
    "where": array.where,
}
"""No arithmetic: it is wrong with amounts that have decimals, and a computed field does it. No dates: they arrive written."""

_TAGS = (
    content.Literal,
    _Output,
    illegal.Illegal,
    if_tag.IfTag,
    unless_tag.UnlessTag,
    case_tag.CaseTag,
    for_tag.ForTag,
    for_tag.BreakTag,
    for_tag.ContinueTag,
    assign_tag.AssignTag,
    capture_tag.CaptureTag,
    comment_tag.CommentTag,
    inline_comment_tag.InlineCommentTag,
)


class _Environment(Environment):
    block_nesting_limit: ClassVar[int] = MAX_DEPTH
    context_depth_limit: ClassVar[int] = MAX_DEPTH
    loop_iteration_limit: ClassVar[int | None] = MAX_WORK
    local_namespace_limit: ClassVar[int | None] = MAX_LOCALS
    output_stream_limit: ClassVar[int | None] = MAX_OUTPUT
    template_class = Template

    def _parse(self, source: str) -> list[Node]:
        return get_parser(self).parse(_Stream(self.tokenizer()(source)))

    def setup_tags_and_filters(self, *, extra: bool = False) -> None:  # noqa: ARG002 - as the base has it
        for tag in _TAGS:
            self.add_tag(tag)
        for name, filter in _FILTERS.items():
            self.add_filter(name, _bounded(filter))


_ENVIRONMENT = _Environment(tolerance=Mode.STRICT, undefined=Undefined, strict_filters=True)
