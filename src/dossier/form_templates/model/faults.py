"""Where in a document each fault is: with which part of it people are told."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from dossier.foundation.errors import Problem

Document = Mapping[str, Any]
Faults = Mapping[tuple[str, str], Sequence[Problem]]
"""Part and key → what is wrong with it; `("", "")`: with the rest of the document."""


def placed(document: Document, problems: Sequence[Problem]) -> Faults:
    """The faults by what they are about: an element, a page, an option, a preset, a language, the messages."""
    found: dict[tuple[str, str], list[Problem]] = {}
    for each in problems:
        found.setdefault(_place(document, (each.pointer or "").split("/")[1:]), []).append(each)
    return found


def _place(document: Document, path: Sequence[str]) -> tuple[str, str]:
    match list(path):
        case ["pages", number, "elements", place, "elements", inner, *_]:
            return _keyed("elements", _at(document, "pages", number, "elements", place, "elements", inner))
        case ["pages", number, "elements", place, *_]:
            return _keyed("elements", _at(document, "pages", number, "elements", place))
        case [("pages" | "options" | "presets") as part, number, *_]:
            return _keyed(part, _at(document, part, number))
        case ["texts", language, *_]:
            return "texts", language
        case ["messages", name, *_]:
            return "messages", name
    return "", ""


def _keyed(part: str, item: Any) -> tuple[str, str]:
    return (part, str(item["key"])) if isinstance(item, dict) and "key" in item else ("", "")


def _at(document: Any, *path: str) -> Any:
    for each in path:
        if isinstance(document, list):
            document = document[int(each)] if each.isdecimal() and int(each) < len(document) else None
        else:
            document = document.get(each) if isinstance(document, Mapping) else None
    return document


def of_page(faults: Faults, page: Document) -> Iterator[Problem]:
    """All that is wrong with a page and what is on it."""
    yield from faults.get(("pages", page["key"]), ())
    for top in page.get("elements") or ():
        for each in (top, *(top.get("elements") or ())):
            yield from faults.get(("elements", each["key"]), ())
