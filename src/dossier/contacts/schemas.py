"""Contacts as programs see them: on a case, and by themselves."""

from typing import Annotated, Any

from pydantic import BaseModel, Field, WithJsonSchema

from dossier.contacts.model import DETAILS, ContactRow, FilledSlot
from dossier.foundation.clock import wire_time
from dossier.foundation.http.body import RequestModel
from dossier.foundation.http.openapi import Email, PageMeta, Timestamp, Uuid


class Contact(BaseModel):
    """A contact on a case; `name` is what to call it."""

    id: Uuid
    key: str
    name: str
    email: Email | None
    given_name: str | None
    family_name: str | None
    phone: str | None


class ContactInput(RequestModel):
    """A contact for a slot; `{"key": …, "contact": null}` empties the slot."""

    key: Annotated[str, Field(min_length=1)] | None = None
    email: Email | None = None
    name: str | None = None
    given_name: str | None = None
    family_name: str | None = None
    phone: str | None = None
    contact: Annotated[None, WithJsonSchema({"anyOf": [{"type": "object"}, {"type": "null"}]})] = None


class InWorkspace(BaseModel):
    """The workspace of a contact."""

    id: Uuid


class ContactDetails(BaseModel):
    """A contact by itself; `name` is what to call it, `cases` how many show it."""

    id: Uuid
    name: str
    email: Email | None
    given_name: str | None
    family_name: str | None
    phone: str | None
    cases: int
    workspace: InWorkspace
    created_at: Timestamp
    updated_at: Timestamp


class ContactPage(BaseModel):
    """A page of contacts."""

    meta: PageMeta
    data: list[ContactDetails]


def details(row: ContactRow) -> dict[str, Any]:
    """A contact by itself."""
    shown = ("id", "name", "email", "given_name", "family_name", "phone", "cases")
    times = {name: wire_time(getattr(row, name)) for name in ("created_at", "updated_at")}
    return {name: getattr(row, name) for name in shown} | {"workspace": {"id": row.workspace_id}} | times


def in_slot(key: str, filled: FilledSlot) -> dict[str, Any]:
    """A contact on a case."""
    contact = filled.contact
    details = {name: getattr(contact, name) for name in DETAILS}
    return {"id": contact.id, "key": key, "name": contact.name(filled.label), **details}


def contacts_sent(contacts: list[ContactInput]) -> list[dict[str, Any]]:
    """The contacts of a body, only with the members that were sent."""
    return [each.model_dump(exclude_unset=True) for each in contacts]
