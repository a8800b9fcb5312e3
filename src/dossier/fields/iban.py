"""International bank account numbers, checked by python-stdnum."""

from datetime import date
from typing import Any, ClassVar, Literal

from dossier.fields.field import Field, text_of
from dossier.foundation import exact
from dossier.foundation.errors import InvalidValue
from dossier.foundation.text import gettext_noop

MAX_WRITTEN_IBAN = 60  # characters, spaces included; 34 without


class Iban(Field):
    """An IBAN (ISO 13616), kept in capitals without spaces; its length, form and check digits are checked."""

    called: ClassVar[str] = gettext_noop("IBAN")

    type: Literal["iban"]

    def check(self, value: Any, today: date) -> str:
        from stdnum import exceptions, iban  # noqa: PLC0415 - with the first account

        text = text_of(value)
        if len(text) > MAX_WRITTEN_IBAN:
            raise InvalidValue("“{field}” is no IBAN: it is too long.")
        try:
            compact: str = iban.validate(text, check_country=False)
        except exceptions.InvalidChecksum:
            raise InvalidValue(
                "“{field}” is no IBAN: its check digits do not fit, so something in it is mistyped."
            ) from None
        except exceptions.ValidationError:
            raise InvalidValue("“{field}” is no IBAN: it must look like BE68 5390 0754 7034.") from None
        return compact

    def read(self, text: str) -> str:
        return exact.western(text)
