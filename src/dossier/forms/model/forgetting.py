"""What is said of somebody in what programs gave with a form: taken out when they are erased. Pure."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from dossier.contacts.model import Contact

_SHORTEST = 2  # characters of a name that is looked for


@dataclass(frozen=True, slots=True)
class Told:
    """By what somebody is known: addresses, and what they are called."""

    addresses: tuple[str, ...]
    names: tuple[str, ...]

    @classmethod
    def of(cls, person: Contact) -> "Told":
        addresses = tuple(filter(None, (person.email, person.phone)))
        given = (person.given_name, person.family_name)
        names = tuple(each.strip() for each in given if each and len(each.strip()) >= _SHORTEST)
        return cls(addresses, names if len(names) == len(given) else ())

    def is_in(self, value: Any) -> bool:
        """Whether somewhere in it an address of theirs stands, or both names."""
        text = "\n".join(_texts(value)).casefold()
        return any(each.casefold() in text for each in self._written) or (
            bool(self.names) and all(_word(each).search(text) for each in self.names)
        )

    def out_of(self, value: Any) -> Any:
        """The same without their addresses, and without their names where these stand as words."""
        if isinstance(value, str):
            for each in self._written:
                value = re.sub(re.escape(each), "", value, flags=re.IGNORECASE)
            for each in self.names:
                value = _word(each).sub("", value)
            return value
        if isinstance(value, list):
            return [self.out_of(each) for each in value]
        return {name: self.out_of(each) for name, each in value.items()} if isinstance(value, Mapping) else value

    @property
    def _written(self) -> tuple[str, ...]:
        """The addresses, also as they stand in an address of the web."""
        return tuple(dict.fromkeys((*self.addresses, *(quote(each, safe="") for each in self.addresses))))


def _word(name: str) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w){re.escape(name)}(?!\w)", re.IGNORECASE)


def _texts(value: Any) -> list[str]:
    if isinstance(value, str):
        return [value]
    inside = value.values() if isinstance(value, Mapping) else value if isinstance(value, list | tuple) else ()
    return [text for each in inside for text in _texts(each)] + ([*value] if isinstance(value, Mapping) else [])
