"""What can be done to a form template, and to the draft of one."""

from dossier.form_templates.actions.finding import find_any_preset, find_preset, find_template
from dossier.form_templates.actions.publishing import archive, create, enable, get_for_update, get_or_404, revise

__all__ = [
    "archive",
    "create",
    "enable",
    "find_any_preset",
    "find_preset",
    "find_template",
    "get_for_update",
    "get_or_404",
    "revise",
]
