"""A document whose shape is wrong in places, with something in these places: so what the rest means is looked at, and all faults are said at once."""

import copy
from collections.abc import Sequence
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from dossier.form_templates.model.shapes import FormTemplateDocument
from dossier.foundation.errors import Problem, pointer

_NEEDED = {"type": "text", "label": "…", "title": "…", "name": "…", "after": "P1D", "attachment": "…"}
_PARTS = {
    "pages": ("key", "title"),
    "elements": ("key", "type", "label"),
    "options": ("key", "type", "label"),
    "presets": ("key", "name"),
    "reminders": ("after",),
    "items": ("attachment",),
}
_TURNS = 3  # what is inside of something is looked at once that has its shape


class Mended:
    """A document, and where something was put into it. `document` is None where it cannot be mended."""

    def __init__(self, raw: Any, errors: Sequence[ErrorDetails]) -> None:
        self.raw = copy.deepcopy(raw) if isinstance(raw, dict) else None
        self.document: FormTemplateDocument | None = None
        self._put = 0
        self._touched: set[str] = set()
        self._is_known = True
        for _ in range(_TURNS if self.raw is not None else 0):
            if self.document is None:
                errors = self._tried(errors)

    def _tried(self, errors: Sequence[ErrorDetails]) -> Sequence[ErrorDetails]:
        """Mend it; what is wrong then."""
        for each in errors:
            self._mend(each["loc"])
        try:
            self.document = FormTemplateDocument.model_validate(self.raw)
        except ValidationError as error:
            return error.errors(include_url=False)
        return ()

    def counts(self, problem: Problem) -> bool:
        """Whether something is wrong with the document itself, and not with what was put into it."""
        at = problem.pointer or ""
        is_named = self._is_known or not (problem.code == "unknown_key" or at.startswith("/texts"))
        return is_named and not any(at == each or at.startswith(f"{each}/") for each in self._touched)

    def _mend(self, loc: Sequence[str | int]) -> None:
        path = [each for each in loc if each != "[key]"]
        found = _at(self.raw, path[:-1]) if path else None
        if not isinstance(found, dict | list):
            return
        last = path[-1]
        if isinstance(found, list) and isinstance(last, int):
            self._touch(path)
            found[last] = {name: self._needed(name) for name in _PARTS.get(str(path[-2]), ())}
        elif isinstance(found, dict) and (last == "key" or last in _NEEDED) and len(path) > 1:
            self._touch(path[:-1])
            found[last] = self._needed(str(last))
        elif isinstance(found, dict):
            self._is_known = self._is_known and last not in _PARTS
            found.pop(last, None)
            if path == ["title"]:
                found["title"] = "…"

    def _touch(self, path: Sequence[str | int]) -> None:
        self._touched.add(pointer(*path))
        self._is_known = False

    def _needed(self, name: str) -> str:
        self._put += 1
        return _NEEDED.get(name, f"put_{self._put}")


def _at(part: Any, path: Sequence[str | int]) -> Any:
    for each in path:
        is_there = isinstance(part, list) and isinstance(each, int) and each < len(part)
        part = part[each] if is_there else part.get(each) if isinstance(part, dict) else None
    return part
