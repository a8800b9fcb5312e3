"""Fields that are filled by something else than an update: declared here, read-only."""

from datetime import date
from typing import Annotated, Any, ClassVar, Literal, NoReturn

from pydantic import Field as Member

from dossier.fields.field import BadValue, Field

AtLeastOne = Annotated[int, Member(ge=1)]


class _ReadOnly(Field):
    read_only: ClassVar[bool] = True
    indexable: ClassVar[bool] = False

    def check(self, value: Any, today: date) -> NoReturn:
        raise BadValue(f"cannot be set: a field of type {self.type} is read-only here.", "read_only_field")


class File(_ReadOnly):
    """Uploaded files; `accept` holds media types, `max_size` is in bytes."""

    type: Literal["file"]
    accept: list[str] | None = None
    max_size: AtLeastOne | None = None
    max_files: AtLeastOne | None = None


class Signature(_ReadOnly):
    """A signature."""

    type: Literal["signature"]


class ApiCall(_ReadOnly):
    """What another system answered."""

    type: Literal["api_call"]
