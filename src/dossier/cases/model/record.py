"""How cases describe themselves: where their history is, their parts by path, and what of it nobody takes back."""

from dossier.cases.model.case import Case, get, put_all
from dossier.foundation.messages import Message
from dossier.foundation.text import gettext_noop
from dossier.records.model import Record

PARTS = {
    "title": gettext_noop("Title"),
    "description": gettext_noop("Description"),
    "locale": gettext_noop("Language"),
    "reference": gettext_noop("Reference"),
    "status": gettext_noop("Status"),
    "parent_status": gettext_noop("Stage"),
    "waiting_for": gettext_noop("Waiting for"),
    "owner": gettext_noop("Owner"),
    "archived_at": gettext_noop("Archived"),
    "template_version": gettext_noop("Version of the template"),
}
"""Path → how people know the part of a case, in English."""
_NOT_CHANGED = gettext_noop("Nothing was changed by this entry.")


def called(case: Case, path: str) -> str | Message:
    """How people know the part at a path: fields, steps and slots by their names."""
    prefix, _, key = path.partition(".")
    template = case.template
    if prefix == "data" and (field := case.field(key)):
        return field.name
    if prefix == "steps" and template and key in template.step_by_key:
        return template.step_by_key[key].title
    if prefix == "contacts" and template and key in template.slot_by_key:
        return template.slot_by_key[key].name
    return Message(PARTS[path]) if path in PARTS else key or path


CASE_RECORD: Record[Case] = Record(
    name="case",
    missing=gettext_noop("There is no case {id}."),
    history="case_events",
    key="case_id",
    get=get,
    put_all=put_all,
    not_undone={
        "created": gettext_noop("A case cannot be un-made; delete it instead."),
        "steps": gettext_noop("Steps come and go by their conditions."),
        "step_not_started": _NOT_CHANGED,
        "template": gettext_noop("Move the case to another version instead."),
        "transitions_stopped": _NOT_CHANGED,
    },
    follows=("transition",),
    called=called,
    derived=lambda case: {f"data.{field.key}" for field in case.fields() if field.derived},
)
