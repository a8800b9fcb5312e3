"""A member as programs see one."""

from pydantic import BaseModel

from dossier.foundation.http.openapi import Email, Uuid


class Member(BaseModel):
    """A member of the workspace."""

    id: Uuid
    email: Email
    given_name: str | None
    family_name: str | None
