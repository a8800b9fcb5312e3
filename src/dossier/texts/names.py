"""The names that a text may use, and what it says of one that it may not."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from dossier.foundation.text import nearest

PARTS = ("size", "first", "last")
"""What a list can be asked for."""


class Link(str):
    """A value that is an address of ours: in a mail it can be followed wherever it stands."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Snippet:
    """A value that is a text, `{{ snippets.closing }}`: what it says is as good as what the text around it says, Markdown included."""

    template: Any


def unknown_name(name: str, names: Collection[str]) -> bool:
    """Whether no value has that name. `data.*` among the names: whatever is one level below `data`."""
    whole, _, part = name.rpartition(".")
    return name not in names and f"{whole}.*" not in names and not (part in PARTS and whole in names)


def guessed(name: str, names: Collection[str]) -> str | None:
    """The name that was meant, where one is close; it is looked for among those that begin alike first."""
    root = name.partition(".")[0]
    return nearest(name, sorted(each for each in names if each.startswith(root))) or nearest(name, sorted(names))
