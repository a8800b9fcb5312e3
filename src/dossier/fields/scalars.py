"""Text, numbers, dates and yes-or-no."""

import re
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import Annotated, Any, Literal

import re2
from pydantic import Field as Member
from pydantic import PlainValidator, ValidationInfo, WithJsonSchema, field_validator

from dossier.fields.example import example
from dossier.fields.field import BadValue, Field, shown, shown_or_what, text_of, what
from dossier.foundation import exact

MAX_PATTERN = 1000  # characters

_OPTIONS = re2.Options()
_OPTIONS.log_errors = False


_LINE_ENDS = re.compile("[\n\r\v\f\x1c-\x1e\x85\u2028\u2029]")


class Text(Field):
    """Text; `maxlength` counts code points, `pattern` is RE2 and searched for, so anchor it to match the whole."""

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
            hint = "RE2 has no backreferences and no look-around"
            raise ValueError(f"is no RE2 pattern: {shown(reason)} ({hint})") from None
        return pattern

    @cached_property
    def _search(self) -> Any:
        return re2.compile(self.pattern, _OPTIONS).search if self.pattern is not None else None

    @cached_property
    def example(self) -> str | None:
        """A text that fits the pattern, to show to people; None when there is no short one."""
        text = example(self.pattern) if self.pattern else None
        return text if text and self._search and self._search(text) else None

    def check(self, value: Any, today: date) -> str:
        text = text_of(value)
        if not self.multiline and _LINE_ENDS.search(text):
            raise BadValue("must be a single line.")
        if self.maxlength is not None and len(text) > self.maxlength:
            raise BadValue(f"must have {self.maxlength} characters at most; it has {len(text)}.")
        if self._search and not self._search(text):
            raise BadValue(f"must match the pattern {shown(self.pattern)}.")
        return text


def _number(value: Any) -> int | Decimal:
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        raise ValueError(f"must be a number, not {what(value)}")
    return value


Number = Annotated[int | Decimal, PlainValidator(_number), WithJsonSchema({"type": "number"})]


class _Numeric(Field):
    min: Number | None = None
    max: Number | None = None

    @field_validator("max")
    @classmethod
    def _in_order(cls, most: int | Decimal | None, definition: ValidationInfo) -> int | Decimal | None:
        least = definition.data.get("min")
        if most is not None and least is not None and most < least:
            raise ValueError("must not be less than “min”")
        return most

    def _checked(self, value: Any, decimals: int | None) -> int | Decimal:
        if isinstance(value, bool) or not isinstance(value, int | Decimal):
            hint = "; send 12.5 without quotes" if isinstance(value, str) else ""
            raise BadValue(f"must be a number, not {what(value)}{hint}.")
        if not exact.fits(value):
            raise BadValue(f"must have {exact.LIMITS}.")
        if self.min is not None and value < self.min:
            raise BadValue(f"must be at least {self.min}.")
        if self.max is not None and value > self.max:
            raise BadValue(f"must be at most {self.max}.")
        if decimals is not None and isinstance(value, Decimal) and _decimals(value) > decimals:
            raise BadValue(f"must have {decimals} decimals at most.")
        return value


def _decimals(value: Decimal) -> int:
    """How many decimals the value needs; trailing zeros do not count."""
    exponent = value.normalize(exact.WIDE).as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0


class NumberField(_Numeric):
    """A number, kept exactly; `prefix` and `suffix` are shown around it."""

    type: Literal["number"]
    decimals: Annotated[int, Member(ge=0, le=20)] | None = None
    prefix: str | None = None
    suffix: str | None = None

    def check(self, value: Any, today: date) -> int | Decimal:
        return self._checked(value, self.decimals)


class Currency(_Numeric):
    """An amount of money, with the decimals of its currency (ISO 4217), two where none is named."""

    type: Literal["currency"]
    currency: str | None = None

    @field_validator("currency")
    @classmethod
    def _exists(cls, currency: str | None) -> str | None:
        if currency is not None and not is_currency(currency):
            raise ValueError("must be an ISO 4217 code in capitals such as EUR")
        return currency

    def check(self, value: Any, today: date) -> int | Decimal:
        return self._checked(value, self.most_decimals)

    @cached_property
    def most_decimals(self) -> int:
        return minor_units(self.currency) if self.currency else 2


def minor_units(code: str) -> int:
    """How many decimals amounts in a currency have: JPY 0, EUR 2, KWD 3 (CLDR)."""
    from babel.numbers import get_currency_precision  # noqa: PLC0415 - its data takes a moment to load

    return int(get_currency_precision(code))


def is_currency(code: str) -> bool:
    """Whether it is an ISO 4217 code."""
    import pycountry  # noqa: PLC0415 - 50 ms and 7 MB that many servers never need

    known = pycountry.currencies.get(alpha_3=code)  # looks without regard to case
    return known is not None and known.alpha_3 == code


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

    type: Literal["date"]
    min: str | None = None
    max: str | None = None
    format: str | None = None

    @field_validator("min", "max")
    @classmethod
    def _is_a_day(cls, limit: str | None) -> str | None:
        if limit not in (None, "today") and real_day(limit) is None:
            raise ValueError("must be a day as YYYY-MM-DD, or today")
        return limit

    @field_validator("max")
    @classmethod
    def _in_order(cls, last: str | None, definition: ValidationInfo) -> str | None:
        first = definition.data.get("min")
        if first and last and "today" not in (first, last) and last < first:
            raise ValueError("must not be before “min”")
        return last

    def check(self, value: Any, today: date) -> str:
        day = real_day(value)
        if day is None:
            raise BadValue(f"must be a day that exists, as YYYY-MM-DD, not {shown_or_what(value)}.")
        if self.min and day < _limit(self.min, today):
            raise BadValue(f"must not be before {self.min}.")
        if self.max and day > _limit(self.max, today):
            raise BadValue(f"must not be after {self.max}.")
        return day.isoformat()


def _limit(limit: str, today: date) -> date:
    return today if limit == "today" else exact.day(limit)


class Checkbox(Field):
    """Yes or no."""

    type: Literal["checkbox"]

    def check(self, value: Any, today: date) -> bool:
        if not isinstance(value, bool):
            raise BadValue(f"must be true or false, not {what(value)}.")
        return value
