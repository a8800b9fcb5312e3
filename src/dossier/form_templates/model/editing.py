"""A form template's document as somebody puts it together: parts found by key, put, moved, doubled and taken out. Pure.

What comes back is the document's members that change. Keys of elements are one space, those of groups among them.
"""

import copy
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple, NoReturn

from dossier.foundation.errors import Invalid, NotFound
from dossier.foundation.text import shortened

Document = Mapping[str, Any]
Item = dict[str, Any]
Values = dict[str, Any]

Renamed = dict[tuple[str, str], str]
"""Part and key of what was doubled → the key of its twin."""

PARTS = ("pages", "elements", "options", "presets")
"""What is put together part by part; the rest of a document is typed in one piece."""


class Place(NamedTuple):
    """Where an element stands: the page, the group on it or "", and how many stand before it there."""

    page: str
    group: str
    number: int


def elements(document: Document) -> Iterator[tuple[Item, Place]]:
    """Every element with its place, each group before what is in it."""
    for page in document.get("pages") or ():
        for number, top in enumerate(page.get("elements") or ()):
            yield top, Place(page["key"], "", number)
            for inner, each in enumerate(top.get("elements") or ()):
                yield each, Place(page["key"], top["key"], inner)


def called(item: Document) -> str:
    """What people call a part: its label, title or name; of information how it begins."""
    named = item.get("label") or item.get("title") or item.get("name") or shortened(str(item.get("text") or ""), 60)
    return str(named or item["key"])


def find(document: Document, part: str, key: str) -> Item:
    """A part by its key; 404."""
    of_elements = (each for each, _ in elements(document))
    there = of_elements if part == "elements" else iter(document.get(part) or ())
    return next((each for each in there if each["key"] == key), None) or _gone()


def place_of(document: Document, key: str) -> Place:
    """Where an element stands; 404."""
    return next((place for each, place in elements(document) if each["key"] == key), None) or _gone()


def _gone() -> NoReturn:
    raise NotFound.because("The form has no such part; somebody may have removed it.")


def put(document: Document, part: str, key: str | None, item: Item, page: str = "", group: str = "") -> Values:
    """A part in the place of another (`key`), or at the end of its list: that of a page or of a group for an element."""
    if part == "elements":
        pages = _pages(document)
        there = _list(pages, *(place_of(document, key)[:2] if key else (page, group)))
        values: Values = {"pages": pages}
    else:
        there = list(document.get(part) or ())
        values = {part: there}
    if key is None:
        _raise_if_taken(document, part, item["key"])
        there.append(item)
    else:
        there[_number(there, key)] = item
    return values


def _raise_if_taken(document: Document, part: str, key: str) -> None:
    known = {each["key"] for each, _ in elements(document)} if part == "elements" else _keys(document, part)
    if key in known:
        raise Invalid.because("The key “{key}” stands twice.", "duplicate", pointer="/key", key=key)


def remove(document: Document, part: str, key: str) -> Values:
    """The document without a part, and without what is said of it in other languages."""
    gone = find(document, part, key)
    if part != "elements":
        values: Values = {part: [each for each in document.get(part) or () if each["key"] != key]}
    else:
        pages = _pages(document)
        there = _list(pages, *place_of(document, key)[:2])
        del there[_number(there, key)]
        values = {"pages": pages}
    prefixes = tuple(_prefixes(part, gone))
    return values | (_texts(document, lambda path: not path.startswith(prefixes)) if prefixes else {})


def _prefixes(part: str, item: Item) -> Iterator[str]:
    """How the texts of a part, and of all that is in it, begin."""
    if part in ("pages", "elements"):
        yield f"{part}.{item['key']}."
        for each in item.get("elements") or ():
            yield from _prefixes("elements", each)


def _texts(document: Document, stays: Callable[[str], bool]) -> Values:
    texts = document.get("texts") or {}
    kept = {language: {path: text for path, text in said.items() if stays(path)} for language, said in texts.items()}
    return {} if kept == texts else {"texts": kept}


def move(document: Document, part: str, key: str, by: int) -> Values:
    """A part one place up (-1) or down (1); an element goes on to the page beside it, and stays where that ends."""
    if part != "elements":
        there = list(document.get(part) or ())
        number = _number(there, key)
        there.insert(max(number + by, 0), there.pop(number))
        return {part: there}
    page, group, number = place_of(document, key)
    pages = _pages(document)
    there = _list(pages, page, group)
    if 0 <= number + by < len(there):
        there.insert(number + by, there.pop(number))
    elif not group:
        beside = _number(pages, page) + by
        if 0 <= beside < len(pages):
            pages[beside]["elements"].insert(len(pages[beside]["elements"]) if by < 0 else 0, there.pop(number))
    return {"pages": pages}


