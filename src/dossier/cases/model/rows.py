"""A case as lists have it: what programs see of one, what people do, and what is exported."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from msgspec import Struct

from dossier.case_templates.model import ParentStatus
from dossier.cases.model.case import WaitingFor
from dossier.contacts.model import FilledSlot


class ListedCase(Struct, frozen=True, gc=False):
    """A row for programs; `owner`: their id, e-mail address and names; `slots`: key and who fills it.

    A `Struct`, as a page makes many: a dataclass that is frozen takes eight times as long.
    """

    id: UUID
    title: str
    parent_status: ParentStatus
    created_at: datetime
    updated_at: datetime
    description: str | None
    locale: str | None
    reference: str | None
    status: str
    waiting_for: WaitingFor
    archived_at: datetime | None
    forms: Mapping[str, int]
    workspace_id: UUID
    template_id: UUID | None
    template_version: int | None
    owner: Mapping[str, Any] | None
    slots: Sequence[tuple[str, FilledSlot]]


class CaseRow(Struct, frozen=True, gc=False):
    """A row for people: `owner` and `contact` are what they are called; the contact is the first of the case."""

    id: UUID
    title: str
    parent_status: ParentStatus
    status: str
    waiting_for: WaitingFor
    reference: str | None
    archived_at: datetime | None
    created_at: datetime
    updated_at: datetime
    forms: Mapping[str, int]
    template_id: UUID | None
    owner_email: str | None
    owner: str | None
    given_name: str | None
    family_name: str | None
    email: str | None
    phone: str | None
    contact: str | None


class ExportedCase(Struct, frozen=True, gc=False):
    """A row of a file, with its values and what they are values of; `own_fields`, `files`: None where it has none. Ids are texts."""

    id: str
    reference: str | None
    title: str
    parent_status: ParentStatus
    status: str
    waiting_for: WaitingFor
    owner: str | None
    owner_email: str | None
    given_name: str | None
    family_name: str | None
    email: str | None
    phone: str | None
    created_at: datetime
    updated_at: datetime
    archived_at: datetime | None
    forms: Mapping[str, int]
    template_id: str | None
    template_version: int | None
    data: Mapping[str, Any]
    own_fields: Any
    files: Any
