"""Changing the data of cases, making cases, filling their contact slots."""

from uuid import UUID

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from dossier.cases import actions, schemas
from dossier.cases.actions import NewCase
from dossier.cases.routes.responses import answer, change, changed
from dossier.contacts.schemas import contacts_sent
from dossier.foundation.database import Transaction
from dossier.foundation.errors import Invalid, Problem, pointer
from dossier.foundation.group_commit import Change
from dossier.foundation.http import openapi, query
from dossier.foundation.http.body import read
from dossier.foundation.http.claims import claim_of, is_proved, prove
from dossier.foundation.http.responses import ApiResponse
from dossier.foundation.http.services import services_of
from dossier.foundation.http.writes import answered, is_plain, write
from dossier.tokens.model import Caller

router = APIRouter()

PREFER = openapi.header("Prefer", "`return=minimal` asks for the receipt")


@router.post(
    "/cases/{id}/data",
    **change(
        "updateCaseData",
        "Update many typed fields of a case at once",
        schemas.UpdateData,
        after=(PREFER,),
        description="Merged into what is there, all or nothing. `null` clears. Equal values change nothing.",
        gives=(schemas.Case, schemas.Receipt),
    ),
)
async def update_case_data(request: Request) -> Response:
    body = await read(request, schemas.UpdateData)
    if is_plain(request):
        case_id, actor = query.identifier(request.path_params["id"], "id"), request.state.caller.actor
        updates = services_of(request).group_commit(actions.DATA.update_in_company)
        if done := await updates.submit(Change(actor, case_id, body.data, claim_of(request.scope))):
            is_proved(request)
            return answered(request, answer(request, done))
    await prove(request.scope)
    return await changed(request, lambda tx, case, seen: actions.DATA.update(tx, case, body.data, seen))


@router.post(
    "/cases/data",
    **openapi.documented(
        "updateManyCases",
        "Update the data of up to 100 cases, each all or nothing",
        parameters=openapi.WRITE,
        body=schemas.UpdateMany,
        gives=schemas.ManyResults,
    ),
)
async def update_many_cases(request: Request) -> Response:
    body = await read(request, schemas.UpdateMany)
    query.raise_if_conditional(request)
    sent = {query.body_identifier(each.id, "cases", index, "id"): each for index, each in enumerate(body.cases)}
    _raise_if_repeated(body, len(sent))

    async def handle(transaction: Transaction) -> ApiResponse:
        results = await actions.DATA.update_many(transaction, {id: each.data for id, each in sent.items()})
        return ApiResponse({"results": [schemas.result_of_many(str(id), results[id]) for id in sent]})

    return await write(request, request.state.caller.actor, handle)


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
        return answer(request, await actions.create(transaction, _asked(body, named, template_id)))

    return await write(request, caller.actor, handle)


@router.post(
    "/cases/{id}/contacts",
    **change("updateCaseContacts", "Set contact slots of a case; others stay", schemas.UpdateContacts),
)
async def update_case_contacts(request: Request) -> Response:
    contacts = contacts_sent((await read(request, schemas.UpdateContacts)).contacts)
    return await changed(request, lambda tx, case, seen: actions.SLOTS.update(tx, case, contacts, seen))


def _raise_if_repeated(body: schemas.UpdateMany, distinct: int) -> None:
    ids = [each.id.lower() for each in body.cases]
    if distinct < len(ids):
        Invalid.if_any(
            Problem("The case stands twice; send its data together.", "duplicate", pointer("cases", index, "id"))
            for index, id in enumerate(ids)
            if id in ids[:index]
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
