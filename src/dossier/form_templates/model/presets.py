"""The presets of a document: which options they set, and whether these fit."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from uuid import UUID

from dossier.fields import LAST_DAY
from dossier.form_templates.model.calling import called
from dossier.form_templates.model.shapes import FormTemplateDocument, PresetDocument
from dossier.form_templates.model.template import Option, Preset
from dossier.foundation.durations import parse_duration
from dossier.foundation.errors import InvalidValue, Problem, pointer
from dossier.foundation.identifiers import parse_id
from dossier.foundation.messages import Message, Named
from dossier.foundation.text import did_you_mean

DEFAULT_KEY = "default"
OVERRIDES = ("access", "decline", "expires_after", "process_when_accepted", "embed", "opens")


def compiled_presets(
    document: FormTemplateDocument, options: Sequence[Option]
) -> tuple[tuple[Preset, ...], list[Problem]]:
    """The presets, at least one, and what is wrong with them."""
    known = {each.key: each for each in options}
    problems = []
    for place, each in enumerate(document.presets):
        at = pointer("presets", place)
        problems += [*_unfit(each, known, at), *duration_problem(each.expires_after, at + "/expires_after")]
        problems += opens_problem(each.opens, at + "/opens")
    presets = tuple(_preset(each) for each in document.presets)
    return presets or (Preset(DEFAULT_KEY, document.title, None, {}, {}),), problems


def _preset(document: PresetDocument) -> Preset:
    given = document.model_fields_set
    overrides = {name: getattr(document, name) for name in OVERRIDES if name in given}
    nothing = {name for name in OVERRIDES if name != "expires_after" and overrides.get(name, 0) is None}
    kept = {name: value for name, value in overrides.items() if name not in nothing}
    return Preset(document.key, document.name, document.enabled, document.options, kept)


def _unfit(preset: PresetDocument, known: Mapping[str, Option], at: str) -> Iterator[Problem]:
    for key, value in preset.options.items():
        where = at + pointer("options", key)
        if key not in known:
            hint = did_you_mean(key, known)
            yield Problem("There is no option “{key}”.{hint}", "unknown_key", where, key=key, hint=hint)
        elif value is not None:
            yield from _misfit(known[key], value, where)


def _misfit(option: Option, value: Any, at: str) -> Iterator[Problem]:
    try:
        option.field.check(value, LAST_DAY)
    except InvalidValue as bad:
        yield bad.of(Named(option.key, option.label), at)


def opens_problem(text: str | None, at: str) -> Iterator[Problem]:
    """What is wrong with the id of a case template; None opens no case. Whether there is that one is asked when it is published."""
    if text is not None and parse_id(text) is None:
        yield no_case_template(text, at)


def no_case_template(id: str | UUID, at: str) -> Problem:
    """There is no such case template, or it is archived."""
    return Problem("There is no case template {id} that cases can be made with.", "unknown_template", at, id=id)


def opened(document: Mapping[str, Any]) -> Iterator[tuple[str, UUID]]:
    """The case templates that a document's forms open cases of, each with its place."""
    presets = enumerate(document.get("presets") or ())
    said = [("", document.get("opens")), *((pointer("presets", place), each.get("opens")) for place, each in presets)]
    yield from ((at + "/opens", id) for at, text in said if text and (id := parse_id(text)))


def duration_problem(text: str | None, at: str) -> Iterator[Problem]:
    """What is wrong with a duration; None is never."""
    if text is not None and parse_duration(text) is None:
        sentence = "“{value}” is no duration such as P3D (three days) or PT2H (two hours), ten years at most."
        message = Message(sentence, {"value": text, "field": called("expires_after")})
        yield Problem(message, "invalid_duration", at)
