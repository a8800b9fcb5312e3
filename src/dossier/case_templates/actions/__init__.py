"""What can be done to a case template, and to the draft of one."""

from dossier.case_templates.actions.publishing import archive, create, get_for_update, get_or_404, revise

__all__ = ["archive", "create", "get_for_update", "get_or_404", "revise"]
