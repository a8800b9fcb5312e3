"""What a template is: the document people write, and the compiled form that cases run on."""

from dossier.case_templates.model.choices import document_choices, own_statuses, raise_if_unknown_status, status_labels
from dossier.case_templates.model.document import called, member_labels, parse, parse_stored
from dossier.case_templates.model.record import TEMPLATE_RECORD, KeptTemplate, TemplateChange, changed_parts, told
from dossier.case_templates.model.step import OWNER, Call, Reminder, Sending, Step, Wait
from dossier.case_templates.model.template import (
    BUILT_IN_STATUSES,
    PARENT_STATUSES,
    ContactSlot,
    ParentStatus,
    Section,
    Status,
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
    "OWNER",
    "PARENT_STATUSES",
    "TEMPLATE_RECORD",
    "Call",
    "ContactSlot",
    "KeptTemplate",
    "ParentStatus",
    "Reminder",
    "Section",
    "Sending",
    "Status",
    "Step",
    "Template",
    "TemplateChange",
    "TemplateVersion",
    "Transition",
    "Upgrade",
    "Wait",
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
