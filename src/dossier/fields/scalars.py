"""Text, numbers, dates and yes-or-no."""

from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import Annotated, Any, Literal, Self

import pycountry
import re2
from pydantic import Field as Member
from pydantic import field_validator, model_validator

from dossier.fields.field import BadValue, Field, shown, what

Number = Annotated[int | Decimal, Member(union_mode="left_to_right")]

_OPTIONS = re2.Options()
_OPTIONS.log_errors = False
MAX_PATTERN = 1000  # characters


class Text(Field):
    """Text; `pattern` is RE2 and searched for, so anchor it to match the whole."""

    type: Literal["text"]
    multiline: bool = False
    maxlength: Annotated[int, Member(ge=1)] | None = None
    pattern: Annotated[str, Member(max_length=MAX_PATTERN)] | None = None

    @field_validator("pattern")
    @classmethod
    def _compiles(cls, pattern: str | None) -> str | None:
        try:
            re2.compile(pattern or "", _OPTIONS)
        except re2.error as error:
            reason = error.args[0].decode() if isinstance(error.args[0], bytes) else str(error)
            message = f"is no RE2 pattern: {reason} (RE2 has no backreferences and no look-around)"
            raise ValueError(message) from None
        return pattern

    @cached_property
    def _search(self) -> Any:
        return re2.compile(self.pattern, _OPTIONS).search if self.pattern is not None else None

    def check(self, value: Any, today: date) -> str:
        if not isinstance(value, str):
            raise BadValue(f"must be text, not {what(value)}.")
        if "\0" in value:
            raise BadValue("must not contain the character NUL.")
        if not self.multiline and ("\n" in value or "\r" in value):
            raise BadValue("must be a single line.")
        if self.maxlength is not None and len(value) > self.maxlength:
            raise BadValue(f"must have {self.maxlength} characters at most; it has {len(value)}.")
        if self._search and not self._search(value):
            raise BadValue(f"must match the pattern {shown(self.pattern)}.")
        return value


class _Numeric(Field):
    min: Number | None = None
    max: Number | None = None

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.min is not None and self.max is not None and self.min > self.max:
            message = "“min” is greater than “max”"
            raise ValueError(message)
        return self

    def _checked(self, value: Any, decimals: int | None) -> int | Decimal:
        if isinstance(value, bool) or not isinstance(value, int | Decimal):
            hint = "; send it without quotes" if isinstance(value, str) else ""
            raise BadValue(f"must be a number, not {what(value)}{hint}.")
        if self.min is not None and value < self.min:
            raise BadValue(f"must be at least {self.min}.")
        if self.max is not None and value > self.max:
            raise BadValue(f"must be at most {self.max}.")
        if decimals is not None and isinstance(value, Decimal) and _decimals(value) > decimals:
            raise BadValue(f"must have {decimals} decimals at most.")
        return value


def _decimals(value: Decimal) -> int:
    """How many decimals the value needs; trailing zeros do not count."""
    exponent = value.normalize().as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0


class NumberField(_Numeric):
    """A number, kept exactly."""

    type: Literal["number"]
    decimals: Annotated[int, Member(ge=0, le=20)] | None = None
    prefix: str | None = None
    suffix: str | None = None

    def check(self, value: Any, today: date) -> int | Decimal:
        return self._checked(value, self.decimals)


class Currency(_Numeric):
    """An amount of money: at most two decimals."""

    type: Literal["currency"]
    currency: str | None = None

    @field_validator("currency")
    @classmethod
    def _exists(cls, currency: str | None) -> str | None:
        if currency is not None and pycountry.currencies.get(alpha_3=currency) is None:
            message = "must be an ISO 4217 code such as EUR"
            raise ValueError(message)
        return currency

    def check(self, value: Any, today: date) -> int | Decimal:
        return self._checked(value, 2)


def real_day(text: object) -> date | None:
    """The day that `YYYY-MM-DD` names, if there is one."""
    if not isinstance(text, str) or len(text) != 10 or not text.isascii() or text[4] + text[7] != "--":
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


class Date(Field):
    """A day; `min` and `max` are days or `today` in the workspace's time zone."""

    type: Literal["date"]
    min: str | None = None
    max: str | None = None
    format: str | None = None

    @field_validator("min", "max")
    @classmethod
    def _is_a_day(cls, limit: str | None) -> str | None:
        if limit not in (None, "today") and real_day(limit) is None:
            message = "must be a day as YYYY-MM-DD, or today"
            raise ValueError(message)
        return limit

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.min and self.max and "today" not in (self.min, self.max) and self.min > self.max:
            message = "“min” is later than “max”"
            raise ValueError(message)
        return self

    def check(self, value: Any, today: date) -> str:
        day = real_day(value)
        if day is None:
            quoted = f"“{shown(value)}”" if isinstance(value, str) else what(value)
            raise BadValue(f"must be a day that exists, as YYYY-MM-DD, not {quoted}.")
        if self.min and day < self._limit(self.min, today):
            raise BadValue(f"must not be before {self.min}.")
        if self.max and day > self._limit(self.max, today):
            raise BadValue(f"must not be after {self.max}.")
        return day.isoformat()

    @staticmethod
    def _limit(limit: str, today: date) -> date:
        return today if limit == "today" else date.fromisoformat(limit)


class Checkbox(Field):
    """Yes or no."""

    type: Literal["checkbox"]

    def check(self, value: Any, today: date) -> bool:
        if not isinstance(value, bool):
            raise BadValue(f"must be true or false, not {what(value)}.")
        return value
