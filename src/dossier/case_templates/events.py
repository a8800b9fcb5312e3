"""Facts about templates."""

from dataclasses import dataclass

from dossier.case_templates.model import TemplateVersion
from dossier.foundation.events import Fact


@dataclass(frozen=True, slots=True)
class TemplatePublished(Fact):
    """A version of a template was published."""

    version: TemplateVersion
