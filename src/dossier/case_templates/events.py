"""Facts about templates."""

from dossier.case_templates.model import TemplateVersion
from dossier.foundation.events import Event


class TemplatePublished(Event[TemplateVersion]):
    """A version was published; its subject is that version."""
