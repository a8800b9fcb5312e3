"""Markdown of a text to clean HTML and to plain text. Values come in after the Markdown was read, so they can be none of it."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any
from urllib.parse import quote

import nh3
from markdown_it import MarkdownIt
from markdown_it.token import Token

from dossier.foundation.errors import Problem
from dossier.texts.names import Link
from dossier.texts.plain import plain
from dossier.texts.problems import InvalidText
from dossier.texts.text import Text
from dossier.texts.written import Marked

MAX_HTML = 400_000  # characters; a table of few characters can have many cells
MAX_CELLS = 10_000  # of all tables
_SCHEMES = {"http", "https", "mailto", "tel"}
_LINK = re.compile(r"(?:https?://|mailto:|tel:)[^\s\x00-\x1f]+", re.IGNORECASE)
_TAGS = {
    *("a", "blockquote", "br", "code", "del", "em", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "li", "ol", "p", "pre"),
    *("s", "strong", "table", "tbody", "td", "th", "thead", "tr", "ul"),
}


@dataclass(frozen=True, slots=True)
class Page:
    """One source as both."""

    html: str
    text: str
    missing: tuple[str, ...]


def read(text: Text, values: Mapping[str, Any]) -> Page:
    """The text as HTML and as plain text; InvalidText where it cannot be made."""
    marked = Marked()
    source, missing = text.template.fill(values, marked)
    _raise_if_vast(source)
    tokens = _Values(marked).put_in(_markdown().parse(source))
    html = _markdown().renderer.render(tokens, _markdown().options, {})
    if len(html) > MAX_HTML:
        raise _too_large()
    return Page(clean(html), plain(tokens), missing)


def _raise_if_vast(source: str) -> None:
    """Rows of tables are filled up with cells: 13,000 characters could make 65,000 of them, in two seconds."""
    bars = [count for line in source.splitlines() if (count := line.count("|"))]
    if bars and max(bars) * len(bars) > MAX_CELLS:
        raise _too_large()


def _too_large() -> InvalidText:
    return InvalidText(Problem("The text is too large for a mail.", "text_too_long"))


def clean(html: str) -> str:
    """Only the elements of a text, and links that lead somewhere; no pictures, styles or scripts."""
    return nh3.clean(
        html,
        tags=_TAGS,
        attributes={"a": {"href", "title"}, "ol": {"start"}},
        url_schemes=_SCHEMES,
        link_rel="noopener noreferrer",
    )


@cache
def _markdown() -> MarkdownIt:
    return (
        MarkdownIt("commonmark", {"html": False, "breaks": True})
        .enable(["table", "strikethrough"])
        .disable(["image", "html_block"])
    )


class _Values:
    """Values at the places of their marks."""

    def __init__(self, marked: Marked) -> None:
        self.values = marked.values
        self.mark = re.compile(f"{marked.mark}(\\d+)q", re.IGNORECASE)

    def put_in(self, tokens: Sequence[Token]) -> list[Token]:
        return [replace(each, content=self.text(each.content), children=self._inline(each)) for each in tokens]

    def text(self, said: str) -> str:
        return self.mark.sub(lambda found: self.values[int(found[1])], said)

    def _inline(self, block: Token) -> list[Token] | None:
        return None if block.children is None else list(self._each(block.children))

    def _each(self, tokens: Sequence[Token]) -> Iterator[Token]:
        """The tokens of a line; within a link there is no other. A link that leads nowhere is its text."""
        ends: list[bool] = []
        for token in tokens:
            if token.type == "link_open":
                opened = self._link(token)
                ends.append(opened is not None)
                yield from (opened,) if opened else ()
            elif token.type == "link_close":
                yield from (token,) if ends.pop() else ()
            elif token.type == "text":
                yield from self._words(token.content, linked=bool(ends))
            else:
                yield replace(token, content=self.text(token.content))

    def _link(self, token: Token) -> Token | None:
        """The link with its values: one that begins with a value leads where that says, one further on is a part of its address."""
        address = str(token.attrs.get("href", ""))
        first = self.mark.match(address)
        start = self.values[int(first[1])].strip() if first else ""
        rest = address[first.end() :] if first else address
        whole = start + self.mark.sub(lambda found: quote(self.values[int(found[1])], safe=""), rest)
        if not _LINK.fullmatch(whole):
            return None
        attributes = {name: self.text(str(value)) for name, value in token.attrs.items()}
        return replace(token, attrs={**attributes, "href": whole})

    def _words(self, said: str, *, linked: bool) -> Iterator[Token]:
        """Words with their values: the lines of one are lines, and an address of ours can be followed."""
        place = 0
        for found in self.mark.finditer(said):
            yield _said(said[place : found.start()])
            value, place = self.values[int(found[1])], found.end()
            yield from _followed(value) if isinstance(value, Link) and value and not linked else _lines(value)
        yield _said(said[place:])


def _said(text: str) -> Token:
    return Token("text", "", 0, content=text)


def _lines(value: str) -> Iterator[Token]:
    for number, line in enumerate(value.splitlines()):
        if number:
            yield Token("hardbreak", "br", 0)
        yield _said(line)


def _followed(address: Link) -> Iterator[Token]:
    yield Token("link_open", "a", 1, attrs={"href": str(address)})
    yield _said(str(address))
    yield Token("link_close", "a", -1)
