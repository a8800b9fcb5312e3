"""One case: read it as it is or was, edit it, archive it, delete it, take something back."""

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from dossier.cases import actions, schemas
from dossier.cases.actions.history import as_it_was
from dossier.cases.model import CASE_RECORD, Case
from dossier.cases.routes.responses import CASE_ID, change, changed
from dossier.foundation.http import openapi, query
from dossier.foundation.http.body import read
from dossier.foundation.http.reads import read as reading_for
from dossier.foundation.http.reads import unless_known
from dossier.foundation.http.services import services_of
from dossier.foundation.http.writes import erased
from dossier.records.routes import AT, as_of, history_route

router = APIRouter()


@router.get(
    "/cases/{id}",
    **openapi.documented("getCase", "A case in full", parameters=(CASE_ID, AT), gives=schemas.Case),
)
async def get_case(request: Request) -> Response:
    sent = query.parameters(request, ("at",))
    moment, case_id = as_of(sent), query.identifier(request.path_params["id"], "id")
    if moment:
        async with reading_for(request) as reading:
            return _answer(request, await as_it_was(reading, await actions.KEEPING.get(reading, case_id), moment))
    case = (
        await services_of(request).lookups(actions.KEEPING.get_together).ask(request.state.caller.actor.scope, case_id)
    )
    return _answer(request, case)


def _answer(request: Request, case: Case) -> Response:
    return unless_known(request, lambda: schemas.full(case), case.version)


@router.post("/cases/{id}", **change("archiveCase", "Archive a case, or bring it back", schemas.ArchiveCase))
async def archive_case(request: Request) -> Response:
    body = await read(request, schemas.ArchiveCase)
    return await changed(request, lambda tx, case, seen: actions.KEEPING.archive(tx, case, body.archived, seen))


@router.patch(
    "/cases/{id}",
    **change("patchCase", "Set title, description, locale, reference, status, waiting_for or owner", schemas.PatchCase),
)
async def patch_case(request: Request) -> Response:
    values = (await read(request, schemas.PatchCase)).model_dump(exclude_unset=True)
    return await changed(request, lambda tx, case, seen: actions.patch(tx, case, values, seen))


@router.delete(
    "/cases/{id}",
    **openapi.documented(
        "deleteCase",
        "Erase a case with its values and its history",
        parameters=(CASE_ID, *openapi.WRITE, openapi.IF_MATCH),
        status=204,
    ),
)
async def delete_case(request: Request) -> Response:
    return await erased(request, actions.delete)


history_route(
    router,
    "/cases/{id}/history",
    CASE_ID,
    CASE_RECORD,
    actions.KEEPING.get,
    operation="listCaseHistory",
    summary="What happened to a case, newest first",
)


@router.post("/cases/{id}/undo", **change("undoCaseChange", "Take one entry of the history back", schemas.Undo))
async def undo_case_change(request: Request) -> Response:
    entry = query.body_identifier((await read(request, schemas.Undo)).entry, "entry")
    return await changed(request, lambda tx, case, seen: actions.UNDO.undo(tx, case, entry, seen))
