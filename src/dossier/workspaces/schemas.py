"""Workspaces as programs see them (contract section 8)."""

from typing import Any

from pydantic import BaseModel, Field, RootModel

from dossier.foundation.clock import wire_time
from dossier.foundation.http.body import StrictRequestModel
from dossier.foundation.http.openapi import PageMeta, Timestamp, Uuid
from dossier.workspaces.model import MAX_SECRET, SecretRow
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


class WorkspaceList(RootModel[list[Workspace]]):
    """All workspaces that the token covers, or the page that was asked for."""


def workspace(model: Model) -> dict[str, Any]:
    return {"id": model.id, "created_at": wire_time(model.created_at), "slug": model.slug, "name": model.name}


class SetSecret(StrictRequestModel):
    """A secret that calls to other systems may use."""

    value: str = Field(min_length=1, max_length=MAX_SECRET)


class Secret(BaseModel):
    """The name of a secret, and since when it is so; never what it is."""

    name: str
    created_at: Timestamp
    updated_at: Timestamp


class SecretList(BaseModel):
    """The secrets of a workspace, by name."""

    data: list[Secret]


def secret(row: SecretRow) -> dict[str, Any]:
    return {"name": row.name, "created_at": wire_time(row.created_at), "updated_at": wire_time(row.updated_at)}
