"""One of several, and some of several."""

from collections.abc import Iterator
from datetime import date
from functools import cached_property
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, ValidationInfo, field_validator
from pydantic import Field as Member

from dossier.fields.field import BadValue, Field, Misdefined, shown, what
from dossier.foundation.errors import Problem, pointer
from dossier.foundation.text import nearest


class Option(BaseModel):
    """What may be chosen: the value that is stored, the label that people see."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)

    value: Annotated[str, Member(min_length=1, max_length=200)]
    label: Annotated[str, Member(min_length=1, max_length=500)]


class _Choosing(Field):
    options: Annotated[list[Option], Member(min_length=1, max_length=1000)]

    @field_validator("options")
    @classmethod
    def _distinct(cls, options: list[Option]) -> list[Option]:
        if problems := tuple(_repeated(options)):
            raise Misdefined(*problems)
        return options

    @cached_property
    def _values(self) -> frozenset[str]:
        return frozenset(option.value for option in self.options)

    def _refused(self, value: object, where: str = "") -> BadValue:
        if not isinstance(value, str):
            return BadValue(f"must be the value of an option, not {what(value)}.", pointer=where)
        guess = nearest(value, self._values)
        known = ", ".join(option.value for option in self.options)
        hint = f"did you mean “{shown(guess)}”?" if guess else f"options are {shown(known)}."
        return BadValue(f"has no option “{shown(value)}”; {hint}", pointer=where)


def _repeated(options: list[Option]) -> Iterator[Problem]:
    seen: set[str] = set()
    for position, option in enumerate(options):
        if option.value in seen:
            yield Problem(f"The option “{shown(option.value)}” stands twice.", "duplicate", pointer(position, "value"))
        seen.add(option.value)


class Choices(_Choosing):
    """One option's value."""

    type: Literal["choices"]

    def check(self, value: Any, today: date) -> str:
        if not isinstance(value, str) or value not in self._values:
            raise self._refused(value)
        return value


class MultipleChoice(_Choosing):
    """Distinct option values, in the order that they were sent."""

    type: Literal["multiple_choice"]
    min_selections: Annotated[int, Member(ge=0)] | None = None
    max_selections: Annotated[int, Member(ge=1)] | None = None

    @field_validator("min_selections", "max_selections")
    @classmethod
    def _possible(cls, count: int | None, definition: ValidationInfo) -> int | None:
        options = definition.data.get("options")
        if options and count is not None and count > len(options):
            raise ValueError(f"must not be more than the {len(options)} options")
        return count

    @field_validator("max_selections")
    @classmethod
    def _in_order(cls, most: int | None, definition: ValidationInfo) -> int | None:
        if most is not None and most < (definition.data.get("min_selections") or 0):
            raise ValueError("must not be less than “min_selections”")
        return most

    def check(self, value: Any, today: date) -> list[str]:
        if not isinstance(value, list):
            raise BadValue(f"must be a list of option values, not {what(value)}.")
        for position, member in enumerate(value):
            if not isinstance(member, str) or member not in self._values:
                raise self._refused(member, pointer(position))
        if len(set(value)) < len(value):
            raise BadValue("must not contain an option twice.")
        if self.min_selections is not None and len(value) < self.min_selections:
            raise BadValue(f"must contain at least {self.min_selections} of the options.")
        if self.max_selections is not None and len(value) > self.max_selections:
            raise BadValue(f"must contain at most {self.max_selections} of the options.")
        return list(value)
