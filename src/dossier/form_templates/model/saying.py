"""The texts of a document that can be said in other languages, also of one that is not right yet, where they stand, and how many are said."""

from collections.abc import Iterator, Mapping
from typing import Any

from dossier.form_templates.model.letters import LETTERS

Document = Mapping[str, Any]

_LETTER = (("email", "subject"), ("email", "body"), ("sms", "body"))


def texts_of(document: Document) -> dict[str, str]:
    """Path → text in the document's own language, in its order: what `paths` says of a template that is right."""
    return {path: text for path, text in _texts(document) if isinstance(text, str) and text}


def said(document: Document, language: str) -> tuple[int, int]:
    """How many texts are there in a language, and how many there are to be."""
    wanted = texts_of(document)
    there = (document.get("texts") or {}).get(language) or {}
    return sum(1 for path in wanted if there.get(path)), len(wanted)


def part_of(path: str) -> str:
    """What a text belongs to: `form`, `messages`, or the page or element of that key."""
    part, _, rest = path.partition(".")
    return rest.partition(".")[0] if part in ("pages", "elements") else part if part == "messages" else "form"


def _texts(document: Document) -> Iterator[tuple[str, Any]]:
    yield from ((name, document.get(name)) for name in ("title", "description"))
    pages = document.get("pages") or ()
    for page in pages:
        yield from ((f"pages.{page['key']}.{name}", page.get(name)) for name in ("title", "description"))
    for page in pages:
        for top in page.get("elements") or ():
            yield from _of_element(top)
            for each in top.get("elements") or ():
                yield from _of_element(each)
    yield from _of_messages(document.get("messages") or {})


def _of_element(element: Document) -> Iterator[tuple[str, Any]]:
    at = f"elements.{element['key']}"
    yield from ((f"{at}.{name}", element.get(name)) for name in ("label", "help", "example", "text"))
    yield from _of_options(at, element)
    for column in element.get("columns") or ():
        yield f"{at}.columns.{column['key']}", column.get("name")
        yield from _of_options(f"{at}.columns.{column['key']}", column)


def _of_options(at: str, element: Document) -> Iterator[tuple[str, Any]]:
    yield from ((f"{at}.options.{each['value']}", each.get("label")) for each in element.get("options") or ())


def _of_messages(messages: Document) -> Iterator[tuple[str, Any]]:
    for name in LETTERS:
        letter = messages.get(name) or {}
        for channel, member in _LETTER:
            yield f"messages.{name}.{channel}.{member}", (letter.get(channel) or {}).get(member)
    for place, reminder in enumerate(messages.get("reminders") or ()):
        yield from ((f"messages.reminders.{place}.{name}", reminder.get(name)) for name in ("subject", "body"))
