"""How cases describe themselves: where their history is, their parts by path, and what of it nobody takes back."""

from dossier.cases.model.case import Case, get, put_all
from dossier.records.model import Record

CASE_RECORD: Record[Case] = Record(
    name="case",
    history="case_events",
    key="case_id",
    get=get,
    put_all=put_all,
    not_undone={
        "created": "A case cannot be un-made; delete it instead.",
        "steps": "Steps come and go by their conditions.",
        "step_not_started": "Nothing was changed by this entry.",
        "template": "Move the case to another version instead.",
        "transitions_stopped": "Nothing was changed by this entry.",
    },
    follows=("transition",),
    derived=lambda case: {f"data.{field.key}" for field in case.fields() if field.derived},
)
