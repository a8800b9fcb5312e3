"""A text with names in it: parsed once, refused where it cannot be right, rendered with values."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Literal

from dossier.foundation.errors import Problem
from dossier.foundation.messages import Message, Value
from dossier.foundation.text import gettext_noop
from dossier.texts.names import Snippet, guessed, unknown_name
from dossier.texts.problems import InvalidText

if TYPE_CHECKING:
    from dossier.texts.liquid import Template

Written = Literal["plain", "html", "json", "address"]
MAX_SOURCE = 20_000  # characters
_MOST_PROBLEMS = 20

_UNKNOWN = gettext_noop("Line {line}, column {column}: there is no name “{name}”.")
_UNKNOWN_BUT = gettext_noop("Line {line}, column {column}: there is no name “{name}”; did you mean “{guess}”?")


@dataclass(frozen=True, slots=True)
class Rendered:
    """What came of a text, and the names in it that had no value, in order."""

    text: str
    missing: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Text:
    """A text that can be rendered any number of times, also in several threads."""

    source: str
    template: "Template"

    def render(self, values: Mapping[str, Any], html: bool = False, written: Written = "plain") -> Rendered:
        """The text with its values; `written`: each value so that it is text in HTML (also `html`), in a string of JSON, or in an address.

        InvalidText where it cannot be. Takes a tenth of a millisecond; at worst, for a text made to be slow, a third of a second.
        """
        from dossier.texts.written import Address, Escaped, Json, Plain  # noqa: PLC0415 - as for `liquid` below

        output = {"plain": Plain, "html": Escaped, "json": Json, "address": Address}["html" if html else written]()
        return Rendered(*self.template.fill(values, output))

    def names(self) -> frozenset[str]:
        """The names that are to come from outside, whether or not a rendering reaches them."""
        return frozenset(name for name, _, _ in self.template.names())

    def as_snippet(self) -> Snippet:
        """The same as a value of other texts, `snippets.closing`, which take it in whole."""
        return Snippet(self.template)


def parse(source: str, *, names: Collection[str] | None) -> Text:
    """The text; InvalidText for bad syntax, and for every name that is not among `names`.

    Names are whole: `case.title`, `data.amount`; `data.*` stands for all below `data`. None: names were looked at when it was published.
    """
    if len(source) > MAX_SOURCE:
        raise InvalidText(_too_long(source))
    text = _parsed(source)
    if names is not None and (problems := tuple(_unknown(text.template, names))):
        raise InvalidText(*problems)
    return text


@lru_cache(maxsize=256)
def _parsed(source: str) -> Text:
    from dossier.texts.liquid import parsed  # noqa: PLC0415 - 14 MB that many processes never need

    return Text(source, parsed(source))


def _too_long(source: str) -> Problem:
    sentence = "The text has {length} characters; {most} at most."
    return Problem(sentence, "text_too_long", length=len(source), most=MAX_SOURCE)


def _unknown(template: "Template", names: Collection[str]) -> Iterator[Problem]:
    for count, (name, line, column) in enumerate(template.names()):
        if count >= 10 * _MOST_PROBLEMS:
            return
        if unknown_name(name, names):
            yield _no_such(name[:120], names, line, column)


def _no_such(name: str, names: Collection[str], line: int, column: int) -> Problem:
    guess = guessed(name, names)
    sentence = _UNKNOWN_BUT if guess else _UNKNOWN
    values: dict[str, Value] = {"name": name, "guess": guess or "", "line": line, "column": column}
    return Problem(Message(sentence, values), "unknown_name", meta={"name": name, "line": line, "column": column})
