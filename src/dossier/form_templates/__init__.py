"""What people outside are asked: pages of questions, version by version, and the presets by which they are used."""

from dossier.form_templates.actions import find_preset
from dossier.form_templates.actions.drafts import get_draft
from dossier.form_templates.actions.trying import to_try
from dossier.form_templates.store import all_presets, get, known, preset, presets, version
from dossier.form_templates.store.overview import choices

__all__ = [
    "all_presets",
    "choices",
    "find_preset",
    "get",
    "get_draft",
    "known",
    "preset",
    "presets",
    "to_try",
    "version",
]
