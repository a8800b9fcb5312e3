"""An answer as members read it: its text, its files, its drawn signature, its rows."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from dossier import files
from dossier.files.model import File
from dossier.form_templates.model import Element, Wording, is_empty
from dossier.forms.actions.reviewing import Review
from dossier.forms.model.given import files_named, is_signed
from dossier.forms.model.signature import paths
from dossier.foundation.database import ReadSession
from dossier.foundation.identifiers import parse_id
from dossier.foundation.pages.language import Language

MOST_EARLIER = 20  # responses whose answers stand beside the newest
_MOST = 300  # characters of a value that cannot be read as its question has it


@dataclass(frozen=True, slots=True)
class Told:
    """What an answer says; `rows`: of a group, each with label and answer."""

    text: str = ""
    files: Sequence[File] = ()
    paths: Sequence[str] = ()
    rows: Sequence[Sequence[tuple[str, "Told"]]] = ()

    @property
    def pictures(self) -> Sequence[File]:
        return [each for each in self.files if each.type.startswith("image/")]

    def __bool__(self) -> bool:
        return bool(self.text or self.files or self.paths or self.rows)


@dataclass(frozen=True, slots=True)
class Telling:
    """In which words, to whom, and with which files."""

    wording: Wording
    language: Language
    files: Mapping[str, File]

    def told(self, element: Element, value: Any) -> Told:
        if is_empty(value):
            return Told()
        if element.type == "group":
            return Told(rows=tuple(self._row(element, each) for each in value if isinstance(each, Mapping)))
        if is_signed(element) and isinstance(value, Mapping):
            return Told(str(value.get("name") or ""), paths=tuple(paths(value)))
        return self._of_field(element, value)

    def _row(self, group: Element, row: Mapping[str, Any]) -> Sequence[tuple[str, Told]]:
        told = ((self.wording.label(each), self.told(each, row.get(each.key))) for each in group.elements)
        return tuple((label, each) for label, each in told if each)

    def _of_field(self, element: Element, value: Any) -> Told:
        field = self.wording.field(element)
        if field is None:
            return Told(str(value)[:_MOST])
        if named := [self.files[id] for id in field.files(value) if id in self.files]:
            return Told(files=tuple(named))
        try:
            return Told(field.whole(value, self.language))
        except (ValueError, TypeError, AttributeError):  # the case's field has another type
            return Told(str(value)[:_MOST])


async def files_in(session: ReadSession, found: Review, known: Mapping[str, Any]) -> Mapping[str, File]:
    """The files that the answers, those before them and what is known name, as far as the reader may see them."""
    ids = {id for each in _named(found, known) if (id := parse_id(each))}
    return {str(each.id): each for each in await files.several(session, ids)} if ids else {}


def _named(found: Review, known: Mapping[str, Any]) -> Iterator[str]:
    for item in found.items:
        element = found.template.element_by_key[item.element]
        before = (each.data.get(item.element) for each in found.earlier[:MOST_EARLIER])
        for value in (item.value, known.get(str(element.binding)), *before):
            if not is_empty(value):
                yield from files_named(element, value)
