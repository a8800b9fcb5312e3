"""The files of a case: those of its fields, and those of none."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from dossier import files
from dossier.cases.actions import KEEPING
from dossier.cases.actions.files import named
from dossier.cases.model import Case
from dossier.cases.model.files import files_of
from dossier.cases.model.files import told as changes_told
from dossier.cases.routes.case import CASE_ID
from dossier.conditions import attribute, equals
from dossier.files import schemas
from dossier.files.model import VOCABULARY, File, named_at
from dossier.foundation.database import ReadSession
from dossier.foundation.http import openapi, query
from dossier.foundation.http.reads import read
from dossier.foundation.http.services import api_address
from dossier.listing import keyset
from dossier.listing.collection import Selection
from dossier.listing.filtering import PAGING, page_answer
from dossier.records.model import HistoryEntry

router = APIRouter()

_OF_CASE = attribute(VOCABULARY, "case.id")


@router.get(
    "/cases/{id}/files",
    **openapi.documented(
        "listCaseFiles", "The files of a case", parameters=(CASE_ID, *PAGING), gives=schemas.FilesOfCase
    ),
)
async def list_case_files(request: Request) -> Response:
    page = query.page(query.parameters(request, query.PAGING))
    case_id = query.identifier(request.path_params["id"], "id")
    async with read(request) as reading:
        case = await KEEPING.get(reading, case_id)
        selection = Selection("any", equals(_OF_CASE, str(case_id)))
        total, found = await keyset.page(reading, files.COLLECTION, files.ROWS, selection, page)
    return page_answer(request, page, total, found, lambda file: _of(request, case, file))


async def told(
    request: Request, reading: ReadSession, case: Case, entries: Sequence[HistoryEntry]
) -> Sequence[HistoryEntry]:
    """Entries of a case with the files in them as they are called by now, in one statement for all."""
    names = await named(reading, case, entries)
    show = partial(named_at, names, api_address(request))
    return [replace(each, changes=changes_told(case, each.changes, show)) for each in entries]


def _of(request: Request, case: Case, file: File) -> Mapping[str, Any]:
    shown = schemas.attachment(file, api_address(request))  # without the key of a public one
    return shown | {"field": next(iter(files_of(case, str(file.id))), None)}
