"""Answers of other systems."""

from typing import ClassVar, Literal

from dossier.fields.read_only import ReadOnly
from dossier.foundation.text import gettext_noop


class ApiCall(ReadOnly):
    """What another system answered."""

    called: ClassVar[str] = gettext_noop("Answer of another system")
    empty: ClassVar[str] = gettext_noop("No answer yet.")

    type: Literal["api_call"]