def move_to(document: Document, key: str, page: str, group: str = "", before: str = "") -> Values:
    """An element before another one of a page or a group, or at the end there; a group goes into no group."""
    item, pages = find(document, "elements", key), _pages(document)
    if before == key or (group and "elements" in item):
        return {"pages": pages}
    target = _list(pages, page, group)
    source = _list(pages, *place_of(document, key)[:2])
    moved = source.pop(_number(source, key))
    target.insert(_number(target, before) if before else len(target), moved)
    return {"pages": pages}


def duplicate(document: Document, part: str, key: str) -> Values:
    """A part once more, after itself, with keys of its own; what is said of it in other languages goes along."""
    renamed: Renamed = {}
    taken = {each["key"] for each, _ in elements(document)} | (_keys(document, part) if part != "elements" else set())
    twin = _twin(part, find(document, part, key), taken, renamed)
    if part == "elements":
        pages = _pages(document)
        there = _list(pages, *place_of(document, key)[:2])
        values: Values = {"pages": pages}
    else:
        there = list(document.get(part) or ())
        values = {part: there}
    there.insert(_number(there, key) + 1, twin)
    return values | _doubled_texts(document, renamed)


def _twin(part: str, item: Item, taken: set[str], renamed: Renamed) -> Item:
    """A copy under free keys; it goes with no field, which one element alone can."""
    twin = {name: value for name, value in copy.deepcopy(item).items() if name != "field"}
    twin["key"] = free_key(item["key"], taken)
    taken.add(twin["key"])
    renamed[part, item["key"]] = twin["key"]
    if "elements" in item:
        twin["elements"] = [_twin("elements", each, taken, renamed) for each in item["elements"]]
    return twin


def free_key(key: str, taken: set[str]) -> str:
    """A key that is not taken: `phone`, `phone_2`, `phone_3` …"""
    if key not in taken:
        return key
    base, joint = re.sub(r"[-_]\d+$", "", key)[:100], "-" if "-" in key else "_"
    return next(each for number in range(2, 1002) if (each := f"{base}{joint}{number}") not in taken)


def _doubled_texts(document: Document, renamed: Renamed) -> Values:
    """The texts with those of what was doubled under its new keys."""
    texts = document.get("texts") or {}
    new = {
        language: {**said, **{new: said[path] for path in said for new in _twin_paths(path, renamed)}}
        for language, said in texts.items()
    }
    return {} if new == texts else {"texts": new}


def _twin_paths(path: str, renamed: Renamed) -> Iterator[str]:
    """The path of a doubled part's text that a path is doubled as, if it is."""
    part, _, rest = path.partition(".")
    key, _, member = rest.partition(".")
    if new := renamed.get((part, key)):
        yield f"{part}.{new}.{member}"


def translate(document: Document, language: str, said: Mapping[str, str]) -> Values:
    """The document with these texts in a language, and the rest of that language's as it was; an empty one is taken out."""
    texts = dict(document.get("texts") or {})
    kept = {path: text for path, text in {**texts.get(language, {}), **said}.items() if text}
    return {"texts": {**texts, language: kept}}


def forget_language(document: Document, language: str) -> Values:
    """The document without a language."""
    return {"texts": {each: said for each, said in (document.get("texts") or {}).items() if each != language}}


def _pages(document: Document) -> list[Item]:
    """The pages, to be changed."""
    pages = copy.deepcopy(list(document.get("pages") or ()))
    for page in pages:
        page.setdefault("elements", [])
    return pages


def _list(pages: list[Item], page: str, group: str) -> list[Item]:
    """The list of elements of a page, or of a group on it; 404."""
    top: list[Item] = pages[_number(pages, page)]["elements"]
    if not group:
        return top
    inner: list[Item] = top[_number(top, group)].setdefault("elements", [])
    return inner


def _number(items: list[Item], key: str) -> int:
    for number, each in enumerate(items):
        if each["key"] == key:
            return number
    _gone()


def _keys(document: Document, part: str) -> set[str]:
    return {each["key"] for each in document.get(part) or ()}
