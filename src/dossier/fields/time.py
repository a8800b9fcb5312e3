"""Times of the day."""

import re
from contextlib import suppress
from datetime import date
from typing import Any, ClassVar, Literal

from pydantic import ValidationInfo, field_validator

from dossier.conditions.comparing import DAY, Comparing
from dossier.fields.faces import Input, Language, Line, Option
from dossier.fields.field import Field, shown_or_what
from dossier.foundation import exact
from dossier.foundation.errors import InvalidValue
from dossier.foundation.messages import Message, Named
from dossier.foundation.text import gettext_noop

_TIME = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]")


def operand(text: str) -> str:
    """A time to compare with, as people write it; InvalidValue."""
    try:
        return exact.typed_time(text)
    except InvalidValue:
        raise InvalidValue("“{field}” takes a time of the day such as 14:30, not “{value}”.", value=text) from None


class Time(Field):
    """A time of the day, `HH:MM`, on the clock of whoever is concerned; `min` and `max` are such times."""

    called: ClassVar[str] = gettext_noop("Time of the day")
    designed: ClassVar[tuple[Option, ...]] = (
        Option("min", "text", gettext_noop("Least"), gettext_noop("A time such as 08:30.")),
        Option("max", "text", gettext_noop("Most"), gettext_noop("A time such as 08:30.")),
    )
    compared: ClassVar[Comparing | None] = Comparing(DAY.operators, operand, "time", DAY.words)

    type: Literal["time"]
    min: str | None = None
    max: str | None = None

    @field_validator("min", "max")
    @classmethod
    def _is_a_time(cls, limit: str | None) -> str | None:
        if limit is not None and not _TIME.fullmatch(limit):
            raise InvalidValue("“{field}” must be a time as HH:MM, such as 08:30.")
        return limit

    @field_validator("max")
    @classmethod
    def _in_order(cls, last: str | None, definition: ValidationInfo) -> str | None:
        first = definition.data.get("min")
        if first and last and last < first:
            raise InvalidValue("“{field}” must not be before “{other}”.", other=Named("min", Message("Least")))
        return last

    def check(self, value: Any, today: date) -> str:
        if not isinstance(value, str) or not _TIME.fullmatch(value):
            raise InvalidValue(
                "“{field}” must be a time of the day as HH:MM, such as 14:30, not {value}.", value=shown_or_what(value)
            )
        if self.min and value < self.min:
            raise InvalidValue("“{field}” must not be earlier than {time}.", time=self.min)
        if self.max and value > self.max:
            raise InvalidValue("“{field}” must not be later than {time}.", time=self.max)
        return value

    def input(self, language: Language) -> Input:
        return Line("time")

    def read(self, text: str) -> str:
        """The time as it is stored; what is none is left for `check` to refuse."""
        with suppress(ValueError):
            return exact.typed_time(text)
        return text
