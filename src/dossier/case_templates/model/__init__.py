"""What a template is: the document people write, and the compiled form that cases run on."""

from dossier.case_templates.model.choices import document_choices, own_statuses, raise_if_unknown_status, status_labels
from dossier.case_templates.model.document import called, member_labels, parse, parse_stored
from dossier.case_templates.model.record import TEMPLATE_RECORD, KeptTemplate, TemplateChange, changed_parts, told
from dossier.case_templates.model.template import (
    BUILT_IN_STATUSES,
    PARENT_STATUSES,
    ContactSlot,
    ParentStatus,
    Section,
    Status,
    Step,
    Template,
    TemplateVersion,
    Transition,
)
from dossier.case_templates.model.upgrade import Upgrade, upgrade
from dossier.case_templates.model.vocabulary import CASE_TEMPLATES, CASES

__all__ = [
    "BUILT_IN_STATUSES",
    "CASES",
    "CASE_TEMPLATES",
    "PARENT_STATUSES",
    "TEMPLATE_RECORD",
    "ContactSlot",
    "KeptTemplate",
    "ParentStatus",
    "Section",
    "Status",
    "Step",
    "Template",
    "TemplateChange",
    "TemplateVersion",
    "Transition",
    "Upgrade",
    "called",
    "changed_parts",
    "document_choices",
    "member_labels",
    "own_statuses",
    "parse",
    "parse_stored",
    "raise_if_unknown_status",
    "status_labels",
    "told",
    "upgrade",
]
