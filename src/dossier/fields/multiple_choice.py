"""Some of several."""

from datetime import date
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field as Member
from pydantic import ValidationInfo, field_validator

from dossier.conditions.comparing import SOME_OF, Comparing
from dossier.fields.choices import OPTIONS, Choosing
from dossier.fields.faces import Cell, Input, Kind, Language, Option, Sent, Ticks, filled
from dossier.foundation.errors import InvalidValue, pointer
from dossier.foundation.messages import Message, Named, kind_of
from dossier.foundation.text import gettext_noop


class MultipleChoice(Choosing):
    """Distinct option values, in the order that they were sent."""

    called: ClassVar[str] = gettext_noop("Several of several")
    designed: ClassVar[tuple[Option, ...]] = (
        OPTIONS,
        Option("min_selections", "whole", gettext_noop("At least so many chosen")),
        Option("max_selections", "whole", gettext_noop("At most so many chosen")),
    )
    compared: ClassVar[Comparing | None] = SOME_OF

    type: Literal["multiple_choice"]
    min_selections: Annotated[int, Member(ge=0)] | None = None
    max_selections: Annotated[int, Member(ge=1)] | None = None

    @field_validator("min_selections", "max_selections")
    @classmethod
    def _possible(cls, count: int | None, definition: ValidationInfo) -> int | None:
        options = definition.data.get("options")
        if options and count is not None and count > len(options):
            raise InvalidValue("“{field}” must not be more than the {count} options.", count=len(options))
        return count

    @field_validator("max_selections")
    @classmethod
    def _in_order(cls, most: int | None, definition: ValidationInfo) -> int | None:
        if most is not None and most < (definition.data.get("min_selections") or 0):
            least = Named("min_selections", Message("At least so many chosen"))
            raise InvalidValue("“{field}” must not be less than “{other}”.", other=least)
        return most

    def meant(self, value: Any, time_zone: str) -> list[str] | None:
        sent = [value] if isinstance(value, str) else value
        if not isinstance(sent, list) or not all(isinstance(each, str) for each in sent):
            return None
        return [each if each in self._values else self._by_label(each) or each for each in sent]

    def check(self, value: Any, today: date) -> list[str]:
        if not isinstance(value, list):
            raise InvalidValue("“{field}” must be a list of option values, not {given}.", given=kind_of(value))
        for position, member in enumerate(value):
            if not isinstance(member, str) or member not in self._values:
                raise self._refused(member, pointer(position))
        if len(set(value)) < len(value):
            raise InvalidValue("“{field}” must not contain an option twice.")
        if self.min_selections is not None and len(value) < self.min_selections:
            raise InvalidValue("“{field}” must contain at least {count} of the options.", count=self.min_selections)
        if self.max_selections is not None and len(value) > self.max_selections:
            raise InvalidValue("“{field}” must contain at most {count} of the options.", count=self.max_selections)
        return list(value)

    @property
    def calculated(self) -> Kind | None:
        return None

    def input(self, language: Language) -> Input:
        return Ticks(list(self.labels.items()))

    def typed(self, sent: Sent) -> Any:
        return filled(sent) or None

    def merge(self, seen: Any, mine: Any, theirs: Any) -> Any:
        was, wanted, there = (set(each or ()) for each in (seen, mine, theirs))
        kept = (there | (wanted - was)) - (was - wanted)
        order = list(self.labels)
        return sorted(kept, key=lambda value: order.index(value) if value in order else len(order))

    def displayed(self, value: Any, language: Language) -> str:
        return ", ".join(map(self.labelled, value)) if isinstance(value, list) else super().displayed(value, language)

    def exported(self, value: Any, language: Language) -> Cell:
        return ", ".join(map(self.labelled, value)) if isinstance(value, list) else self.labelled(value)

    @classmethod
    def read_default(cls, text: str) -> Any:
        return [each.strip() for each in text.split(",") if each.strip()]
