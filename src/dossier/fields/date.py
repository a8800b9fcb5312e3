"""Days."""

from contextlib import suppress
from datetime import date
from typing import Any, ClassVar, Literal
from zoneinfo import ZoneInfo

from pydantic import ValidationInfo, field_validator

from dossier.conditions.comparing import DAY, Comparing
from dossier.fields.faces import Cell, Input, Kind, Language, Line, Option
from dossier.fields.field import Field, shown_or_what
from dossier.foundation import exact
from dossier.foundation.errors import InvalidValue
from dossier.foundation.messages import Message, Named
from dossier.foundation.text import gettext_noop


def real_day(text: object) -> date | None:
    """The day that `YYYY-MM-DD` names, if there is one."""
    if not isinstance(text, str):
        return None
    try:
        return exact.day(text)
    except ValueError:
        return None


class Date(Field):
    """A day; `min` and `max` are days or `today` in the workspace's time zone, `format` is how it is shown."""

    called: ClassVar[str] = gettext_noop("Date")
    designed: ClassVar[tuple[Option, ...]] = (
        Option("min", "text", gettext_noop("Least"), gettext_noop("A day such as 2026-01-31, or today.")),
        Option("max", "text", gettext_noop("Most"), gettext_noop("A day such as 2026-01-31, or today.")),
        Option("format", "text", gettext_noop("How it is shown, such as DD/MM/YYYY")),
    )
    compared: ClassVar[Comparing | None] = DAY

    type: Literal["date"]
    min: str | None = None
    max: str | None = None
    format: str | None = None

    @field_validator("min", "max")
    @classmethod
    def _is_a_day(cls, limit: str | None) -> str | None:
        if limit not in (None, "today") and real_day(limit) is None:
            raise InvalidValue("“{field}” must be a day as YYYY-MM-DD, or today.")
        return limit

    @field_validator("max")
    @classmethod
    def _in_order(cls, last: str | None, definition: ValidationInfo) -> str | None:
        first = definition.data.get("min")
        if first and last and "today" not in (first, last) and last < first:
            raise InvalidValue("“{field}” must not be before “{other}”.", other=Named("min", Message("Least")))
        return last

    def check(self, value: Any, today: date) -> str:
        day = real_day(value)
        if day is None:
            raise InvalidValue(
                "“{field}” must be a day that exists, as YYYY-MM-DD, not {value}.", value=shown_or_what(value)
            )
        if self.min and day < _limit(self.min, today):
            raise _too_early(self.min)
        if self.max and day > _limit(self.max, today):
            raise _too_late(self.max)
        return day.isoformat()

    def meant(self, value: Any, time_zone: str) -> str | None:
        """The day that it is in a time zone, at a time."""
        with suppress(ValueError):
            if isinstance(value, str):
                return exact.moment(value).astimezone(ZoneInfo(time_zone)).date().isoformat()
        return None

    @property
    def calculated(self) -> Kind | None:
        return "date"

    def input(self, language: Language) -> Input:
        return Line("date")

    def read(self, text: str) -> str:
        """The day as it is stored; what is none is left for `check` to refuse."""
        with suppress(ValueError):
            return exact.typed_day(text).isoformat()
        return text

    def displayed(self, value: Any, language: Language) -> str:
        return language.day(value) if isinstance(value, str) else super().displayed(value, language)

    def exported(self, value: Any, language: Language) -> Cell:
        return real_day(value) or super().exported(value, language)


def _too_early(least: str) -> InvalidValue:
    if least == "today":
        return InvalidValue("“{field}” must not be before today.")
    return InvalidValue("“{field}” must not be before {bound}.", bound=exact.day(least))


def _too_late(most: str) -> InvalidValue:
    if most == "today":
        return InvalidValue("“{field}” must not be after today.")
    return InvalidValue("“{field}” must not be after {bound}.", bound=exact.day(most))


def _limit(limit: str, today: date) -> date:
    return today if limit == "today" else exact.day(limit)
