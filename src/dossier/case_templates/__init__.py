"""The recipe that a case follows: fields, contact slots, statuses, steps."""

from dossier.case_templates.store import get, known, version

__all__ = ["get", "known", "version"]
