"""Contacts as programs see them: on a case, and by themselves."""

from typing import Any

from pydantic import BaseModel

from dossier.contacts.model import ContactRow
from dossier.foundation.clock import wire_time
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
