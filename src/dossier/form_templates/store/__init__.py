"""The SQL of form templates: versions, presets, drafts, and lists of options."""

from dossier.form_templates.store.lists import (
    keep_option_list,
    lock_option_lists,
    option_lists,
    remove_option_list,
    used_by,
)
from dossier.form_templates.store.overview import case_templates
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
    "case_templates",
    "enable",
    "every_preset",
    "find",
    "forget",
    "get",
    "insert",
    "keep_option_list",
    "keep_presets",
    "known",
    "lock_option_lists",
    "option_lists",
    "page",
    "preset",
    "presets",
    "publish",
    "remove_option_list",
    "used_by",
    "version",
]
