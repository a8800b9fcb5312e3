"""What the timeline tells of an entry: a line for each thing that changed, what it is called and both sides as people read them."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from dossier.case_templates.model import BUILT_IN_STATUSES
from dossier.cases.model import Case
from dossier.fields import Field
from dossier.files.model import NamedFile
from dossier.files.model.held import document_of
from dossier.foundation.pages.language import Language
from dossier.records.model import HistoryEntry
from dossier.records.pages.lines import EMPTY, NOBODY, Line, Side, Word, sides

UNDOABLE = ("data", "form", "details", "contacts", "files", "transition", "automation", "undone")
_BUILT_IN = {each.key: each.label for each in BUILT_IN_STATUSES}


@dataclass(frozen=True, slots=True)
class Telling:
    """How entries of a case are told to a reader; of a case that is `fixed` nothing can be taken back. `files`: those that they name, by id."""

    case: Case
    language: Language
    fixed: bool
    files: Mapping[str, NamedFile]

    def is_undoable(self, entry: HistoryEntry) -> bool:
        """Whether it can be taken back from the timeline."""
        return entry.kind in UNDOABLE and not self.fixed

    def lines(self, entry: HistoryEntry) -> Iterator[Line]:
        """What changed; nothing of the entry that made the case, nor definitions of its own fields."""
        for path, change in entry.changes.items() if entry.kind != "created" else ():
            if not path.startswith("fields."):
                yield self.line(path, change["old"], change["new"])

    def line(self, path: str, old: Any, new: Any) -> Line:
        """What changed in one part of the case."""
        prefix, _, key = path.partition(".")
        match prefix:
            case "steps":
                return self._of_step(key, old, new)
            case "contacts":
                return Line(self._slot(key), _contact(old), _contact(new))
            case "files" | "names" | "checks":
                return self._of_file(prefix, key, old, new)
            case "messages":
                return Line(Word("part", "messages"), _sent(old), _sent(new))
            case "data":
                return self._of_data(key, old, new)
        return self._of_part(path, old, new)

    def _of_step(self, key: str, old: Any, new: Any) -> Line:
        titles = {step.key: step.title for step in self.case.all_steps}
        was, is_ = (Word("step", (state or {}).get("status", "–")) for state in (old, new))
        said = (new or {}).get("data", {}).get("note")
        return Line(titles.get(key, key), was, is_, said if isinstance(said, str) else "")

    def _of_file(self, prefix: str, key: str, old: Any, new: Any) -> Line:
        if prefix == "checks":
            return Line(self._file({"id": key}), Word("check", old or ""), Word("check", new or ""))
        return Line(Word("part", "files"), self._file(old), self._file(new))

    def _of_data(self, key: str, old: Any, new: Any) -> Line:
        if field := self.case.field(key):
            return Line(field.name, *sides(old, new, partial(self._value, field)))
        return Line(Word("part", key), *sides(old, new))

    def _of_part(self, path: str, old: Any, new: Any) -> Line:
        shown = PARTS.get(path)
        was, is_ = (shown(self.case, old), shown(self.case, new)) if shown else sides(old, new)
        return Line(Word("part", path), was, is_)

    def _file(self, document: Mapping[str, str] | None) -> Side:
        if document is None:
            return EMPTY
        known = self.files.get(document["id"])
        return document.get("name") or (known.name if known else EMPTY)

    def _slot(self, key: str) -> str:
        filled = self.case.contacts.get(key)
        template = self.case.template
        known = template.slot_by_key.get(key) if template else None
        return filled.label if filled else known.name if known else key

    def _value(self, field: Field, value: Any) -> Side:
        if value is None:
            return EMPTY
        return field.displayed(field.with_files(value, partial(document_of, self.files)), self.language)


def _sent(message: Mapping[str, str] | None) -> Side:
    return Word("sent", message["status"]) if message else EMPTY


def _contact(contact: Mapping[str, Any] | None) -> Side:
    names = ("given_name", "family_name", "email", "phone")
    return ", ".join(filter(None, (contact.get(name) for name in names))) if contact else NOBODY


def _owner(_case: Case, owner: Mapping[str, Any] | None) -> Side:
    if not owner:
        return NOBODY
    name = " ".join(filter(None, (owner.get("given_name"), owner.get("family_name"))))
    return name or owner.get("email") or Word("nothing", "erased")


def _status(case: Case, key: str | None) -> Side:
    known = case.statuses.get(key) if key else None
    if known is None:
        return key or EMPTY
    return Word("stage", key) if key and known.label == _BUILT_IN.get(key) else known.label


def _word(table: str) -> Callable[[Case, str | None], Side]:
    return lambda _case, key: Word(table, key) if key else EMPTY


PARTS: Mapping[str, Callable[[Case, Any], Side]] = {
    "owner": _owner,
    "status": _status,
    "parent_status": _word("stage"),
    "waiting_for": _word("waits_for"),
}
