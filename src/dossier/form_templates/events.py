"""Facts about form templates."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from dossier.form_templates.model import FormTemplate
from dossier.foundation.events import Fact


@dataclass(frozen=True, slots=True)
class FormTemplatePublished(Fact):
    """A version of a form template was published; whoever finds that it cannot be refuses it (400)."""

    workspace_id: UUID
    template_id: UUID
    document: Mapping[str, Any]
    template: FormTemplate
