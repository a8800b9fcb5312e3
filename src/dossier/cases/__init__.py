"""One piece of work about someone, from draft to closed."""

from dossier.cases.actions import DATA, KEEPING
from dossier.cases.actions.history import in_version
from dossier.cases.store.reading import by_reference

__all__ = ["DATA", "KEEPING", "by_reference", "in_version"]
