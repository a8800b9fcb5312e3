"""Lists of options that several form templates share; a version has those that a list had when it was published."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from dossier.foundation.errors import Problem, pointer
from dossier.foundation.text import did_you_mean


@dataclass(frozen=True, slots=True)
class OptionList:
    """Options under a short name. `texts`: language → value → label; `version` counts its changes."""

    workspace_id: UUID
    id: UUID
    slug: str
    title: str
    options: list[dict[str, str]]
    texts: Mapping[str, Mapping[str, str]]
    version: int
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class Using:
    """A form template that has options by a list; `needs`: its draft has them by the list alone."""

    template_id: UUID
    title: str
    published: bool
    needs: bool


def with_lists(document: Any, lists: Mapping[str, OptionList]) -> tuple[Any, list[Problem]]:
    """The document with options for each element that names a list, and a problem for each list that there is not.

    An element that has options beside the name of a list that is not there keeps them: it comes from elsewhere.
    """
    if not (isinstance(document, Mapping) and isinstance(document.get("pages"), list)):
        return document, []
    filled = _Filling(lists)
    pages = [filled.part(page, pointer("pages", number)) for number, page in enumerate(document["pages"])]
    whole = {**document, "pages": pages}
    if filled.keys and isinstance(document.get("texts"), Mapping):
        whole["texts"] = {language: filled.said(language, texts) for language, texts in document["texts"].items()}
    return whole, filled.problems


class _Filling:
    """Fills in the options of one document. `keys`: element → the list that it has."""

    def __init__(self, lists: Mapping[str, OptionList]) -> None:
        self.lists = lists
        self.keys: dict[str, OptionList] = {}
        self.problems: list[Problem] = []

    def said(self, language: str, texts: Any) -> Any:
        """The texts of a language, those of options as the lists say them."""
        if not isinstance(texts, Mapping):
            return texts
        others = {path: text for path, text in texts.items() if not self._is_of_list(path)}
        for key, of in self.keys.items():
            others |= {f"elements.{key}.options.{value}": label for value, label in of.texts.get(language, {}).items()}
        return others

    def _is_of_list(self, path: str) -> bool:
        _, key, *rest = [*path.split("."), "", ""]
        return rest[0] == "options" and key in self.keys

    def part(self, part: Any, at: str) -> Any:
        """A page or a group with the options of its elements."""
        if not (isinstance(part, Mapping) and isinstance(part.get("elements"), list)):
            return part
        places = enumerate(part["elements"])
        return {**part, "elements": [self._element(each, at + pointer("elements", place)) for place, each in places]}

    def _element(self, element: Any, at: str) -> Any:
        if not isinstance(element, Mapping):
            return element
        name = element.get("list")
        if not isinstance(name, str):
            return self.part(element, at)
        if found := self.lists.get(name):
            self.keys[str(element.get("key"))] = found
            return {**element, "options": found.options}
        if "options" not in element:
            hint = did_you_mean(name, self.lists)
            sentence = "There is no list of options “{key}”.{hint}"
            self.problems.append(Problem(sentence, "unknown_key", at + "/list", key=name, hint=hint))
        return element
