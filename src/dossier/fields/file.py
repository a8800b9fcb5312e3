"""Uploaded files."""

from typing import Annotated, ClassVar, Literal

from pydantic import Field as Member

from dossier.fields.faces import Option
from dossier.fields.read_only import ReadOnly
from dossier.foundation.text import gettext_noop

AtLeastOne = Annotated[int, Member(ge=1)]


class File(ReadOnly):
    """Uploaded files; `accept` holds media types, `max_size` is in bytes."""

    called: ClassVar[str] = gettext_noop("File")
    designed: ClassVar[tuple[Option, ...]] = (
        Option("accept", "list", gettext_noop("Kinds of files, such as application/pdf, image/jpeg")),
        Option("max_size", "whole", gettext_noop("Most bytes of a file")),
        Option("max_files", "whole", gettext_noop("Most files")),
    )
    empty: ClassVar[str] = gettext_noop("No file yet.")

    type: Literal["file"]
    accept: list[str] | None = None
    max_size: AtLeastOne | None = None
    max_files: AtLeastOne | None = None
