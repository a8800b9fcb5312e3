"""How to reach or pay somebody: e-mail, phone, IBAN, country, address; checked by kept libraries."""

from datetime import date
from typing import Any, Literal

import pycountry
from email_validator import EmailNotValidError, validate_email
from pydantic import field_validator
from stdnum import iban
from stdnum.exceptions import ValidationError as StdnumError

from dossier.fields.field import BadValue, Field, shown, what

ADDRESS_MEMBERS = ("street", "street2", "postal_code", "city", "region", "country")
MAX_ADDRESS_LINE = 500  # code points


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise BadValue(f"must be text, not {what(value)}.")
    if "\0" in value:
        raise BadValue("must not contain the character NUL.")
    return value.strip()


class Email(Field):
    """An e-mail address (RFC 5321, RFC 6531), kept as it was written; whether it exists is not asked."""

    type: Literal["email"]

    def check(self, value: Any, today: date) -> str:
        text = _text(value)
        try:
            validate_email(text, check_deliverability=False)
        except EmailNotValidError as error:
            raise BadValue(f"is no e-mail address: {str(error).rstrip('.')}.") from None
        return text


class Phone(Field):
    """A phone number in international form, kept as E.164; `country` lets national numbers in."""

    type: Literal["phone"]
    country: str | None = None

    @field_validator("country")
    @classmethod
    def _exists(cls, country: str | None) -> str | None:
        if country is not None and not is_country(country):
            message = "must be an ISO 3166-1 code such as BE"
            raise ValueError(message)
        return country

    def check(self, value: Any, today: date) -> str:
        import phonenumbers  # noqa: PLC0415 - its tables take memory that a server without phone fields need not have

        text = _text(value)
        try:
            number = phonenumbers.parse(text[:60], self.country)
        except phonenumbers.NumberParseException:
            number = None
        if number is None or len(text) > 60 or not phonenumbers.is_valid_number(number):
            raise BadValue(f"must be a phone number with its country, such as +32 470 12 34 56, not “{shown(text)}”.")
        return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


class Iban(Field):
    """An IBAN (ISO 13616), kept without spaces; checked by its length and check digits."""

    type: Literal["iban"]

    def check(self, value: Any, today: date) -> str:
        text = _text(value)
        try:
            compact: str = iban.validate(text[:60], check_country=False)
        except StdnumError as error:
            raise BadValue(f"is no IBAN: {str(error).rstrip('.')}.") from None
        return compact


def is_country(code: object) -> bool:
    """Whether it is an ISO 3166-1 alpha-2 code."""
    return isinstance(code, str) and code.isupper() and pycountry.countries.get(alpha_2=code) is not None


class Country(Field):
    """An ISO 3166-1 alpha-2 code."""

    type: Literal["country"]

    def check(self, value: Any, today: date) -> str:
        if not is_country(value):
            quoted = f"“{shown(value)}”" if isinstance(value, str) else what(value)
            raise BadValue(f"must be an ISO 3166-1 code in capitals such as BE, not {quoted}.")
        return str(value)


class Address(Field):
    """A postal address: an object with street, street2, postal_code, city, region, country (ISO 3166-1)."""

    type: Literal["address"]
    indexable = False

    def check(self, value: Any, today: date) -> dict[str, str]:
        if not isinstance(value, dict):
            raise BadValue(f"must be an object with {', '.join(ADDRESS_MEMBERS)}, not {what(value)}.")
        return {name: self._member(name, part) for name, part in value.items() if part is not None}

    @staticmethod
    def _member(name: str, part: Any) -> str:
        where = "/" + name.replace("~", "~0").replace("/", "~1")
        if name not in ADDRESS_MEMBERS:
            raise BadValue(f"has no part “{shown(name)}”; parts are {', '.join(ADDRESS_MEMBERS)}.", pointer=where)
        if name == "country" and not is_country(part):
            raise BadValue("must have a “country” in capitals such as BE.", pointer=where)
        if not isinstance(part, str) or "\0" in part or len(part) > MAX_ADDRESS_LINE:
            raise BadValue(f"must have text of at most {MAX_ADDRESS_LINE} characters as “{name}”.", pointer=where)
        return part.strip()
