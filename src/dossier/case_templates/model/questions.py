"""What can be wrong with the forms that steps of a case template send: whether they are there, and whether answers fit fields."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from dossier.case_templates.model.step import Questions
from dossier.case_templates.model.template import Template
from dossier.fields import Field
from dossier.form_templates.model import Element, FormTemplate, PresetRow
from dossier.foundation.errors import Problem, pointer
from dossier.foundation.messages import Message, Named
from dossier.foundation.text import did_you_mean, gettext_noop

_IN_DATA = re.compile(r"data\.[a-z0-9_]{1,120}")  # a field that a case may come to have
CASE_TEXTS = ("title", "description", "reference", "locale")
CONTACT = ("email", "phone", "given_name", "family_name")
_NO_FORM = gettext_noop("There is no form template “{key}” that forms can be made with.")
_NO_PRESET = gettext_noop("The form template has no preset “{key}”.{hint}")
_NO_OPTION = gettext_noop("The form template has no option “{key}”.{hint}")
_NO_ELEMENT = gettext_noop("The form template has no question “{key}”.{hint}")
_NO_PATH = gettext_noop("“{key}” is nothing of a case that a question can be filled in from.{hint}")
_NO_FIELD = gettext_noop("“{question}” of the form goes with “{key}”, and the case has no such field.")
_UNFIT = gettext_noop("“{question}” of the form goes with the field “{field}”, and what is answered does not fit it.")


def takes(field: Field, element: Element) -> bool:
    """Whether answers to an element can be values of a field of a case; each value is checked again as it comes."""
    if field.derived or field.read_only:
        return False
    kind = element.field.calculated if element.field else None
    return element.type == field.type or (kind is not None and kind == field.calculated)


def chosen(asks: Questions, presets: Sequence[PresetRow]) -> PresetRow | None:
    """The preset that a step means: the one it names by its key, else the first."""
    return next((each for each in presets if asks.preset in (None, each.key)), None)


def problems_of_questions(
    index: int, asks: Questions, template: Template, form: FormTemplate | None, presets: Sequence[PresetRow]
) -> Iterator[Problem]:
    """What is wrong with the form of the step at that place; `form`: its template, None where there is none."""
    at = pointer("steps", index)
    if form is None:
        yield Problem(Message(_NO_FORM, {"key": asks.slug}), "unknown_key", f"{at}/form")
        return
    if chosen(asks, presets) is None:
        yield _unknown(_NO_PRESET, asks.preset or "", [each.key for each in presets], f"{at}/preset")
    for key in asks.options:
        if key not in form.option_by_key:
            yield _unknown(_NO_OPTION, key, form.option_by_key, at + pointer("options", key))
    yield from _prefill(asks.prefill, template, form, at)
    yield from unfit_answers(template, form, f"{at}/form")


def _prefill(prefill: Mapping[str, str], template: Template, form: FormTemplate, at: str) -> Iterator[Problem]:
    asked = {each.key: each for each in form.elements}
    paths = [*CASE_TEXTS, *(f"contact.{each}" for each in CONTACT), *(f"data.{key}" for key in template.field_by_key)]
    for key, path in prefill.items():
        where = at + pointer("prefill", key)
        if key not in asked:
            yield _unknown(_NO_ELEMENT, key, asked, where)
        elif path not in paths and not (template.unknown_fields == "add" and _IN_DATA.fullmatch(path)):
            yield _unknown(_NO_PATH, path, paths, where)


def unfit_answers(template: Template, form: FormTemplate, at: str) -> Iterator[Problem]:
    """Answers of the form that go with fields which cases of the template do not have, or which do not take them."""
    for element in form.elements:
        if element.binding is None or element.binding.target != "data":
            continue
        field, named = template.field_by_key.get(element.binding.key), Named(element.key, element.label)
        if field is None and template.unknown_fields != "add":
            yield Problem(_NO_FIELD, "unknown_key", at, question=named, key=str(element.binding))
        elif field is not None and not takes(field, element):
            yield Problem(_UNFIT, "invalid_value", at, question=named, field=field.named)


def _unknown(sentence: str, key: str, known: Any, at: str) -> Problem:
    values = {"key": key, "hint": did_you_mean(key, known)}
    return Problem(Message(sentence, values), "unknown_key", at)
