"""What a template is: the document people write, and the compiled form that cases run on."""

from dossier.case_templates.model.automation import (
    AtOnce,
    Automation,
    CallOut,
    CancelStep,
    Changed,
    Created,
    From,
    Idle,
    Later,
    MakeTask,
    Near,
    SetOwner,
    SetParts,
    StartStep,
    StepBecomes,
    Tell,
    Told,
)
from dossier.case_templates.model.automation_compiling import WAITING_FOR
from dossier.case_templates.model.automation_document import members_named
from dossier.case_templates.model.calls import address_problems, is_header
from dossier.case_templates.model.choices import document_choices, own_statuses, raise_if_unknown_status, status_labels
from dossier.case_templates.model.document import called, member_labels, parse, parse_stored
from dossier.case_templates.model.questions import chosen, problems_of_questions, takes
from dossier.case_templates.model.record import DOCUMENT, TEMPLATE_RECORD, told
from dossier.case_templates.model.step import OWNER, Call, Questions, Reminder, Sending, Step, Wait
from dossier.case_templates.model.step_document import assignees_named
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
from dossier.case_templates.model.vocabulary import CASE_TEMPLATES, CASES, FORM_COUNTS

__all__ = [
    "BUILT_IN_STATUSES",
    "CASES",
    "CASE_TEMPLATES",
    "DOCUMENT",
    "FORM_COUNTS",
    "OWNER",
    "PARENT_STATUSES",
    "TEMPLATE_RECORD",
    "WAITING_FOR",
    "AtOnce",
    "Automation",
    "Call",
    "CallOut",
    "CancelStep",
    "Changed",
    "ContactSlot",
    "Created",
    "From",
    "Idle",
    "Later",
    "MakeTask",
    "Near",
    "ParentStatus",
    "Questions",
    "Reminder",
    "Section",
    "Sending",
    "SetOwner",
    "SetParts",
    "StartStep",
    "Status",
    "Step",
    "StepBecomes",
    "Tell",
    "Template",
    "TemplateVersion",
    "Told",
    "Transition",
    "Upgrade",
    "Wait",
    "address_problems",
    "assignees_named",
    "called",
    "chosen",
    "document_choices",
    "is_header",
    "member_labels",
    "members_named",
    "own_statuses",
    "parse",
    "parse_stored",
    "problems_of_questions",
    "raise_if_unknown_status",
    "status_labels",
    "takes",
    "told",
    "upgrade",
]
