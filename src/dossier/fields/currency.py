"""Amounts of money, with the decimals of their currency."""

from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import Any, ClassVar, Literal

from pydantic import field_validator

from dossier.fields.faces import Language, Option
from dossier.fields.number import LEAST, MOST, Numeric, is_number
from dossier.foundation.errors import InvalidValue
from dossier.foundation.text import gettext_noop


class Currency(Numeric):
    """An amount of money, with the decimals of its currency (ISO 4217), two where none is named."""

    called: ClassVar[str] = gettext_noop("Amount of money")
    designed: ClassVar[tuple[Option, ...]] = (
        Option("currency", "text", gettext_noop("Currency (ISO 4217), such as EUR")),
        LEAST,
        MOST,
    )

    type: Literal["currency"]
    currency: str | None = None

    @field_validator("currency")
    @classmethod
    def _exists(cls, currency: str | None) -> str | None:
        if currency is not None and not is_currency(currency):
            raise InvalidValue("“{field}” must be an ISO 4217 code in capitals such as EUR.")
        return currency

    def check(self, value: Any, today: date) -> int | Decimal:
        return self._checked(value, self.most_decimals)

    @cached_property
    def _units(self) -> int:
        return minor_units(self.currency) if self.currency else 2

    @property
    def most_decimals(self) -> int:
        return self._units

    @property
    def unit(self) -> str | None:
        return self.currency

    def displayed(self, value: Any, language: Language) -> str:
        return language.money(value, self.currency) if is_number(value) else super().displayed(value, language)


def minor_units(code: str) -> int:
    """How many decimals amounts in a currency have: JPY 0, EUR 2, KWD 3 (CLDR)."""
    from babel.numbers import get_currency_precision  # noqa: PLC0415 - its data takes a moment to load

    return int(get_currency_precision(code))


def is_currency(code: str) -> bool:
    """Whether it is an ISO 4217 code."""
    import pycountry  # noqa: PLC0415 - 50 ms and 7 MB that many servers never need

    known = pycountry.currencies.get(alpha_3=code)  # looks without regard to case
    return known is not None and known.alpha_3 == code
