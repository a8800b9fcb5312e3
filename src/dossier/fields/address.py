"""Postal addresses."""

from collections.abc import Mapping
from datetime import date
from typing import Any, ClassVar, Literal

from dossier.conditions.comparing import Comparing
from dossier.fields.country import is_country
from dossier.fields.faces import Cell, Input, Kind, Language, Part, Parts, Sent, last, merged
from dossier.fields.field import Field, shown, text_of
from dossier.foundation import json
from dossier.foundation.errors import InvalidValue, pointer
from dossier.foundation.messages import Message, Named, kind_of
from dossier.foundation.text import gettext_noop

ADDRESS_MEMBERS = ("street", "street2", "postal_code", "city", "region", "country")
MAX_ADDRESS_LINE = 500  # code points

_LAYOUT = {
    "street": (gettext_noop("Street and number"), 12),
    "street2": (gettext_noop("Addition"), 12),
    "postal_code": (gettext_noop("Postal code"), 5),
    "city": (gettext_noop("City"), 7),
    "region": (gettext_noop("Region"), 6),
}
"""How each part is called, and its width in twelfths; the country comes last."""
_COUNTRY = gettext_noop("Country")


class Address(Field):
    """A postal address: an object with street, street2, postal_code, city, region, country (ISO 3166-1)."""

    called: ClassVar[str] = gettext_noop("Postal address")
    indexable: ClassVar[bool] = False
    compared: ClassVar[Comparing | None] = None

    type: Literal["address"]

    def check(self, value: Any, today: date) -> dict[str, str]:
        if not isinstance(value, dict):
            raise InvalidValue(
                "“{field}” must be an object with {parts}, not {given}.", parts=_PARTS, given=kind_of(value)
            )
        parts = {name: _address_member(name, part) for name, part in value.items() if part is not None}
        return {name: text for name, text in parts.items() if text}  # a blank part is none

    @property
    def calculated(self) -> Kind | None:
        return None

    def input(self, language: Language) -> Input:
        labels = {name: (language.gettext(label), width) for name, (label, width) in _LAYOUT.items()}
        lines = [Part(name, *each) for name, each in labels.items()]
        country = Part("country", language.gettext(_COUNTRY), 6, list(language.countries.items()))
        return Parts([*lines, country], MAX_ADDRESS_LINE)

    def typed(self, sent: Sent) -> Any:
        others = [name.removeprefix("value.") for name, _ in sent if name.startswith("value.")]  # which `check` refuses
        parts = dict.fromkeys((*ADDRESS_MEMBERS, *others))
        return {part: text for part in parts if (text := last(sent, f"value.{part}"))} or None

    def merge(self, seen: Any, mine: Any, theirs: Any) -> Any:
        versions = [each or {} for each in (seen, mine, theirs)]
        parts = dict.fromkeys(part for each in versions for part in each)
        kept = {part: merged(*(each.get(part) for each in versions)) for part in parts}
        return {part: value for part, value in kept.items() if value is not None}

    def displayed(self, value: Any, language: Language) -> str:
        """In the order in which one writes it, whatever the order in which it is kept."""
        is_address = isinstance(value, Mapping) and value.keys() <= set(ADDRESS_MEMBERS)
        return str(self.exported(value, language)) if is_address else super().displayed(value, language)

    def exported(self, value: Any, language: Language) -> Cell:
        if not isinstance(value, Mapping):
            return super().exported(value, language)
        country = language.countries.get(value.get("country", ""), value.get("country"))
        town = " ".join(filter(None, (value.get("postal_code"), value.get("city"))))
        parts = (value.get("street"), value.get("street2"), town, value.get("region"), country)
        return ", ".join(filter(None, parts))

    @classmethod
    def read_default(cls, text: str) -> Any:
        return json.decode(text.encode())


def _address_member(name: str, part: Any) -> str:
    where = pointer(name)
    if name not in ADDRESS_MEMBERS:
        raise InvalidValue(
            "“{field}” has no part “{part}”; parts are {parts}.", pointer=where, part=shown(name), parts=_PARTS
        )
    if name == "country" and not is_country(part):
        raise InvalidValue(
            "“{field}” must have an ISO 3166-1 code in capitals such as BE as “{part}”.",
            pointer=where,
            part=_named(name),
        )
    if not isinstance(part, str):
        raise InvalidValue(
            "“{field}” has a “{part}” that must be text, not {given}.",
            pointer=where,
            part=_named(name),
            given=kind_of(part),
        )
    return _line(name, part, where)


def _line(name: str, text: str, where: str) -> str:
    try:
        line = text_of(text).strip()
    except InvalidValue:
        raise InvalidValue(
            "“{field}” has a “{part}” that must not contain NUL or half of a surrogate pair.",
            pointer=where,
            part=_named(name),
        ) from None
    if len(line) > MAX_ADDRESS_LINE:
        raise InvalidValue(
            "“{field}” has a “{part}” that must have {count} characters at most.",
            pointer=where,
            part=_named(name),
            count=MAX_ADDRESS_LINE,
        )
    return line


def _named(name: str) -> Named:
    return Named(name, Message(_LAYOUT[name][0] if name in _LAYOUT else _COUNTRY))


_PARTS = tuple(map(_named, ADDRESS_MEMBERS))
