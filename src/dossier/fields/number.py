"""Numbers, kept exactly."""

from datetime import date
from decimal import Decimal
from typing import Annotated, Any, ClassVar, Literal, TypeGuard

from pydantic import Field as Member
from pydantic import PlainValidator, ValidationInfo, WithJsonSchema, field_validator

from dossier.conditions.comparing import NUMBER, Comparing
from dossier.fields.faces import Input, Kind, Language, Line, Option
from dossier.fields.field import Field, shown
from dossier.foundation import exact
from dossier.foundation.errors import InvalidValue
from dossier.foundation.messages import Message, Named, kind_of
from dossier.foundation.text import gettext_noop

LEAST = Option("min", "number", gettext_noop("Least"))
MOST = Option("max", "number", gettext_noop("Most"))


def _number(value: Any) -> int | Decimal:
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        raise InvalidValue("“{field}” must be a number, not {given}.", given=kind_of(value))
    return value


Number = Annotated[int | Decimal, PlainValidator(_number), WithJsonSchema({"type": "number"})]


class Numeric(Field):
    """What numbers and amounts of money have in common."""

    compared: ClassVar[Comparing | None] = NUMBER

    min: Number | None = None
    max: Number | None = None

    @field_validator("max")
    @classmethod
    def _in_order(cls, most: int | Decimal | None, definition: ValidationInfo) -> int | Decimal | None:
        least = definition.data.get("min")
        if most is not None and least is not None and most < least:
            raise InvalidValue("“{field}” must not be less than “{other}”.", other=Named("min", Message(LEAST.label)))
        return most

    @property
    def most_decimals(self) -> int | None:
        """The most decimals that a value may have; None: any number of them."""
        return None

    def _checked(self, value: Any, decimals: int | None) -> int | Decimal:
        if isinstance(value, bool) or not isinstance(value, int | Decimal):
            raise _no_number(value)
        if not exact.fits(value):
            raise exact.beyond_limits()
        if self.min is not None and value < self.min:
            raise InvalidValue("“{field}” must be at least {bound}.", bound=self.min)
        if self.max is not None and value > self.max:
            raise InvalidValue("“{field}” must be at most {bound}.", bound=self.max)
        if decimals is not None and isinstance(value, Decimal) and _decimals(value) > decimals:
            raise InvalidValue("“{field}” must have {count} decimals at most.", count=decimals)
        return value

    @property
    def calculated(self) -> Kind | None:
        return "number"

    def input(self, language: Language) -> Input:
        return Line(decimal=True)

    def meant(self, value: Any, time_zone: str) -> int | Decimal | None:
        return exact.number(value.strip()) if isinstance(value, str) else None

    def read(self, text: str) -> int | Decimal:
        return exact.typed_number(text, self.most_decimals)

    @classmethod
    def read_default(cls, text: str) -> Any:
        return exact.typed_number(text)


def _no_number(value: Any) -> InvalidValue:
    if not isinstance(value, str):
        return InvalidValue("“{field}” must be a number, not {given}.", given=kind_of(value))
    return InvalidValue(
        "“{field}” must be a number, not text; send 12.5 without quotes.",
        people="“{field}” must be a number, not “{value}”.",
        value=shown(value),
    )


def _decimals(value: Decimal) -> int:
    """How many decimals the value needs; trailing zeros do not count."""
    exponent = value.normalize(exact.WIDE).as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0


def is_number(value: object) -> TypeGuard[int | Decimal]:
    """Whether a stored value is a number."""
    return isinstance(value, int | Decimal) and not isinstance(value, bool)


class NumberField(Numeric):
    """A number, kept exactly; `prefix` and `suffix` are shown around it."""

    called: ClassVar[str] = gettext_noop("Number")
    designed: ClassVar[tuple[Option, ...]] = (
        LEAST,
        MOST,
        Option("decimals", "whole", gettext_noop("Decimals")),
        Option("prefix", "text", gettext_noop("Shown before it")),
        Option("suffix", "text", gettext_noop("Shown after it, such as km")),
    )

    type: Literal["number"]
    decimals: Annotated[int, Member(ge=0, le=20)] | None = None
    prefix: str | None = None
    suffix: str | None = None

    def check(self, value: Any, today: date) -> int | Decimal:
        return self._checked(value, self.decimals)

    @property
    def most_decimals(self) -> int | None:
        return self.decimals

    @property
    def unit(self) -> str | None:
        return self.suffix

    def displayed(self, value: Any, language: Language) -> str:
        return language.number(value) if is_number(value) else super().displayed(value, language)
