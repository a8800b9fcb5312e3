"""Which attributes a condition may name, and of what kind each is. Every kind of thing hands over its own."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from re import Pattern
from typing import Literal

Kind = Literal["text", "folded", "uuid", "time", "data"]
"""`folded`: a text in any case; `data`: a value of any type."""


@dataclass(frozen=True, slots=True)
class Attribute:
    """An attribute of a thing, `status`, or of one it is related to, `owner.email`; with a `key`: one of a family."""

    name: str
    kind: Kind
    key: str | None = None

    @property
    def is_field(self) -> bool:
        """Whether it is the value of a field: `data.<key>`."""
        return self.kind == "data" and self.name.startswith("data.")


@dataclass(frozen=True, slots=True)
class Family:
    """Attributes that are as many as there are keys: `data.<key>`. `pattern` has the key as its one group."""

    kind: Kind
    pattern: Pattern[str]
    written: str


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The attributes of a kind of thing, its families of them, and those of its relations.

    `several`: the relations that a thing can have more than one of; what is asked together must hold for the same one.
    """

    attributes: Mapping[str, Attribute]
    relationships: Mapping[str, Mapping[str, Attribute]] = field(default_factory=dict)
    families: Mapping[str, Family] = field(default_factory=dict)
    several: frozenset[str] = frozenset()

    def attribute(self, name: str) -> Attribute | None:
        """The attribute of that name; None when there is none."""
        if found := self.attributes.get(name):
            return found
        family = self.families.get(name.partition(".")[0])
        member = family and family.pattern.fullmatch(name)
        return Attribute(name, family.kind, member[1]) if family and member else None


def attributes(relation: str = "", /, **kinds: Kind) -> dict[str, Attribute]:
    """Attributes by name: `attributes("owner", email="folded")`."""
    prefix = f"{relation}." if relation else ""
    return {name: Attribute(prefix + name, kind) for name, kind in kinds.items()}
