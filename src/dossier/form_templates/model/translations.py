"""The texts of a form in other languages: by which paths they are named, and which are still to be written."""

from collections.abc import Iterator

from dossier.fields import Field
from dossier.form_templates.model.letters import LETTERS, TEXT_NAMES_OF_FORMS
from dossier.form_templates.model.template import Element, FormTemplate
from dossier.foundation.errors import Problem, pointer
from dossier.foundation.text import did_you_mean
from dossier.texts import InvalidText
from dossier.texts import parse as parse_text

_MOST_GUESSES = 10


def paths(template: FormTemplate) -> dict[str, str]:
    """Path → text of everything that can be said in another language, in the template's own, in document order."""
    return {path: text for path, text in _paths(template) if text}


def completeness(template: FormTemplate, language: str) -> tuple[int, int]:
    """How many texts are there in a language, and how many there are to be."""
    wanted = paths(template)
    if language == template.locale:
        return len(wanted), len(wanted)
    there = template.texts.get(language, {})
    return sum(1 for path in wanted if there.get(path)), len(wanted)


def _paths(template: FormTemplate) -> Iterator[tuple[str, str | None]]:
    yield "title", template.title
    yield "description", template.description
    for page in template.pages:
        yield f"pages.{page.key}.title", page.title
        yield f"pages.{page.key}.description", page.description
    for element in template.all_elements():
        yield from _of_element(element)
    for name in LETTERS:
        if letter := getattr(template.messages, name):
            for member, text in (
                ("email.subject", letter.subject),
                ("email.body", letter.body),
                ("sms.body", letter.sms),
            ):
                yield f"messages.{name}.{member}", text
    for place, reminder in enumerate(template.messages.reminders):
        yield f"messages.reminders.{place}.subject", reminder.subject
        yield f"messages.reminders.{place}.body", reminder.body


def _of_element(element: Element) -> Iterator[tuple[str, str | None]]:
    at, definition = f"elements.{element.key}", element.definition
    if element.shown:
        yield f"{at}.label", definition.get("label")
    yield from ((f"{at}.{name}", definition.get(name)) for name in ("help", "example", "text"))
    for option in getattr(element.field, "options", ()):
        yield f"{at}.options.{option.value}", option.label
    for column in getattr(element.field, "columns", ()):
        yield from _of_column(f"{at}.columns.{column.key}", column)


def _of_column(at: str, column: Field) -> Iterator[tuple[str, str | None]]:
    yield at, column.name
    yield from ((f"{at}.options.{each.value}", each.label) for each in getattr(column, "options", ()))


def text_problems(template: FormTemplate) -> Iterator[Problem]:
    """Texts that say nothing that there is, and those of messages that cannot be."""
    if not template.texts:
        return
    known = {path for path, _ in _paths(template)}
    guesses = 0
    for language, texts in template.texts.items():
        for path, text in texts.items():
            at = pointer("texts", language, path)
            if path not in known:
                guesses += 1
                hint = did_you_mean(path, known) if guesses <= _MOST_GUESSES else ""
                yield Problem("There is no text “{key}”.{hint}", "unknown_key", at, key=path, hint=hint)
            elif path.startswith("messages."):
                yield from _wrong(text, at)


def _wrong(source: str, at: str) -> Iterator[Problem]:
    try:
        parse_text(source, names=TEXT_NAMES_OF_FORMS)
    except InvalidText as refused:
        yield from (problem.at(at) for problem in refused.problems)
