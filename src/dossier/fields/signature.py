"""Signatures."""

from typing import ClassVar, Literal

from dossier.fields.read_only import ReadOnly
from dossier.foundation.text import gettext_noop


class Signature(ReadOnly):
    """A signature."""

    called: ClassVar[str] = gettext_noop("Signature")
    empty: ClassVar[str] = gettext_noop("Not signed yet.")

    type: Literal["signature"]
