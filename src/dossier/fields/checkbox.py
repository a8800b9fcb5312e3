"""Yes or no."""

from datetime import date
from typing import Any, ClassVar, Literal

from dossier.conditions.comparing import YES_OR_NO, Comparing
from dossier.fields.faces import Cell, Input, Kind, Language, Select
from dossier.fields.field import Field
from dossier.foundation.errors import InvalidValue
from dossier.foundation.messages import kind_of
from dossier.foundation.text import gettext_noop


class Checkbox(Field):
    """Yes or no."""

    called: ClassVar[str] = gettext_noop("Yes or no")
    compared: ClassVar[Comparing | None] = YES_OR_NO

    type: Literal["checkbox"]

    def check(self, value: Any, today: date) -> bool:
        if not isinstance(value, bool):
            raise InvalidValue("“{field}” must be true or false, not {given}.", given=kind_of(value))
        return value

    @property
    def calculated(self) -> Kind | None:
        return "yes_or_no"

    def input(self, language: Language) -> Input:
        return Select([("true", language.gettext("Yes")), ("false", language.gettext("No"))], short=True)

    def meant(self, value: Any, time_zone: str) -> bool | None:
        return {"true": True, "false": False}.get(value.strip().lower()) if isinstance(value, str) else None

    def read(self, text: str) -> Any:
        return self.read_default(text)

    @classmethod
    def read_default(cls, text: str) -> Any:
        return {"true": True, "false": False}.get(text, text)

    def displayed(self, value: Any, language: Language) -> str:
        if not isinstance(value, bool):
            return super().displayed(value, language)
        return language.gettext("Yes") if value else language.gettext("No")

    def exported(self, value: Any, language: Language) -> Cell:
        return self.displayed(value, language) if isinstance(value, bool) else str(value)
