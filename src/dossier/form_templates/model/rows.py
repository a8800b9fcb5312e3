"""Form templates as they are stored beside their versions."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True, slots=True)
class TemplateRow:
    """A form template in the list of all: `version` 0 is never published; `presets`: name, and whether forms can be made with it."""

    id: UUID
    slug: str
    version: int
    title: str
    has_draft: bool
    archived_at: datetime | None
    updated_at: datetime
    presets: tuple[tuple[str, bool], ...]
    languages: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PresetChoice:
    """A preset to choose from: `title` is its template's; `usable`: whether new forms may be made with it."""

    workspace_id: UUID
    id: UUID
    template_id: UUID
    version: int
    slug: str
    name: str
    title: str
    access: str
    usable: bool

    @property
    def called(self) -> str:
        """What to call it: the template, and which of its presets where that says more."""
        return self.title if self.name in (self.title, "Default") else f"{self.title} · {self.name}"
