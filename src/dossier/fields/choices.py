"""One of several."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from functools import cached_property
from typing import Annotated, Any, ClassVar, Literal

from pydantic import BaseModel, ConfigDict, field_validator
from pydantic import Field as Member

from dossier.conditions.comparing import ONE_OF, Comparing
from dossier.fields.faces import Cell, Input, Language, Select
from dossier.fields.faces import Option as Designed
from dossier.fields.field import Field, InvalidDefinition, shown
from dossier.foundation.errors import InvalidValue, Problem, pointer
from dossier.foundation.messages import Named, kind_of
from dossier.foundation.text import fold, gettext_noop, nearest

OPTIONS = Designed("options", "options", gettext_noop("Options"))


class Option(BaseModel):
    """What may be chosen: the value that is stored, the label that people see."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)

    value: Annotated[str, Member(min_length=1, max_length=200)]
    label: Annotated[str, Member(min_length=1, max_length=500)]


class Choosing(Field):
    """What types with options have in common."""

    options: Annotated[list[Option], Member(min_length=1, max_length=1000)]

    @field_validator("options")
    @classmethod
    def _distinct(cls, options: list[Option]) -> list[Option]:
        if problems := tuple(_repeated(options)):
            raise InvalidDefinition(*problems)
        return options

    @cached_property
    def labels(self) -> Mapping[str, str]:
        """Value → label, in the order of the options."""
        return {option.value: option.label for option in self.options}

    @cached_property
    def _values(self) -> frozenset[str]:
        return frozenset(option.value for option in self.options)

    def _refused(self, value: object, where: str = "") -> InvalidValue:
        if not isinstance(value, str):
            return InvalidValue(
                "“{field}” must be the value of an option, not {given}.", pointer=where, given=kind_of(value)
            )
        guess = nearest(value, self._values)
        if guess:
            return InvalidValue(
                "“{field}” has no option “{value}”; did you mean “{guess}”?",
                pointer=where,
                value=shown(value),
                guess=Named(shown(guess), shown(self.labels.get(guess, guess))),
            )
        return InvalidValue(
            "“{field}” has no option “{value}”; options are {options}.",
            pointer=where,
            value=shown(value),
            options=Named(shown(", ".join(self.labels)), shown(", ".join(self.labels.values()))),
        )

    def _by_label(self, label: str) -> str | None:
        """The value that people know by that label, if it is one alone."""
        found = [value for value, said in self.labels.items() if fold(said.strip()) == fold(label.strip())]
        return found[0] if len(found) == 1 else None

    def labelled(self, value: Any) -> str:
        """The label of a value; one that no option has stays."""
        return self.labels.get(value, value) if isinstance(value, str) else str(value)

    @classmethod
    def choices(cls, definition: Mapping[str, Any]) -> Sequence[tuple[str, str]]:
        return [(str(each["value"]), str(each["label"])) for each in definition.get("options") or ()]


def _repeated(options: list[Option]) -> Iterator[Problem]:
    seen: set[str] = set()
    for position, option in enumerate(options):
        if option.value in seen:
            yield Problem(
                "The option “{value}” stands twice.",
                "duplicate",
                pointer(position, "value"),
                value=shown(option.value),
            )
        seen.add(option.value)


class Choices(Choosing):
    """One option's value."""

    called: ClassVar[str] = gettext_noop("One of several")
    designed: ClassVar[tuple[Designed, ...]] = (OPTIONS,)
    compared: ClassVar[Comparing | None] = ONE_OF

    type: Literal["choices"]

    def check(self, value: Any, today: date) -> str:
        if not isinstance(value, str) or value not in self._values:
            raise self._refused(value)
        return value

    def meant(self, value: Any, time_zone: str) -> str | None:
        return self._by_label(value) if isinstance(value, str) else None

    def input(self, language: Language) -> Input:
        return Select(list(self.labels.items()))

    def displayed(self, value: Any, language: Language) -> str:
        return self.labelled(value)

    def exported(self, value: Any, language: Language) -> Cell:
        return ", ".join(map(self.labelled, value)) if isinstance(value, list) else self.labelled(value)
