"""What a form is, how it changes, and how it refuses: frozen values and pure functions."""

from dossier.forms.model.form import (
    ACCESSES,
    FORM_RECORD,
    MADE,
    STATUSES,
    USER_MEMBERS,
    Access,
    Form,
    FormChange,
    FormUser,
    Status,
)
from dossier.forms.model.response import Answer, Response
from dossier.forms.model.vocabulary import VOCABULARY

__all__ = [
    "ACCESSES",
    "FORM_RECORD",
    "MADE",
    "STATUSES",
    "USER_MEMBERS",
    "VOCABULARY",
    "Access",
    "Answer",
    "Form",
    "FormChange",
    "FormUser",
    "Response",
    "Status",
]
