"""What can be done to a case template, and to the draft of one."""

from dossier.case_templates.actions.publishing import archive, create, found, locked, revise

__all__ = ["archive", "create", "found", "locked", "revise"]
