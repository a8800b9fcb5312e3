"""Questions to one person, and the answers."""

from dossier.forms.actions.notifying import Origin
from dossier.forms.actions.removing import forget_case
from dossier.forms.actions.saving import get
from dossier.forms.actions.showing import whole
from dossier.forms.store.reading import get as find

__all__ = ["Origin", "find", "forget_case", "get", "whole"]
