"""Workspaces as programs see them (contract section 8)."""

from typing import Any

from pydantic import BaseModel, Field

from dossier.foundation.clock import wire_time
from dossier.foundation.http.openapi import PageMeta, Timestamp, Uuid
from dossier.workspaces.model import Workspace as Model


class Workspace(BaseModel):
    """A workspace that the token covers."""

    id: Uuid
    created_at: Timestamp
    slug: str = Field(pattern="^[a-z0-9]+(-[a-z0-9]+)*$")
    name: str


class WorkspacePage(BaseModel):
    """The workspaces that the token covers."""

    meta: PageMeta
    data: list[Workspace]


def workspace(model: Model) -> dict[str, Any]:
    return {"id": model.id, "created_at": wire_time(model.created_at), "slug": model.slug, "name": model.name}
