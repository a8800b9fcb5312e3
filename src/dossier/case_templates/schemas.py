"""Case templates as programs see them: in the shape of a case (contract section 5), and as a document (section 7)."""

from typing import Annotated, Any

from pydantic import BaseModel, Field

from dossier.case_templates.model import ContactSlot, ParentStatus, TemplateVersion
from dossier.case_templates.model.document import TemplateDocument
from dossier.contacts.schemas import Contact
from dossier.foundation.clock import wire_time
from dossier.foundation.http.body import StrictRequestModel
from dossier.foundation.http.openapi import Email, PageMeta, Timestamp, Uuid
from dossier.members.schemas import Member

FieldKey = Annotated[str, Field(pattern="^[a-z0-9_]{1,120}$")]


class WorkspaceById(StrictRequestModel):
    """A workspace that is named."""

    id: Uuid


class OwnerByEmail(StrictRequestModel):
    """A member who is named."""

    email: Email


class Placed(StrictRequestModel):
    """Where a new template goes: `workspace` may be left out when the token covers one."""

    workspace: WorkspaceById | None = None
    owner: OwnerByEmail | None = None


class CreateTemplate(TemplateDocument, Placed):
    """A template document, and where it goes."""


class ReviseTemplate(TemplateDocument):
    """A template document: the next version."""


class ArchiveTemplate(StrictRequestModel):
    """Whether the template is archived."""

    archived: bool


class Step(BaseModel):
    """A step; `id` is its key."""

    id: str
    title: str
    status: str
    data: dict[str, Any]


class FieldValue(BaseModel):
    """A field with its current value."""

    key: FieldKey
    type: str
    value: Any
    name: str


class TemplateRow(BaseModel):
    """A template in a list, in the shape of a case; `contacts` are its slots."""

    id: Uuid
    title: str
    parent_status: ParentStatus
    created_at: Timestamp
    updated_at: Timestamp
    description: str | None
    locale: str | None
    reference: str | None
    status: str | None
    waiting_for: str
    archived_at: Timestamp | None
    contacts: list[Contact]
    template: str | None
    owner: Member | None


class CaseTemplate(TemplateRow):
    """A template in full, in the shape of a case."""

    steps: list[Step]
    schema_: list[FieldValue] = Field(alias="schema")


class TemplatePage(BaseModel):
    """A page of case templates."""

    meta: PageMeta
    data: list[TemplateRow]


class TemplateRead(BaseModel):
    """The template document of the current version."""

    version: int
    document: dict[str, Any]


def row(version: TemplateVersion) -> dict[str, Any]:
    """A template in the shape of a list row of cases; `contacts` are its slots."""
    archived_at = version.archived_at
    return {
        "id": version.id,
        "title": version.template.title,
        "parent_status": "draft",
        "created_at": wire_time(version.created_at),
        "updated_at": wire_time(version.updated_at),
        "description": version.template.description,
        "locale": version.template.locale,
        "reference": None,
        "status": "draft",
        "waiting_for": "none",
        "archived_at": wire_time(archived_at) if archived_at else None,
        "contacts": [_slot(version, slot) for slot in version.template.slots],
        "template": None,
        "owner": version.owner,
    }


def full(version: TemplateVersion) -> dict[str, Any]:
    """A template in the shape of a whole case: the fields' defaults stand as values."""
    template = version.template
    steps = [{"id": each.key, "title": each.title, "status": "available", "data": {}} for each in template.steps]
    schema = [
        {"key": each.key, "type": each.type, "value": each.default, "name": each.name} for each in template.fields
    ]
    return row(version) | {"steps": steps, "schema": schema}


def _slot(version: TemplateVersion, slot: ContactSlot) -> dict[str, Any]:
    empty = dict.fromkeys(("email", "given_name", "family_name", "phone"))
    return {"id": version.slot_id(slot), "key": slot.key, "name": slot.name, **empty}
