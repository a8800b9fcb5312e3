"""The texts of a template: which names they may use, and what is wrong with each when it is published."""

from collections.abc import Iterator, Sequence
from typing import Any

from dossier.case_templates.model.automation_document import AutomationDocument
from dossier.case_templates.model.step_document import StepDocument
from dossier.case_templates.model.template import Template
from dossier.foundation.errors import Problem, pointer
from dossier.texts import InvalidText, parse
from dossier.workspaces.model import TEXT_NAMES

PERSON = ("name", "given_name", "family_name", "email", "phone")
MOST_CHARACTERS = 200_000  # of all texts of a template: what looking at them all can cost


def text_names(template: Template) -> frozenset[str]:
    """Every name that texts of its cases may use: `case.title`, `data.<key>`, `contacts.<slot>.name`, `snippets.*` …

    `raw.<key>` is the value of a field as programs have it, for conditions: `{% if raw.amount > 1000 %}`.
    """
    keys = ["*"] if template.unknown_fields == "add" else list(template.field_by_key)
    slots = [f"contacts.{slot}" for slot in template.slot_by_key]
    return frozenset(
        (
            *TEXT_NAMES,
            "snippets.*",
            *(f"{family}.{key}" for family in ("data", "raw") for key in keys),
            *(f"{person}.{part}" for person in slots for part in PERSON),
        )
    )


def text_problems(steps: Sequence[StepDocument], template: Template) -> Iterator[Problem]:
    """What is wrong with the texts of steps and their reminders, each with the pointer of the text."""
    names = text_names(template)
    texts = [(at, source) for index, step in enumerate(steps) for at, source in _texts(step, pointer("steps", index))]
    if (length := sum(len(source) for _, source in texts)) > MOST_CHARACTERS:
        sentence = "The texts of the template have {length} characters together; {most} at most."
        yield Problem(sentence, "text_too_long", pointer("steps"), length=length, most=MOST_CHARACTERS)
        return
    for at, source in texts:
        secret = steps[int(at.split("/")[2])].type == "http"
        yield from _wrong(source, names | {"secrets.*"} if secret else names, at)


def rule_text_problems(rules: Sequence[AutomationDocument], template: Template) -> Iterator[Problem]:
    """The same of the texts of rules; secrets are for calls alone."""
    names = text_names(template)
    texts = [each for index, rule in enumerate(rules) for each in _texts_of_rule(rule, pointer("automations", index))]
    if (length := sum(len(source) for _, source, _ in texts)) > MOST_CHARACTERS:
        sentence = "The texts of the template have {length} characters together; {most} at most."
        yield Problem(sentence, "text_too_long", pointer("automations"), length=length, most=MOST_CHARACTERS)
        return
    for at, source, secret in texts:
        yield from _wrong(source, names | {"secrets.*"} if secret else names, at)


def _texts_of_rule(rule: AutomationDocument, at: str) -> Iterator[tuple[str, str, bool]]:
    """Each text of a rule: its pointer, what it says, and whether it may name secrets."""
    for place, action in enumerate(rule.then):
        where = at + pointer("then", place)
        if action.text:
            yield where + "/text", action.text, False
        if action.task:
            yield from ((*each, False) for each in _members(action.task, where + "/task", "title", "body"))
        if call := action.http:
            yield where + "/http/url", call.url, True
            yield from ((where + pointer("http", "headers", name), each, True) for name, each in call.headers.items())
            yield from ((each, source, True) for each, source in _texts_in(call.body, where + "/http/body"))


def _texts_in(body: Any, at: str) -> Iterator[tuple[str, str]]:
    if isinstance(body, str):
        yield at, body
    elif isinstance(body, dict):
        for name, each in body.items():
            yield from _texts_in(each, at + pointer(name))
    elif isinstance(body, list):
        for place, each in enumerate(body):
            yield from _texts_in(each, at + pointer(place))


def _wrong(source: str, names: frozenset[str], at: str) -> Iterator[Problem]:
    try:
        parse(source, names=names)
    except InvalidText as refused:
        yield from (problem.at(at) for problem in refused.problems)


def _texts(step: StepDocument, at: str) -> Iterator[tuple[str, str]]:
    """Each text of a step with its pointer."""
    yield from _members(step, at, "subject", "body", "url")
    yield from ((at + pointer("headers", name), value) for name, value in step.headers.items())
    for language, texts in step.texts.items():
        yield from _members(texts, at + pointer("texts", language), "subject", "body")
    for place, reminder in enumerate(step.reminders):
        yield from _members(reminder, at + pointer("reminders", place), "subject", "body")


def _members(part: Any, at: str, *names: str) -> Iterator[tuple[str, str]]:
    yield from ((at + pointer(name), source) for name in names if (source := getattr(part, name)))
