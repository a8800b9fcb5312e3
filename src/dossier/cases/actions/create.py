"""Making a case (contract section 5)."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

from dossier import case_templates as templates
from dossier import files, members, workspaces
from dossier.case_templates.model import BUILT_IN_STATUSES, TemplateVersion, raise_if_unknown_status
from dossier.cases.actions.people import SLOTS
from dossier.cases.actions.saving import settle
from dossier.cases.events import CaseCreated
from dossier.cases.model import CASE_RECORD, Case, CaseChange
from dossier.cases.store import writing
from dossier.contacts.model import sent_slots
from dossier.fields import from_schema
from dossier.flow.model.computing import recomputed
from dossier.flow.model.rounds import apply_transitions
from dossier.foundation import events
from dossier.foundation.actor import Scope
from dossier.foundation.clock import today
from dossier.foundation.database import ReadSession, Transaction
from dossier.foundation.errors import AppError, Conflict, Invalid
from dossier.foundation.identifiers import new_id
from dossier.foundation.messages import Message, Named
from dossier.records.model import made
from dossier.workspaces.model import Workspace

_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ23456789"
_REFERENCE_LENGTH = 6
_CANDIDATES = 5  # of 34^6: all taken only in a workspace that is full

_CREATED = ("title", "description", "locale", "reference", "status", "parent_status", "waiting_for", "owner")


@dataclass(frozen=True, slots=True)
class NewCase:
    """What somebody asks for. `schema` and `contacts` are as the body has them.

    Without a `workspace_id` it is made in the template's; without either, in the only one that the actor may touch.
    """

    workspace_id: UUID | None = None
    template_id: UUID | None = None
    title: str | None = None
    description: str | None = None
    locale: str | None = None
    reference: str | None = None
    status: str = "draft"
    waiting_for: str = "none"
    owner_email: str | None = None
    contacts: Sequence[Mapping[str, Any]] = ()
    schema: Sequence[Mapping[str, Any]] = field(default_factory=list)


async def create(transaction: Transaction, asked: NewCase) -> CaseChange:
    """The new case with its contacts, values and defaults, after the transitions that follow; 400, 409."""
    transaction.actor.require("cases.create")
    template = await _template(transaction, asked.template_id)
    workspace_id = _workspace(transaction.actor.scope, asked.workspace_id, template)
    if template and template.archived_at:
        raise Conflict.because("The template is archived; unarchive it first.", "archived", pointer="/template/id")
    case = _blank(transaction, await workspaces.get(transaction, workspace_id), asked, template)
    raise_if_unknown_status(case.statuses, case.status, "/status")
    slots = sent_slots(asked.contacts, case.slot_names)
    own, data = from_schema(case, asked.schema, today(case.created_at, case.time_zone))
    case = replace(case, own_fields=own, data=data)
    if asked.owner_email:
        owner = await members.owner(transaction, case.workspace_id, asked.owner_email, "/owner/email")
        case = replace(case, owner=owner.document())
    if case.reference is None:
        reference = await writing.free_reference(transaction, case.workspace_id, _references())
        case = replace(case, reference=reference, reference_generated=True)
    case = replace(case, contacts=await SLOTS.link(transaction, case, slots))
    change = await _settled(transaction, apply_transitions(recomputed(_made(case))), asked)
    await writing.insert(transaction, change)
    await events.publish(transaction, CaseCreated(change.after, change.entries))
    return change


async def _settled(transaction: Transaction, change: CaseChange, asked: NewCase) -> CaseChange:
    (settled,) = await settle([(transaction, change)], files.in_schema([each["key"] for each in asked.schema]))
    if isinstance(settled, AppError):
        raise settled
    return settled


async def _template(reading: ReadSession, template_id: UUID | None) -> TemplateVersion | None:
    if template_id is None:
        return None
    if template := await templates.get(reading, template_id):
        return template
    raise Invalid.because("There is no case template {id}.", "unknown_template", pointer="/template/id", id=template_id)


def _workspace(scope: Scope, named: UUID | None, template: TemplateVersion | None) -> UUID:
    """The named one; else the template's; else the only one in scope."""
    if named and template and template.workspace_id != named:
        detail = "The template does not belong to the workspace that is named."
        raise Invalid.because(detail, "template_elsewhere", pointer="/template/id")
    if found := named or (template and template.workspace_id):
        return found
    if len(scope.workspaces) == 1:
        return scope.workspaces[0]
    detail = "The token covers several workspaces: name one as “workspace”, or a template."
    raise Invalid.because(detail, "missing_member", pointer="/workspace")


def _blank(transaction: Transaction, workspace: Workspace, asked: NewCase, followed: TemplateVersion | None) -> Case:
    template = followed.template if followed else None
    title = asked.title or (template.title if template else None)
    if not title:
        raise Invalid.because(
            "“{field}” is required for a case without a template.",
            "missing_member",
            pointer="/title",
            field=Named("title", Message("Title")),
        )
    now = transaction.clock()
    statuses = template.status_by_key if template else {status.key: status for status in BUILT_IN_STATUSES}
    steps = template.steps if template else ()
    return Case(
        workspace_id=workspace.id,
        workspace_slug=workspace.slug,
        time_zone=workspace.time_zone,
        working_time=workspace.working_time,
        id=new_id(),
        version=0,
        template_id=followed.id if followed else None,
        template_version=followed.version if followed else None,
        template=template,
        title=title,
        description=asked.description or (template.description if template else None),
        locale=asked.locale or (template.locale if template else None),
        reference=asked.reference,
        reference_generated=False,
        status=asked.status,
        parent_status=statuses[asked.status].parent_status if asked.status in statuses else "draft",
        waiting_for=asked.waiting_for,
        owner=None,
        archived_at=None,
        created_at=now,
        updated_at=now,
        steps={step.key: step.first for step in steps},
    )


def _made(case: Case) -> CaseChange:
    """The first two entries: what the case is, and what it knows."""
    paths = [*_CREATED, *(f"contacts.{slot}" for slot in case.contacts)]
    values = {f"data.{key}": value for key, value in case.data.items()}
    return made(CASE_RECORD, replace(case, data={}), paths).put("data", values)


def _references() -> list[str]:
    return ["".join(secrets.choice(_LETTERS) for _ in range(_REFERENCE_LENGTH)) for _ in range(_CANDIDATES)]
