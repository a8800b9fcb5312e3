"""Phone numbers, checked by phonenumbers."""

import re
from datetime import date
from typing import Any, ClassVar, Literal, Self

from pydantic import field_validator

from dossier.fields.country import is_country
from dossier.fields.faces import Input, Language, Line, Option
from dossier.fields.field import LAST_DAY, Field, shown, text_of
from dossier.foundation import exact
from dossier.foundation.errors import InvalidValue
from dossier.foundation.text import gettext_noop

_WRITTEN_NUMBER = re.compile(r"\+?[0-9\s()./-]{3,40}")


class Phone(Field):
    """A phone number in international form, kept as E.164; `country` lets national numbers in."""

    called: ClassVar[str] = gettext_noop("Phone number")
    designed: ClassVar[tuple[Option, ...]] = (
        Option("country", "text", gettext_noop("Country of numbers without one, such as BE")),
    )

    type: Literal["phone"]
    country: str | None = None

    @field_validator("country")
    @classmethod
    def _exists(cls, country: str | None) -> str | None:
        if country is not None and not is_country(country):
            raise InvalidValue("“{field}” must be an ISO 3166-1 code in capitals such as BE.")
        return country

    def check(self, value: Any, today: date) -> str:
        import phonenumbers  # noqa: PLC0415 - with the first number

        text = text_of(value).strip()
        try:
            # The library would also find a number among words, and drop them.
            number = phonenumbers.parse(text, self.country) if _WRITTEN_NUMBER.fullmatch(text) else None
        except phonenumbers.NumberParseException:
            number = None
        if number is None or not phonenumbers.is_valid_number(number):
            raise InvalidValue(
                "“{field}” must be a phone number with its country, such as +32 470 12 34 56, not “{value}”.",
                value=shown(text),
            )
        return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)

    def input(self, language: Language) -> Input:
        return Line("tel")

    def local(self, country: str) -> Self:
        return self if self.country or not is_country(country) else self.model_copy(update={"country": country})

    def read(self, text: str) -> str:
        """The number as the case will hold it; one that is none is left for `check` to refuse."""
        try:
            return self.check(exact.western(text), LAST_DAY)
        except InvalidValue:
            return text
