"""The recipe that a case follows: fields, contact slots, statuses, steps."""

from dossier.case_templates.actions.drafts import opened
from dossier.case_templates.store import choices, get, known, version

__all__ = ["choices", "get", "known", "opened", "version"]
