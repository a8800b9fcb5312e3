"""What differs between two documents of a form template, part by part, as people read it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from dossier.form_templates.model.editing import elements
from dossier.form_templates.model.record import DOCUMENT
from dossier.records.model import Changes

Document = Mapping[str, Any]
What = Literal["added", "removed", "changed", "moved"]
_INNER = ("elements", "key")


@dataclass(frozen=True, slots=True)
class Difference:
    """Something added, removed, changed, or put elsewhere; `members`: which of its members changed, from what to what."""

    part: str  # pages, elements, options, presets, texts, or a member of the document
    key: str
    name: str
    what: What
    members: tuple[tuple[str, Any, Any], ...] = ()


def differences(old: Document, new: Document) -> Iterator[Difference]:
    """Everything that one has to know to go from one document to the other."""
    was, becomes = DOCUMENT.changed(new, old), DOCUMENT.changed(old, new)
    changes: Changes = {
        path: {"old": was.get(path), "new": becomes.get(path)}
        for path in {**was, **becomes}
        if was.get(path) != becomes.get(path)
    }
    yield from told(changes)


def told(changes: Changes) -> Iterator[Difference]:
    """An entry's changes as people read them: of a page what it says itself, and each question on it."""
    pages = {path.partition(".")[2]: each for path, each in changes.items() if path.startswith("pages.")}
    for path, change in changes.items():
        part, _, key = path.partition(".")
        old, new = change["old"], change["new"]
        if part == "order":
            if old and set(old) == set(new or ()):
                yield Difference(key, "", "", "moved")
        elif part in ("pages", "options", "presets"):
            yield from _of_item(part, key, old, new)
        elif part == "messages":
            yield from _of_messages(old or {}, new or {})
        elif part == "texts":
            what: What = "added" if not old else "removed" if not new else "changed"
            yield Difference(part, key, key, what, tuple(_members(old, new)) if old and new else ())
        else:
            yield Difference(part, "", "", "changed", ((part, old, new),))
    yield from _of_elements(
        {"pages": [each["old"] for each in pages.values() if each["old"]]},
        {"pages": [each["new"] for each in pages.values() if each["new"]]},
    )


def _of_messages(old: Document, new: Document) -> Iterator[Difference]:
    """The letters that differ: what each says now stands in the studio."""
    for name in dict.fromkeys([*old, *new]):
        if old.get(name) != new.get(name):
            what: What = "added" if not old.get(name) else "removed" if not new.get(name) else "changed"
            yield Difference("messages", name, name, what)


def _of_item(part: str, key: str, old: Any, new: Any) -> Iterator[Difference]:
    if not old or not new:
        yield Difference(part, key, _named(old or new), "removed" if old else "added")
    elif found := tuple(_members(old, new)):
        yield Difference(part, key, _named(new), "changed", found)


def _of_elements(old: Document, new: Document) -> Iterator[Difference]:
    """The questions of the pages that changed: those that came, went, say something else, or stand elsewhere."""
    was = {each["key"]: (each, place) for each, place in elements(old)}
    becomes = {each["key"]: (each, place) for each, place in elements(new)}
    yield from (Difference("elements", key, _named(was[key][0]), "removed") for key in was if key not in becomes)
    stayed = [key for key in was if key in becomes]
    order = [key for key in becomes if key in was]
    for key, (item, place) in becomes.items():
        if key not in was:
            yield Difference("elements", key, _named(item), "added")
        elif found := tuple(_members(was[key][0], item)):
            yield Difference("elements", key, _named(item), "changed", found)
        elif place[:2] != was[key][1][:2] or stayed.index(key) != order.index(key):
            yield Difference("elements", key, _named(item), "moved")


def _members(old: Document, new: Document) -> Iterator[tuple[str, Any, Any]]:
    """The members that differ: name, from what, to what. What stands inside is told by itself."""
    for name in dict.fromkeys([*old, *new]):
        if name not in _INNER and old.get(name) != new.get(name):
            yield name, old.get(name), new.get(name)


def _named(item: Document) -> str:
    """What people call a part: its label, title or name."""
    return str(item.get("label") or item.get("title") or item.get("name") or item.get("text") or item.get("key"))
