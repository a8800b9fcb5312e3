"""What a form template is: the document people write, its compiled form, what it asks, and how it says that."""

from dossier.form_templates.model.asking import (
    Asked,
    AskedElement,
    AskedPage,
    AskedRow,
    Missing,
    Situation,
    asked,
    is_empty,
)
from dossier.form_templates.model.calling import called, member_labels
from dossier.form_templates.model.document import normalized, parse, parse_stored
from dossier.form_templates.model.elements import TYPES
from dossier.form_templates.model.letters import TEXT_NAMES_OF_FORMS
from dossier.form_templates.model.template import (
    ACCESSES,
    Access,
    Binding,
    Element,
    FormTemplate,
    FormTemplateVersion,
    Letter,
    Messages,
    Option,
    Page,
    Preset,
    PresetRow,
    Reminder,
    Repeat,
)
from dossier.form_templates.model.translations import completeness, paths
from dossier.form_templates.model.vocabulary import FORM_ANSWERS, FORM_TEMPLATES
from dossier.form_templates.model.wording import Wording, chosen_language

__all__ = [
    "ACCESSES",
    "FORM_ANSWERS",
    "FORM_TEMPLATES",
    "TEXT_NAMES_OF_FORMS",
    "TYPES",
    "Access",
    "Asked",
    "AskedElement",
    "AskedPage",
    "AskedRow",
    "Binding",
    "Element",
    "FormTemplate",
    "FormTemplateVersion",
    "Letter",
    "Messages",
    "Missing",
    "Option",
    "Page",
    "Preset",
    "PresetRow",
    "Reminder",
    "Repeat",
    "Situation",
    "Wording",
    "asked",
    "called",
    "chosen_language",
    "completeness",
    "is_empty",
    "member_labels",
    "normalized",
    "parse",
    "parse_stored",
    "paths",
]
