"""Cases as programs see them (contract sections 5 to 7)."""

from typing import Annotated, Any

from pydantic import BaseModel, Field, model_validator

from dossier.case_templates.model import FORM_COUNTS
from dossier.case_templates.schemas import FieldKey, FieldValue, Step, TemplateRow
from dossier.cases.model import Case as Model
from dossier.cases.model import CaseChange
from dossier.cases.model.case import WaitingFor
from dossier.cases.model.rows import ListedCase
from dossier.contacts.schemas import ContactInput, in_slot
from dossier.files import schemas as files
from dossier.files.model.held import data_at
from dossier.flow.model.states import data_shown
from dossier.foundation.clock import wire_time
from dossier.foundation.http.body import RequestModel, StrictRequestModel, null_member
from dossier.foundation.http.openapi import Email, PageMeta, Uuid
from dossier.records.schemas import OneOfMany

Title = Annotated[str, Field(min_length=1, max_length=500)]
LongText = Annotated[str, Field(max_length=100_000)]
ShortText = Annotated[str, Field(max_length=500)]

# ---- what is taken ----


class ById(RequestModel):
    """Something that is named by its id."""

    id: Uuid


class ByEmail(RequestModel):
    """A member who is named by e-mail address."""

    email: Email


class FieldInput(RequestModel):
    """A value for a known field, or a field of the case's own (then with `type` and `name`, and its options)."""

    model_config = RequestModel.model_config | {"extra": "allow"}

    key: FieldKey
    type: str | None = None
    name: str | None = None
    value: Any = None


class CreateCase(RequestModel):
    """A new case."""

    title: Title | None = None
    reference: ShortText | None = None
    status: str | None = None
    template: ById | None = None
    workspace: ById | None = None
    owner: ByEmail | None = None
    contacts: list[ContactInput] = []
    schema_: list[FieldInput] = Field(default=[], alias="schema")
    description: LongText | None = None
    locale: ShortText | None = None
    waiting_for: WaitingFor | None = None


class UpdateContacts(RequestModel):
    """The slots to set; others stay as they are."""

    contacts: list[ContactInput]


class ArchiveCase(RequestModel):
    """Whether the case is archived."""

    archived: bool


class PatchCase(StrictRequestModel):
    """What to set; what is left out stays."""

    title: Title | None = None
    description: LongText | None = None
    locale: ShortText | None = None
    reference: ShortText | None = None
    status: str | None = None
    waiting_for: WaitingFor | None = None
    owner: ByEmail | None = None

    @model_validator(mode="after")
    def _some_are_never_null(self) -> "PatchCase":
        for name in ("title", "status", "waiting_for"):
            if name in self.model_fields_set and getattr(self, name) is None:
                raise null_member(name)
        return self


class UpdateMany(StrictRequestModel):
    """Data for up to 100 cases."""

    cases: list[OneOfMany] = Field(max_length=100)


# ---- what is given ----


class FormCounts(BaseModel):
    """How many things are asked in the forms of a case, how many of them have come, and how many somebody has accepted."""

    asked: int
    received: int
    accepted: int


class CaseRow(TemplateRow):
    """A case in a list."""

    waiting_for: WaitingFor
    forms: FormCounts


class Case(CaseRow):
    """The case in full."""

    steps: list[Step]
    schema_: list[FieldValue] = Field(alias="schema")


class CasePage(BaseModel):
    """A page of cases."""

    meta: PageMeta
    data: list[CaseRow]


# ---- from model to wire ----


def row(each: ListedCase | Model) -> dict[str, Any]:
    """A case as a list shows it."""
    return {
        "id": each.id,
        "title": each.title,
        "parent_status": each.parent_status,
        "created_at": wire_time(each.created_at),
        "updated_at": wire_time(each.updated_at),
        "description": each.description,
        "locale": each.locale,
        "reference": each.reference,
        "status": each.status,
        "waiting_for": each.waiting_for,
        "archived_at": wire_time(each.archived_at) if each.archived_at else None,
        "contacts": [in_slot(key, filled) for key, filled in each.slots],
        "template": str(each.template_id) if each.template_id else None,
        "owner": each.owner,
        "forms": {name: each.forms.get(name, 0) for name in FORM_COUNTS},
    }


def full(case: Model, address: str) -> dict[str, Any]:
    """The case in full; `address`: of the API."""
    data = data_at(case, address)
    schema = [
        {"key": field.key, "type": field.type, "value": data.get(field.key), "name": field.name}
        for field in case.fields()
    ]
    return row(case) | {"steps": _steps(case), "schema": schema}


def _steps(case: Model) -> list[dict[str, Any]]:
    states = ((step, case.steps[step.key]) for step in case.all_steps)
    return [
        {"id": step.key, "title": step.title, "status": state["status"], "data": data_shown(state)}
        for step, state in states
    ]


def receipt(change: CaseChange, address: str) -> dict[str, Any]:
    """What a change did, in short; `address`: of the API."""
    return files.receipt(change, change.after.status, address)
