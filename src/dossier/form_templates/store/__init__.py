"""The SQL of form templates: versions, presets, drafts, and lists of options."""

from dossier.form_templates.store.drafts import discard_draft, draft, keep_draft
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
    archive,
    compiled,
    document,
    find,
    forget,
    get,
    insert,
    known,
    lock,
    publish,
    version,
    versions,
)

__all__ = [
    "COLLECTION",
    "all_presets",
    "archive",
    "compiled",
    "discard_draft",
    "document",
    "draft",
    "enable",
    "every_preset",
    "find",
    "forget",
    "get",
    "insert",
    "keep_draft",
    "keep_option_list",
    "keep_presets",
    "known",
    "lock",
    "option_lists",
    "page",
    "preset",
    "presets",
    "publish",
    "remove_option_list",
    "version",
    "versions",
]
