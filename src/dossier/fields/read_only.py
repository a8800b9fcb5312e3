"""What fields that something else than an update fills have in common: declared here, read-only."""

from datetime import date
from typing import Any, ClassVar, NoReturn

from dossier.conditions.comparing import Comparing
from dossier.fields.faces import Input, Kind, Language, NoInput
from dossier.fields.field import Field
from dossier.foundation.errors import InvalidValue
from dossier.foundation.messages import Message, Named


class ReadOnly(Field):
    """A field that an update cannot set."""

    empty: ClassVar[str]
    """What is said while there is no value, in English."""
    read_only: ClassVar[bool] = True
    preset: ClassVar[bool] = False
    indexable: ClassVar[bool] = False
    compared: ClassVar[Comparing | None] = None

    def check(self, value: Any, today: date) -> NoReturn:
        raise InvalidValue(
            "“{field}” cannot be set: a field of type {type} is read-only here.",
            "read_only_field",
            type=Named(self.type, Message(self.called)),
        )

    @property
    def calculated(self) -> Kind | None:
        return None

    def input(self, language: Language) -> Input:
        return NoInput(language.gettext(self.empty))
