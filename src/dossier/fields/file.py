"""Files: a field names them by their ids, in order."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from functools import cached_property
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field as Member
from pydantic import field_validator

from dossier.conditions.comparing import Comparing
from dossier.fields.faces import Cell, Input, Kind, Language, NamedFiles, Option, Sent, SomeFile, filled
from dossier.fields.field import Field, InvalidDefinition, as_cell, shown, shown_or_what
from dossier.foundation.errors import InvalidValue, Problem, pointer
from dossier.foundation.identifiers import parse_id
from dossier.foundation.messages import Message, Named, kind_of
from dossier.foundation.text import gettext_noop

MAX_FILES = 20  # of a field that does not say how many

_CALLED = {
    "application/pdf": "PDF",
    "image/*": gettext_noop("pictures"),
    "image/jpeg": "JPEG",
    "image/png": "PNG",
    "text/plain": gettext_noop("plain text"),
    "text/csv": "CSV",
    "application/zip": "ZIP",
    "application/msword": "DOC",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "DOCX",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "XLSX",
    "application/vnd.oasis.opendocument.text": "ODT",
}
"""What people call media types."""

_ASKED = ("$defined", "$contains")
"""The operators with which conditions ask for files."""
_IDS = re.compile("[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_MEDIA_TYPE = re.compile(
    r"(?:\*|[a-z0-9][a-z0-9!#$&^_.+-]*)/\*|[a-z0-9][a-z0-9!#$&^_.+-]*/[a-z0-9][a-z0-9!#$&^_.+-]*", re.IGNORECASE
)

AtLeastOne = Annotated[int, Member(ge=1)]


def _named(typed: str) -> str:
    """The id in what somebody typed: itself, or an address of the file."""
    if found := _IDS.findall(typed):
        return str(found[-1]).lower()
    raise InvalidValue("“{field}” takes the id or the address of a file, not “{value}”.", value=typed)


class File(Field):
    """The ids of distinct files, in the order that they were sent; `accept` holds media types, `max_size` is in bytes."""

    called: ClassVar[str] = gettext_noop("File")
    designed: ClassVar[tuple[Option, ...]] = (
        Option("accept", "list", gettext_noop("Kinds of files, such as application/pdf, image/jpeg")),
        Option("max_size", "size", gettext_noop("Largest file, such as 10 MB")),
        Option("max_files", "whole", gettext_noop("Most files")),
    )
    indexable: ClassVar[bool] = False
    preset: ClassVar[bool] = False
    compared: ClassVar[Comparing | None] = Comparing(("contains", "filled", "empty"), _named)

    type: Literal["file"]
    accept: list[str] | None = None
    max_size: AtLeastOne | None = None
    max_files: AtLeastOne | None = None

    @field_validator("accept")
    @classmethod
    def _are_media_types(cls, accept: list[str] | None) -> list[str] | None:
        sentence = "“{field}” takes media types such as application/pdf or image/*, not “{given}”."
        field = Named("accept", Message(cls.designed[0].label))
        bad = [(at, each) for at, each in enumerate(accept or ()) if not _MEDIA_TYPE.fullmatch(each.strip())]
        if bad:
            raise InvalidDefinition(
                *(Problem(sentence, pointer=pointer(at), field=field, given=shown(each)) for at, each in bad)
            )
        return accept

    @cached_property
    def default(self) -> None:
        """Of one case a file is, not of every new one."""
        if self.given_default is not None:
            raise InvalidValue("A file cannot have “{field}”.")

    def check(self, value: Any, today: date) -> list[str] | None:
        """The ids; None for none. Whether there are such files, and how large, `unfit` says of those that are."""
        sent = [value] if isinstance(value, Mapping | str) else value
        if not isinstance(sent, list):
            raise InvalidValue("“{field}” takes ids of files, not {given}.", given=kind_of(value))
        ids = list(dict.fromkeys(_id(each, pointer(place) if sent is value else "") for place, each in enumerate(sent)))
        if len(ids) > (most := self.max_files or MAX_FILES):
            raise InvalidValue("“{field}” takes {count} files at most.", count=most)
        return ids or None

    def unasked(self, operator: str, operand: Any) -> Message | None:
        if operator not in _ASKED:
            return Message("Conditions on “{field}” take {options}.", {"field": self.named, "options": _ASKED})
        if operator == "$contains" and not parse_id(operand):
            given = shown_or_what(operand)
            return Message(
                "Conditions on “{field}” ask for the id of a file, not {given}.", {"field": self.named, "given": given}
            )
        return None

    def files(self, value: Any) -> Sequence[str]:
        return [each for each in value if isinstance(each, str)] if isinstance(value, list) else []

    def with_files(self, value: Any, show: Callable[[str], Any]) -> Any:
        return [show(each) if isinstance(each, str) else each for each in value] if isinstance(value, list) else value

    def unfit(self, value: Any, there: Mapping[str, SomeFile | None]) -> Iterator[InvalidValue]:
        alone = len(value) == 1
        for place, id in enumerate(value):
            if id in there and (bad := self._bad(id, there[id], "" if alone else pointer(place))):
                yield bad

    def _bad(self, id: str, file: SomeFile | None, at: str) -> InvalidValue | None:
        if file is None:
            return InvalidValue("There is no file {id} for “{field}”.", "not_found", pointer=at, id=id)
        if file.erased:
            return InvalidValue("The content of “{file}” was erased.", "erased", pointer=at, file=file.name)
        if self.accept and not any(_is_of(file.type, each) for each in self.accept):
            sentence = "“{field}” takes {options}; “{file}” is {type}."
            return InvalidValue(sentence, pointer=at, options=tuple(self.accept), file=file.name, type=file.type)
        if self.max_size and file.size > self.max_size:
            sentence = "“{field}” takes files of {count} bytes at most; “{file}” has {size}."
            return InvalidValue(sentence, pointer=at, count=self.max_size, file=file.name, size=file.size)
        return None

    @property
    def calculated(self) -> Kind | None:
        return None

    def input(self, language: Language) -> Input:
        accept, most = self.accept or (), self.max_files or MAX_FILES
        accepted = ", ".join(language.gettext(_CALLED.get(each, each)) for each in accept)
        largest = (
            language.gettext("%(size)s each at most") % {"size": language.size(self.max_size)} if self.max_size else ""
        )
        many = (
            language.gettext("one file") if most == 1 else language.gettext("%(count)s files at most") % {"count": most}
        )
        limits = " · ".join(filter(None, (accepted, largest, many)))
        return NamedFiles(language.gettext("No file yet."), accept, accepted, self.max_size, most, limits)

    def typed(self, sent: Sent) -> Any:
        return filled(sent) or None

    def unread(self, sent: Sent) -> Any:
        return filled(sent)

    def merge(self, seen: Any, mine: Any, theirs: Any) -> Any:
        """What both took off is off, what either put there comes after it."""
        gone = set(seen or ()) - set(mine or ())
        kept = [each for each in theirs or () if each not in gone]
        return [*kept, *(each for each in mine or () if each not in kept and each not in (seen or ()))]

    def displayed(self, value: Any, language: Language) -> str:
        return ", ".join(map(_name, value)) if _are_files(value) else super().displayed(value, language)

    def exported(self, value: Any, language: Language) -> Cell:
        return "; ".join(map(_linked, value)) if _are_files(value) else as_cell(value)


def _id(sent: Any, at: str) -> str:
    """The id of what was sent: itself, or an object with it, whose other members are not looked at."""
    id = sent.get("id") if isinstance(sent, Mapping) else sent
    if isinstance(id, str) and (parsed := parse_id(id)):
        return str(parsed)
    if isinstance(sent, Mapping | str):
        raise InvalidValue("“{field}” takes ids of files, not {given}.", pointer=at, given=shown_or_what(id))
    raise InvalidValue("“{field}” takes ids of files, not {given}.", pointer=at, given=kind_of(sent))


def _is_of(type: str, accepted: str) -> bool:
    """Whether a type is one of those that are accepted: `image/png`, `image/*`."""
    wanted = accepted.strip().lower()
    return wanted in ("*/*", type) or (wanted.endswith("/*") and type.startswith(wanted[:-1]))


def _are_files(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(each, str) or _is_file(each) for each in value)


def _is_file(value: Any) -> bool:
    return isinstance(value, Mapping) and isinstance(value.get("id"), str)


def _name(file: Any) -> str:
    return file if isinstance(file, str) else str(file.get("name") or file["id"])


def _linked(file: Any) -> str:
    """What it is called, and where it is."""
    return _name(file) if isinstance(file, str) or "uri" not in file else f"{_name(file)} ({file['uri']})"
