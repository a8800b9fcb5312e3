"""The recipe that a case follows: fields, contact slots, statuses, steps."""

from dossier.case_templates.actions.drafts import get_draft
from dossier.case_templates.store import choices, get, known, version

__all__ = ["choices", "get", "get_draft", "known", "version"]
