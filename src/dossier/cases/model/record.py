"""How cases describe themselves: where their history is, their parts by path, and what of it nobody takes back."""

from dossier.cases.model.case import Case
from dossier.contacts.model import FilledSlot
from dossier.fields import parse_fields
from dossier.files.model.held import FILE_PARTS
from dossier.flow.model.states import DONE, REACHING_OUT
from dossier.foundation import exact
from dossier.foundation.messages import Message
from dossier.foundation.text import gettext_noop
from dossier.records.model import Changes, ChangeSet, Keyed, Parts, Record

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
MESSAGES = ("message_pending", "message_sent", "message_failed", "message_bounced", "message_received")
"""Kinds of entries that say what became of a message."""
_PATHS: Parts[Case] = Parts(
    keyed={
        "data": Keyed("data"),
        "steps": Keyed("steps"),
        "contacts": Keyed("contacts", FilledSlot.document, FilledSlot.of),
        **FILE_PARTS,
        "messages": Keyed("messages"),
        "forms": Keyed("forms"),
        "fields": Keyed(
            "own_fields",
            show=lambda own: own.document(),
            read=lambda document: parse_fields([document], "")[0][0],
            spread=lambda fields: {own.key: own for own in fields},
            gather=lambda fields: tuple(fields.values()),
        ),
    },
    read={
        "archived_at": lambda value: {"archived_at": value and exact.local_moment(value)},
        "reference": lambda value: {"reference": value, "reference_generated": False},  # one that is given may repeat
    },
)
_NOT_CHANGED = gettext_noop("Nothing was changed by this entry.")


def called(case: Case, path: str) -> str | Message:
    """How people know the part at a path: fields, steps and slots by their names."""
    prefix, _, key = path.partition(".")
    template = case.template
    if prefix == "data" and (field := case.field(key)):
        return field.name
    if prefix == "messages":
        return Message("Message")
    if prefix in ("files", "names", "checks") and key in case.files:
        return case.files[key].name
    if prefix == "steps" and (step := next((each for each in case.all_steps if each.key == key), None)):
        return step.title
    if prefix == "contacts" and template and key in template.slot_by_key:
        return template.slot_by_key[key].name
    return Message(PARTS[path]) if path in PARTS else key or path


_SENT = gettext_noop("What was sent is not un-sent; call the step off, or start it again.")


def _stays(case: Case, changes: Changes) -> str | None:
    """Why steps that reached out of the house do not go back to what they were."""
    types = {f"steps.{step.key}": step.type for step in case.template.steps} if case.template else {}
    sent = (each for path, each in changes.items() if types.get(path) in REACHING_OUT)
    return _SENT if any((each["new"] or {}).get("status") in DONE for each in sent) else None


CaseChange = ChangeSet[Case]

CASE_RECORD: Record[Case] = Record(
    name=gettext_noop("case"),
    missing=gettext_noop("There is no case {id}."),
    history="case_events",
    key="case_id",
    in_order=True,
    get=_PATHS.get,
    put_all=_PATHS.put_all,
    not_undone={
        "automation_refused": _NOT_CHANGED,
        "created": gettext_noop("A case cannot be un-made; delete it instead."),
        "file_checked": _NOT_CHANGED,
        "file_renamed": gettext_noop("Rename the file itself instead."),
        **dict.fromkeys(MESSAGES, gettext_noop("What was sent cannot be taken back.")),
        "steps": gettext_noop("Steps come and go by their conditions."),
        "step_assigned": gettext_noop("Name somebody else instead, when the step starts."),
        "step_available": gettext_noop("Steps come and go by their conditions."),
        "step_due": gettext_noop("Change the field that says the day instead."),
        "step_not_started": _NOT_CHANGED,
        "template": gettext_noop("Move the case to another version instead."),
        "transitions_stopped": _NOT_CHANGED,
    },
    stays=_stays,
    follows=("transition", "automation"),
    called=called,
    no_entry=gettext_noop("The case's history has no entry {id}."),
    no_version=gettext_noop("The case's history does not have this change any more."),
    derived=lambda case: {f"data.{field.key}" for field in case.fields() if field.derived},
)
