"""One function per verb: the only way a form changes."""

from dossier.forms.actions.changing import Patch, new_link, patch, remind
from dossier.forms.actions.making import Made, create
from dossier.forms.actions.notifying import Origin
from dossier.forms.actions.removing import delete, forget_case
from dossier.forms.actions.saving import get, lock, save

__all__ = [
    "Made",
    "Origin",
    "Patch",
    "create",
    "delete",
    "forget_case",
    "get",
    "lock",
    "new_link",
    "patch",
    "remind",
    "save",
]
