"""E-mail addresses, checked by email-validator."""

from datetime import date
from typing import Any, ClassVar, Literal

from dossier.fields.faces import Input, Language, Line
from dossier.fields.field import Field, shown, text_of
from dossier.foundation.errors import InvalidValue
from dossier.foundation.text import gettext_noop

MAX_EMAIL = 254  # characters (RFC 5321)
MAX_REASON = 200  # characters of a library's own words


class Email(Field):
    """An e-mail address (RFC 5321, RFC 6531), kept as it was written; whether it exists is not asked."""

    called: ClassVar[str] = gettext_noop("E-mail address")

    type: Literal["email"]

    def check(self, value: Any, today: date) -> str:
        from email_validator import EmailNotValidError, validate_email  # noqa: PLC0415 - with the first address

        text = text_of(value).strip()
        if len(text) > MAX_EMAIL:
            raise InvalidValue("“{field}” is no e-mail address: it has more than {count} characters.", count=MAX_EMAIL)
        try:
            validate_email(text, check_deliverability=False)
        except EmailNotValidError as error:
            raise InvalidValue(
                "“{field}” is no e-mail address: {reason}.",
                people="“{field}” must be an e-mail address such as name@example.org, not “{value}”.",
                reason=_reason(error),
                value=shown(text),
            ) from None
        return text

    def input(self, language: Language) -> Input:
        return Line("email")

    def cell_input(self, language: Language) -> Input:
        return Line()


def _reason(error: Exception) -> str:
    return str(error)[:MAX_REASON].rstrip(".")
