"""How to reach or pay somebody: e-mail, phone, IBAN, country, address; checked by kept libraries.

Each library is loaded by the first value that needs it: together they take a quarter of a second and 25 MB.
"""

import re
from datetime import date
from typing import Any, ClassVar, Literal

from pydantic import field_validator

from dossier.fields.field import BadValue, Field, shown, shown_or_what, text_of, what
from dossier.foundation.errors import pointer

ADDRESS_MEMBERS = ("street", "street2", "postal_code", "city", "region", "country")
MAX_ADDRESS_LINE = 500  # code points
MAX_EMAIL = 254  # characters (RFC 5321)
MAX_WRITTEN_IBAN = 60  # characters, spaces included; 34 without
MAX_REASON = 200  # characters of a library's own words

_WRITTEN_NUMBER = re.compile(r"\+?[0-9\s()./-]{3,40}")


class Email(Field):
    """An e-mail address (RFC 5321, RFC 6531), kept as it was written; whether it exists is not asked."""

    type: Literal["email"]

    def check(self, value: Any, today: date) -> str:
        from email_validator import EmailNotValidError, validate_email  # noqa: PLC0415 - see above

        text = text_of(value).strip()
        if len(text) > MAX_EMAIL:
            raise BadValue(f"is no e-mail address: it has more than {MAX_EMAIL} characters.")
        try:
            validate_email(text, check_deliverability=False)
        except EmailNotValidError as error:
            raise BadValue(f"is no e-mail address: {_reason(error)}.") from None
        return text


class Phone(Field):
    """A phone number in international form, kept as E.164; `country` lets national numbers in."""

    type: Literal["phone"]
    country: str | None = None

    @field_validator("country")
    @classmethod
    def _exists(cls, country: str | None) -> str | None:
        if country is not None and not is_country(country):
            raise ValueError("must be an ISO 3166-1 code in capitals such as BE")
        return country

    def check(self, value: Any, today: date) -> str:
        import phonenumbers  # noqa: PLC0415 - see above

        text = text_of(value).strip()
        try:
            # The library would also find a number among words, and drop them.
            number = phonenumbers.parse(text, self.country) if _WRITTEN_NUMBER.fullmatch(text) else None
        except phonenumbers.NumberParseException:
            number = None
        if number is None or not phonenumbers.is_valid_number(number):
            raise BadValue(f"must be a phone number with its country, such as +32 470 12 34 56, not “{shown(text)}”.")
        return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


class Iban(Field):
    """An IBAN (ISO 13616), kept in capitals without spaces; its length, form and check digits are checked."""

    type: Literal["iban"]

    def check(self, value: Any, today: date) -> str:
        from stdnum import exceptions, iban  # noqa: PLC0415 - see above

        text = text_of(value)
        if len(text) > MAX_WRITTEN_IBAN:
            raise BadValue("is no IBAN: it is too long.")
        try:
            compact: str = iban.validate(text, check_country=False)
        except exceptions.InvalidChecksum:
            raise BadValue("is no IBAN: its check digits do not fit, so something in it is mistyped.") from None
        except exceptions.ValidationError:
            raise BadValue("is no IBAN: it must look like BE68 5390 0754 7034.") from None
        return compact


class Country(Field):
    """An ISO 3166-1 alpha-2 code."""

    type: Literal["country"]

    def check(self, value: Any, today: date) -> str:
        if not is_country(value):
            raise BadValue(f"must be an ISO 3166-1 code in capitals such as BE, not {shown_or_what(value)}.")
        return str(value)


class Address(Field):
    """A postal address: an object with street, street2, postal_code, city, region, country (ISO 3166-1)."""

    type: Literal["address"]
    indexable: ClassVar[bool] = False

    def check(self, value: Any, today: date) -> dict[str, str]:
        if not isinstance(value, dict):
            raise BadValue(f"must be an object with {', '.join(ADDRESS_MEMBERS)}, not {what(value)}.")
        return {name: _address_member(name, part) for name, part in value.items() if part is not None}


def _address_member(name: str, part: Any) -> str:
    where = pointer(name)
    if name not in ADDRESS_MEMBERS:
        raise BadValue(f"has no part “{shown(name)}”; parts are {', '.join(ADDRESS_MEMBERS)}.", pointer=where)
    if name == "country" and not is_country(part):
        raise BadValue("must have an ISO 3166-1 code in capitals such as BE as “country”.", pointer=where)
    try:
        line = text_of(part).strip()
    except BadValue as bad:
        raise BadValue(f"has a “{name}” that {bad.detail}", pointer=where) from None
    if len(line) > MAX_ADDRESS_LINE:
        raise BadValue(f"has a “{name}” that must have {MAX_ADDRESS_LINE} characters at most.", pointer=where)
    return line


def is_country(code: object) -> bool:
    """Whether it is an ISO 3166-1 alpha-2 code."""
    import pycountry  # noqa: PLC0415 - see above

    known = pycountry.countries.get(alpha_2=code) if isinstance(code, str) else None
    return known is not None and known.alpha_2 == code  # `get` looks without regard to case


def _reason(error: Exception) -> str:
    return str(error)[:MAX_REASON].rstrip(".")
