"""Countries by their code."""

from datetime import date
from typing import Any, ClassVar, Literal

from dossier.fields.faces import Cell, Input, Language, Select
from dossier.fields.field import Field, shown_or_what
from dossier.foundation.errors import InvalidValue
from dossier.foundation.text import gettext_noop


class Country(Field):
    """An ISO 3166-1 alpha-2 code."""

    called: ClassVar[str] = gettext_noop("Country")

    type: Literal["country"]

    def check(self, value: Any, today: date) -> str:
        if not is_country(value):
            raise InvalidValue(
                "“{field}” must be an ISO 3166-1 code in capitals such as BE, not {value}.", value=shown_or_what(value)
            )
        return str(value)

    def input(self, language: Language) -> Input:
        return Select(list(language.countries.items()))

    def displayed(self, value: Any, language: Language) -> str:
        return language.countries.get(value, value) if isinstance(value, str) else super().displayed(value, language)

    def exported(self, value: Any, language: Language) -> Cell:
        return self.displayed(value, language) if isinstance(value, str) else super().exported(value, language)


def is_country(code: object) -> bool:
    """Whether it is an ISO 3166-1 alpha-2 code."""
    import pycountry  # noqa: PLC0415 - 50 ms and 7 MB that many servers never need

    known = pycountry.countries.get(alpha_2=code) if isinstance(code, str) else None
    return known is not None and known.alpha_2 == code  # `get` looks without regard to case
