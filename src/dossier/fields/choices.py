"""One of several, and some of several."""

from datetime import date
from functools import cached_property
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, field_validator, model_validator
from pydantic import Field as Member

from dossier.fields.field import BadValue, Field, shown, what
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
        values = [option.value for option in options]
        if twice := next((value for value in values if values.count(value) > 1), None):
            message = f"has the value “{shown(twice)}” twice"
            raise ValueError(message)
        return options

    @cached_property
    def _values(self) -> frozenset[str]:
        return frozenset(option.value for option in self.options)

    def _refused(self, value: object, pointer: str = "") -> BadValue:
        if not isinstance(value, str):
            return BadValue(f"must be the value of an option, not {what(value)}.", pointer=pointer)
        guess = nearest(value, self._values)
        hint = (
            f"did you mean “{guess}”?" if guess else f"options are {shown(', '.join(o.value for o in self.options))}."
        )
        return BadValue(f"has no option “{shown(value)}”; {hint}", pointer=pointer)


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

    @model_validator(mode="after")
    def _possible(self) -> Self:
        if (self.min_selections or 0) > min(self.max_selections or len(self.options), len(self.options)):
            message = "“min_selections” is more than can be chosen"
            raise ValueError(message)
        return self

    def check(self, value: Any, today: date) -> list[str]:
        if not isinstance(value, list):
            raise BadValue(f"must be a list of option values, not {what(value)}.")
        for position, member in enumerate(value):
            if not isinstance(member, str) or member not in self._values:
                raise self._refused(member, f"/{position}")
        if len(set(value)) < len(value):
            raise BadValue("must not contain an option twice.")
        if self.min_selections and len(value) < self.min_selections:
            raise BadValue(f"must contain at least {self.min_selections} options.")
        if self.max_selections and len(value) > self.max_selections:
            raise BadValue(f"must contain at most {self.max_selections} options.")
        return list(value)
