"""What numbers that a country gives have in common: whose they are, how they are written, what is wrong with one."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from importlib import import_module
from typing import Annotated, Any, ClassVar

from pydantic import Field as Member
from pydantic import field_validator

from dossier.conditions.comparing import TEXT, Comparing
from dossier.fields.faces import Language
from dossier.fields.field import Field, text_of
from dossier.foundation import exact
from dossier.foundation.errors import InvalidValue

COUNTRIES = ("BE", "FR", "NL")
MAX_WRITTEN = 40  # characters, blanks and points included
_BETWEEN = re.compile(r"[\s./-]")


def compact(text: str) -> str:
    """A number without what people write between its digits, to compare with."""
    return _BETWEEN.sub("", text).upper()


@dataclass(frozen=True, slots=True)
class Kind:
    """A country's number: the module of python-stdnum that checks it, loaded with the first number; how one looks."""

    module: str
    example: str

    def validate(self, text: str) -> str:
        """The number without blanks and points; a ValidationError of stdnum."""
        return str(import_module(self.module).validate(text))

    def written(self, number: str) -> str:
        """The number as people write it."""
        written = getattr(import_module(self.module), "format", str)
        return str(written(number))


class Numbered(Field):
    """A number that `country` gives, kept without blanks and points."""

    compared: ClassVar[Comparing | None] = Comparing(TEXT.operators, compact)
    kinds: ClassVar[Mapping[str, Kind]]
    mistyped: ClassVar[str]
    """The refusal of a number whose check digits do not fit; `{country}` is whose number it is."""
    unlike: ClassVar[str]
    """The refusal of what does not look like one; `{example}` does."""
    no_birth: ClassVar[str] = ""
    """The refusal of a number with a date of birth in it that is none."""

    country: Annotated[str, Member(json_schema_extra={"enum": list(COUNTRIES)})]

    @field_validator("country")
    @classmethod
    def _is_known(cls, country: str) -> str:
        if country not in COUNTRIES:
            raise InvalidValue("“{field}” must be one of {options}.", options=COUNTRIES)
        return country

    @property
    def _kind(self) -> Kind:
        return self.kinds[self.country]

    def check(self, value: Any, today: date) -> str:
        from stdnum import exceptions  # noqa: PLC0415 - with the first number

        text = text_of(value)
        try:
            return self._kind.validate(text if len(text) <= MAX_WRITTEN else "")
        except exceptions.InvalidChecksum:
            raise InvalidValue(self.mistyped, country=self.country) from None
        except exceptions.InvalidComponent:
            raise InvalidValue(self.no_birth or self.mistyped, country=self.country) from None
        except exceptions.ValidationError:
            raise InvalidValue(self.unlike, country=self.country, example=self._kind.example) from None

    def read(self, text: str) -> str:
        return exact.western(text)

    def displayed(self, value: Any, language: Language) -> str:
        return self._kind.written(value) if isinstance(value, str) else super().displayed(value, language)
