"""One piece of work about someone, from draft to closed."""

from dossier.cases.actions import DATA, KEEPING
from dossier.cases.actions.history import in_version, named_case

__all__ = ["DATA", "KEEPING", "in_version", "named_case"]
