"""What people outside are asked: pages of questions, version by version, and the presets by which they are used."""

from dossier.form_templates.actions import find_preset
from dossier.form_templates.store import all_presets, get, known, preset, presets, version

__all__ = ["all_presets", "find_preset", "get", "known", "preset", "presets", "version"]
