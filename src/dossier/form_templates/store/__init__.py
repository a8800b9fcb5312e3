"""The SQL of form templates: versions, presets, drafts, and lists of options."""

from dossier.form_templates.store.lists import keep_option_list, option_lists, remove_option_list
from dossier.form_templates.store.presets import (
    COLLECTION,
    all_presets,
    enable,
    every_preset,
    keep_presets,
    page,
    preset,
    presets,
)
from dossier.form_templates.store.versions import (
    SHELF,
    compiled,
    find,
    forget,
    get,
    insert,
    known,
    publish,
    version,
)

__all__ = [
    "COLLECTION",
    "SHELF",
    "all_presets",
    "compiled",
    "enable",
    "every_preset",
    "find",
    "forget",
    "get",
    "insert",
    "keep_option_list",
    "keep_presets",
    "known",
    "option_lists",
    "page",
    "preset",
    "presets",
    "publish",
    "remove_option_list",
    "version",
]
