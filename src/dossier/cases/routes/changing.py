"""Changing the data of cases, making cases, filling their contact slots."""

from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response

from dossier.cases import actions, schemas
from dossier.cases.actions import DATA, SLOTS, NewCase
from dossier.cases.routes.case import CASE
from dossier.contacts.schemas import contacts_sent
from dossier.foundation.database import Transaction
from dossier.foundation.http import openapi, query
from dossier.foundation.http.body import read
from dossier.foundation.http.responses import ApiResponse
from dossier.foundation.http.router import Router
from dossier.foundation.http.writes import write
from dossier.records.routes import DataRoutes
from dossier.tokens.model import Caller

router = Router()

_DATA = DataRoutes(CASE, DATA)
_DATA.one(
    router,
    ("updateCaseData", "Update many typed fields of a case at once"),
    "Merged into what is there, all or nothing. `null` clears. Equal values change nothing.",
)
_DATA.many(
    router,
    "/cases/data",
    "cases",
    schemas.UpdateMany,
    ("updateManyCases", "Update the data of up to 100 cases, each all or nothing"),
    "The case stands twice; send its data together.",
)


@router.post(
    "/cases",
    **openapi.documented(
        "createCase", "Make a case", parameters=openapi.WRITE, body=schemas.CreateCase, gives=schemas.Case
    ),
)
async def create_case(request: Request) -> Response:
    body = await read(request, schemas.CreateCase)
    query.raise_if_conditional(request)
    caller: Caller = request.state.caller
    named = query.body_identifier(body.workspace.id, "workspace", "id") if body.workspace else None
    template_id = query.body_identifier(body.template.id, "template", "id") if body.template else None
    caller.raise_if_uncovered([named] if named else [])

    async def handle(transaction: Transaction) -> ApiResponse:
        return CASE.answer(request, await actions.create(transaction, _asked(body, named, template_id)))

    return await write(request, caller.actor, handle)


CASE.change(
    router,
    "POST",
    "/contacts",
    ("updateCaseContacts", "Set contact slots of a case; others stay"),
    schemas.UpdateContacts,
    lambda tx, sent: SLOTS.update(tx, sent.id, contacts_sent(sent.body.contacts), sent.seen),
)


def _asked(body: schemas.CreateCase, workspace_id: UUID | None, template_id: UUID | None) -> NewCase:
    return NewCase(
        workspace_id=workspace_id,
        template_id=template_id,
        title=body.title,
        description=body.description,
        locale=body.locale,
        reference=body.reference or None,
        status=body.status or "draft",
        waiting_for=body.waiting_for or "none",
        owner_email=body.owner.email if body.owner else None,
        contacts=contacts_sent(body.contacts),
        schema=[each.model_dump(exclude_unset=True) for each in body.schema_],
    )
