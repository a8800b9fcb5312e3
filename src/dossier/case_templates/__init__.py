"""The recipe that a case follows: fields, contact slots, statuses, steps."""

from dossier.case_templates.actions.drafts import get_draft
from dossier.case_templates.actions.indexing import FieldIndexes
from dossier.case_templates.actions.moving import Moving
from dossier.case_templates.store import choices, current_version, get, known, version

__all__ = ["FieldIndexes", "Moving", "choices", "current_version", "get", "get_draft", "known", "version"]
