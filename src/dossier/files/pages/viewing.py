"""A file as it is looked at: among others, its pages as pictures made by us, or why there are none."""

from collections.abc import Sequence
from dataclasses import dataclass

from dossier.files.pages.shown import ShownFile
from dossier.foundation.messages import Message
from dossier.foundation.text import gettext_noop
from dossier.web.addresses import Address

_NO_PICTURES = Message(gettext_noop("There are no pictures of this file. Download it to open it with another program."))


@dataclass(frozen=True, slots=True)
class Viewed:
    """The `number`th of `count` files; `back`: the page that shows them all."""

    shown: ShownFile
    number: int
    count: int
    back: str
    before: Address | None
    after: Address | None

    @property
    def why(self) -> Message:
        """Why there are no pictures."""
        return self.shown.withheld.problems[0].message if self.shown.withheld else _NO_PICTURES


def viewed(shown: Sequence[ShownFile], at: int, back: str) -> Viewed:
    """The file at a place of those that are shown."""
    before = shown[at - 1].viewer if at else None
    after = shown[at + 1].viewer if at + 1 < len(shown) else None
    return Viewed(shown[at], at + 1, len(shown), back, before, after)
