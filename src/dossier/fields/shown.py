"""A field on a page: what its inputs hold, what was typed into them, and what is wrong with it."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from babel.core import get_global

from dossier.fields.faces import Sent
from dossier.fields.field import Field, as_typed
from dossier.foundation.errors import AppError, PreconditionFailed, Problem

BLANK_ROWS = 1  # of a table, to type into


@dataclass(frozen=True, slots=True)
class Shown:
    """A field as a page shows it; `typed`: what could not be saved, as it would be stored; `offered`: the files of the thing."""

    field: Field
    value: Any
    typed: Any = None
    refusal: AppError | None = None
    saved: bool = False
    offered: Sequence[Mapping[str, str]] = ()

    @property
    def held(self) -> Any:
        """What the inputs hold: what was typed, if it could not be saved."""
        return self.typed if self.refusal else self.value

    @property
    def id(self) -> str:
        """Of its input on the page; what belongs to it begins so."""
        return f"field-{self.field.key}"

    @property
    def texts(self) -> list[str]:
        if self.held is None:
            return []
        return [as_typed(each) for each in self.held] if isinstance(self.held, list) else [as_typed(self.held)]

    @property
    def text(self) -> str:
        """The same where it is one."""
        return next(iter(self.texts), "")

    @property
    def parts(self) -> Mapping[str, Any]:
        """Of a value in named parts, each."""
        return self.held if isinstance(self.held, Mapping) else {}

    @property
    def rows(self) -> list[Mapping[str, str]]:
        """The rows of a table, as texts, and blank ones after them."""
        rows = self.held if isinstance(self.held, list) else []
        blank: list[Mapping[str, str]] = [{}] * BLANK_ROWS
        texts = ({key: as_typed(cell) for key, cell in row.items()} for row in rows if isinstance(row, Mapping))
        return [*texts, *blank]

    @property
    def named_files(self) -> list[Mapping[str, str]]:
        """The files that it names, in order."""
        known = self._known
        return [known.get(each["id"], each) for each in _files(self.held)]

    @property
    def other_files(self) -> list[Mapping[str, str]]:
        """The files that it could name too."""
        named = {each["id"] for each in self.named_files}
        return [each for id, each in self._known.items() if id not in named]

    @property
    def _known(self) -> dict[str, Mapping[str, str]]:
        return {each["id"]: each for each in (*self.offered, *_files(self.value))}

    @property
    def problems(self) -> Sequence[Problem]:
        """What is wrong with it."""
        return self.refusal.problems if self.refusal else ()

    @property
    def conflict(self) -> bool:
        return isinstance(self.refusal, PreconditionFailed)


def _files(value: Any) -> Iterator[Mapping[str, str]]:
    """The files in a value, as people see them or by their ids alone."""
    for each in value if isinstance(value, list) else ():
        if isinstance(each, str) or (isinstance(each, Mapping) and "id" in each):
            yield {"id": each, "name": each} if isinstance(each, str) else each


def read_in(field: Field, time_zone: str) -> Field:
    """The field as it is read where people are: a phone number without its country is one of theirs."""
    country = get_global("zone_territories").get(time_zone)
    return field.local(country) if country else field


def held(field: Field, sent: Sent) -> Any:
    """What was typed, also where it cannot be read: then the texts themselves."""
    try:
        return field.typed(sent)
    except AppError:
        return field.unread(sent)


def in_sections(
    names: Mapping[str | None, str | None],
    fields: Iterable[Field],
    data: Mapping[str, Any],
    offered: Sequence[Mapping[str, str]] = (),
) -> Iterator[tuple[str | None, list[Shown], list[Shown]]]:
    """Name, fields, and those folded away while they are empty, of each section; `names`: section → its name.

    Fields of no section come last, without a name. `offered`: the files that fields can name.
    """
    every = [each for each in fields if each.visibility != "hidden"]
    for section, name in ({**names} | {None: None}).items():
        shown = [Shown(each, data.get(each.key), offered=offered) for each in every if each.section == section]
        folded = [each for each in shown if each.value is None and each.field.visibility == "hide-when-empty"]
        if shown:
            yield name, [each for each in shown if each not in folded], folded
