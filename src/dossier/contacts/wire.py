"""A contact as programs see one."""

from pydantic import BaseModel

from dossier.foundation.http.openapi import Email, Uuid


class Contact(BaseModel):
    """A contact on a case; `name` is what to call it."""

    id: Uuid
    key: str
    name: str
    email: Email | None
    given_name: str | None
    family_name: str | None
    phone: str | None
