"""Questions to one person, and the answers."""

from dossier.forms.actions.belonging import opens, put_on_case
from dossier.forms.actions.closing import put_away, put_away_of_case
from dossier.forms.actions.making import create
from dossier.forms.actions.notifying import Origin, call_off
from dossier.forms.actions.removing import forget_case, forget_text
from dossier.forms.actions.reviewing import answered, completeness, given, of_case
from dossier.forms.actions.saving import get
from dossier.forms.actions.showing import whole
from dossier.forms.store.reading import get as find

__all__ = [
    "Origin",
    "answered",
    "call_off",
    "completeness",
    "create",
    "find",
    "forget_case",
    "forget_text",
    "get",
    "given",
    "of_case",
    "opens",
    "put_away",
    "put_away_of_case",
    "put_on_case",
    "whole",
]
