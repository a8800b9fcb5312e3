"""YAML read as the JSON it stands for: JSON's types by JSON's rules (YAML 1.2, JSON schema), and the same exact check as a body."""

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Any, NoReturn

import yaml
from yaml.events import AliasEvent, Event, MappingEndEvent, MappingStartEvent, ScalarEvent, SequenceEndEvent

from dossier.foundation import exact, json
from dossier.foundation.errors import Invalid, InvalidValue
from dossier.foundation.messages import Message, Value

MAX_YAML = 256 * 1024  # characters

_TAG = "tag:yaml.org,2002:"
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?")
_WORDS_OF_JSON = {"true": True, "false": False, "null": None, "~": None, "": None}
_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # libyaml is ten times as quick


def decode(text: str) -> Any:
    """The JSON value that a YAML text stands for; 400 with the line when it stands for none, or JSON refuses it.

    Takes half a second at the most for what is allowed: leave the event loop for it.
    """
    if len(text) > MAX_YAML:
        sentence = "The YAML has more than {count} kB; write it as JSON."
        raise Invalid.because(sentence, "malformed_yaml", count=MAX_YAML // 1024)
    try:
        return _Reader(yaml.parse(text.removeprefix("\ufeff"), Loader=_Loader)).document()
    except yaml.YAMLError as error:
        reason = getattr(error, "problem", None) or getattr(error, "reason", None) or "it is not YAML"
        _refuse(Message("{reason}", {"reason": str(reason)}, "it is not YAML"), getattr(error, "problem_mark", None))
    except UnicodeEncodeError:
        _refuse("it has half of a surrogate pair", None)


class _Reader:
    """From events to a value. There is no type that JSON does not have, no tag, no anchor: a few aliases can stand for
    more than fits into memory."""

    def __init__(self, events: Iterator[Event]) -> None:
        self.events = events
        self.depth = 0

    def document(self) -> Any:
        found = [self._value(event) for event in self.events if hasattr(event, "anchor")]
        if len(found) != 1:
            _refuse("it must be one document", None)
        return found[0]

    def _value(self, event: Event) -> Any:
        if isinstance(event, AliasEvent) or event.anchor is not None:  # type: ignore[attr-defined]
            _refuse("anchors and aliases are not taken; write the part out", event.start_mark)
        if event.tag is not None:  # type: ignore[attr-defined]
            _refuse("the tag {tag} is not taken; write plain values", event.start_mark, tag=str(event.tag))  # type: ignore[attr-defined]
        if isinstance(event, ScalarEvent):
            return _scalar(event)
        self.depth += 1
        if self.depth > json.MAX_DEPTH:
            _refuse("it is nested deeper than {most} levels", event.start_mark, most=json.MAX_DEPTH)
        value = self._mapping() if isinstance(event, MappingStartEvent) else self._sequence()
        self.depth -= 1
        return value

    def _sequence(self) -> list[Any]:
        return [self._value(event) for event in self._until(SequenceEndEvent)]

    def _mapping(self) -> dict[str, Any]:
        members: dict[str, Any] = {}
        for event in self._until(MappingEndEvent):
            if not isinstance(event, ScalarEvent) or event.anchor is not None or event.tag is not None:
                _refuse("a member's name must be a plain text", event.start_mark)
            name = _usable(event)
            if name in members:
                _refuse("“{name}” stands twice in the same object", event.start_mark, name=name)
            members[name] = self._value(next(self.events))
        return members

    def _until(self, end: type[Event]) -> Iterator[Event]:
        while not isinstance(event := next(self.events), end):
            yield event


def _scalar(event: ScalarEvent) -> Any:
    text = _usable(event)
    if not event.implicit[0]:  # it stands in quotes, or is a block
        return text
    if text in _WORDS_OF_JSON:
        return _WORDS_OF_JSON[text]
    if not _NUMBER.fullmatch(text):
        return text
    try:
        return exact.number(text)
    except InvalidValue as bad:
        _refuse(bad.message, event.start_mark)


def _usable(event: ScalarEvent) -> str:
    text: str = event.value
    if not json.usable(text):
        _refuse("the text contains NUL or half of a surrogate pair", event.start_mark)
    return text


def _refuse(message: str | Message, mark: Any, /, **values: Value) -> NoReturn:
    place = {"line": mark.line + 1, "column": mark.column + 1} if mark else {}
    where = Message(" (line {line}, column {column})", place) if mark else ""
    problem = message if isinstance(message, Message) else Message(message, values)
    sentence = "The YAML cannot be read: {problem}{where}."
    raise Invalid.because(sentence, "malformed_yaml", problem=problem, where=where)


class _Plain(yaml.SafeDumper):
    """Writes what JSON has: a text that a reader of any YAML could take for something else stands in quotes."""

    def ignore_aliases(self, _data: Any) -> bool:
        return True


_AS_IS = re.compile(r"[A-Za-z][^\x00-\x1f\x7f-\x9f\ufeff\ud800-\udfff]*")
_WORDS = {"true", "false", "null", "yes", "no", "on", "off", "y", "n"}


def _text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    plain = _AS_IS.fullmatch(text) and text.lower() not in _WORDS
    style = None if plain else "|" if _is_block(text) else '"'
    return dumper.represent_scalar(_TAG + "str", text, style=style)


def _is_block(text: str) -> bool:
    """Several lines, none of which a form or an editor would cut."""
    return (
        "\n" in text
        and text == text.strip()
        and bool(re.fullmatch(r"[\x20-\x7e\u00a1-\ud7ff\n]+", text))
        and " \n" not in text
    )


_Plain.yaml_implicit_resolvers = {}
_Plain.add_implicit_resolver(_TAG + "null", re.compile("^(?:null|~|)$"), None)
_Plain.add_implicit_resolver(_TAG + "bool", re.compile("^(?:true|false)$"), None)
_Plain.add_implicit_resolver(_TAG + "number", re.compile(f"^(?:{_NUMBER.pattern})$"), None)
_Plain.add_representer(str, _text)
_Plain.add_representer(Decimal, lambda dumper, number: dumper.represent_scalar(_TAG + "number", format(number, "f")))
_Plain.add_representer(int, lambda dumper, number: dumper.represent_scalar(_TAG + "number", str(number)))


def encode(value: Any) -> str:
    """A JSON value as YAML, in the order of its members."""
    text: str = yaml.dump(value, Dumper=_Plain, sort_keys=False, allow_unicode=True, width=120)
    return text
