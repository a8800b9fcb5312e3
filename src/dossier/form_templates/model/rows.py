"""Form templates as they are stored beside their versions."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID


@dataclass(frozen=True, slots=True)
class DraftRow:
    """A draft as it is stored."""

    workspace_id: UUID
    based_on: int
    revision: int
    document: dict[str, Any]
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class PublishedVersion:
    """A version with the document as it was published."""

    version: int
    document: Mapping[str, Any]
    published_at: datetime
