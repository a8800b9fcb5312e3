"""Sending a form to many, for programs."""

from collections.abc import Sequence
from typing import Annotated, Any
from uuid import UUID

from pydantic import BaseModel, Field
from starlette.requests import Request
from starlette.responses import Response

from dossier.forms.actions import batches
from dossier.forms.actions.batches import Rehearsed
from dossier.forms.model.batch import MOST_ROWS, Batch, BatchRow, Given, NewBatch, grouped
from dossier.forms.schemas import CaseInput, UserInput, WorkspaceInput
from dossier.foundation.clock import wire_time
from dossier.foundation.database import Transaction
from dossier.foundation.errors import Invalid, Problem
from dossier.foundation.http import body, openapi, query
from dossier.foundation.http.body import StrictRequestModel
from dossier.foundation.http.openapi import Timestamp, Uuid
from dossier.foundation.http.reads import read
from dossier.foundation.http.responses import ApiResponse
from dossier.foundation.http.router import Router
from dossier.foundation.http.writes import write
from dossier.foundation.identifiers import parse_id
from dossier.records.schemas import HistoryActor

router = Router()

BATCH_ID = openapi.path("id", "the batch")


class BatchUserInput(UserInput, StrictRequestModel):
    """Who is asked."""


class BatchCaseInput(CaseInput, StrictRequestModel):
    """The case, as forms are made with."""


class BatchRowInput(StrictRequestModel):
    """What is given for one person. `case`: its id, or an object with that."""

    user: BatchUserInput | None = None
    data: dict[str, Any] = Field(default={})
    case: Uuid | BatchCaseInput | None = None


class _Row(BatchRowInput):
    """The same, with the case as an object."""

    case: BatchCaseInput | None = None


class BatchInput(StrictRequestModel):
    """Forms for many: of a `template` (its slug) or a `preset` (its id), one a row, `pace` a minute at most."""

    template: str | None = None
    preset: Uuid | None = None
    workspace: WorkspaceInput | None = None
    rows: Annotated[list[BatchRowInput], Field(max_length=MOST_ROWS)]
    pace: int | None = None


class _Batch(BatchInput):
    """The same, whose rows are read one by one: what is wrong with one is said of that one."""

    rows: Annotated[list[Any], Field(max_length=MOST_ROWS)]


class BatchRowShown(BaseModel):
    """A row, from 0, with the form that came of it, or why none did."""

    row: int
    form: Uuid | None
    error: str | None


class BatchGroup(BaseModel):
    """How many, and which."""

    count: int
    rows: list[BatchRowShown]


class FormBatch(BaseModel):
    """How far a batch is. Who has begun was sent it and opened it, and stands there too. `stopped_at`: since then whoever sent it may not, and no more is made."""

    id: Uuid
    created_at: Timestamp
    created_by: HistoryActor
    preset: Uuid
    template: str
    pace: int | None
    total: int
    finished: bool
    cancelled_at: Timestamp | None
    stopped_at: Timestamp | None
    waiting: BatchGroup
    sent: BatchGroup
    opened: BatchGroup
    begun: BatchGroup
    completed: BatchGroup
    failed: BatchGroup
    cancelled: BatchGroup


class BatchProblem(BaseModel):
    """What is wrong in a row, from 0, and a column: `user.email`, `data.amount`, `case`; `fatal`: no form comes of that row."""

    row: int
    column: str
    code: str
    detail: str
    fatal: bool


class BatchRehearsed(BaseModel):
    """How many forms would be made, and everything that is wrong with what is given for them."""

    rows: int
    problems: list[BatchProblem]


_DOCUMENTED = openapi.documented(
    "createFormBatch",
    "Send a form to many",
    parameters=openapi.WRITE,
    body=BatchInput,
    gives=FormBatch,
    status=202,
    description="The forms are made by a job. With `dry_run` every problem is listed by row and column, and nothing is made.",
)
_DOCUMENTED["responses"][200] = openapi.success(BatchRehearsed, "with `dry_run`: what is wrong")


@router.post("/form_batches", **_DOCUMENTED)
async def create_form_batch(request: Request) -> Response:
    sent = await body.read(request, _Batch)
    query.raise_if_conditional(request)
    asked = _asked(request, sent)
    dry_run = query.parameters(request, ("dry_run",)).get("dry_run") == "true"

    async def handle(transaction: Transaction) -> ApiResponse:
        if dry_run:
            return ApiResponse(_problems(await batches.rehearse(transaction, asked)), 200)
        batch = await batches.start(transaction, asked)
        _, rows = await batches.get(transaction, batch.id)
        place = f"{openapi.BASE_PATH}/form_batches/{batch.id}"
        return ApiResponse(shown(batch, rows), 202, {"Location": place}, about=batch.id)

    return await write(request, request.state.caller.actor, handle)


@router.get(
    "/form_batches/{id}",
    **openapi.documented("getFormBatch", "How far a batch is", parameters=(BATCH_ID,), gives=FormBatch),
)
async def get_form_batch(request: Request) -> Response:
    query.parameters(request)
    batch_id = query.identifier(request.path_params["id"], "id")
    async with read(request) as session:
        batch, rows = await batches.get(session, batch_id)
    return ApiResponse(shown(batch, rows)).response()


@router.post(
    "/form_batches/{id}/cancel",
    **openapi.documented(
        "cancelFormBatch",
        "Make no more forms, and put away those that nobody has begun",
        parameters=(BATCH_ID, *openapi.WRITE),
        gives=FormBatch,
    ),
)
async def cancel_form_batch(request: Request) -> Response:
    await body.read_object(request, optional=True)
    query.raise_if_conditional(request)
    batch_id = query.identifier(request.path_params["id"], "id")

    async def handle(transaction: Transaction) -> ApiResponse:
        return ApiResponse(shown(*await batches.cancel(transaction, batch_id)))

    return await write(request, request.state.caller.actor, handle)


def _asked(request: Request, sent: _Batch) -> NewBatch:
    if (sent.template is None) == (sent.preset is None):
        raise Invalid.because(
            "Name a “template” by its slug, or a “preset” by its id.", "missing_member", pointer="/template"
        )
    preset_id = query.body_identifier(sent.preset, "preset") if sent.preset else parse_id(sent.template or "")
    rows, unread = _rows(sent.rows)
    return NewBatch(
        _workspaces(request, sent.workspace),
        rows,
        slug=None if preset_id else sent.template,
        preset_id=preset_id,
        pace=sent.pace,
        unread=unread,
    )


def _rows(sent: Sequence[Any]) -> tuple[tuple[Given, ...], dict[int, tuple[Problem, ...]]]:
    """What is given for each, and what is wrong with the shape of some."""
    rows: list[Given] = []
    unread: dict[int, tuple[Problem, ...]] = {}
    for place, each in enumerate(sent):
        try:
            rows.append(_given(each))
        except Invalid as refused:
            rows.append(Given())
            unread[place] = refused.problems
    return tuple(rows), unread


def _given(sent: Any) -> Given:
    if not isinstance(sent, dict):
        raise Invalid.because("A row must be an object.", "invalid_type", pointer="")
    alone = sent.get("case")
    row = body.validate({**sent, "case": None} if isinstance(alone, str) else sent, _Row)
    case_id = query.body_identifier(alone, "case") if isinstance(alone, str) else None
    if row.case:
        case_id = query.body_identifier(row.case.id, "case", "id")
    return Given(row.user.model_dump(exclude_unset=True) if row.user else {}, row.data, case_id)


def _workspaces(request: Request, named: WorkspaceInput | None) -> tuple[UUID, ...]:
    """Those in which the template is looked for: the one that is named, else all; 403."""
    who = request.state.caller
    if named is None:
        return tuple(who.actor.scope.workspaces)
    ids = [query.body_identifier(named.id, "workspace", "id")] if named.id else []
    slugs = [named.slug] if named.slug else []
    if not (ids or slugs):
        raise Invalid.because("Name a workspace by “slug” or “id”.", "missing_member", pointer="/workspace")
    who.raise_if_uncovered(ids, slugs)
    return tuple({each.id for each in who.workspaces if each.id in ids or each.slug in slugs})


def _problems(found: Rehearsed) -> dict[str, Any]:
    problems = [
        {
            "row": each.row,
            "column": each.column,
            "code": each.problem.code,
            "detail": each.problem.message.said(None),
            "fatal": each.fatal,
        }
        for each in found.problems
    ]
    return {"rows": found.rows, "problems": problems}


def shown(batch: Batch, rows: Sequence[BatchRow]) -> dict[str, Any]:
    """The batch as JSON has it."""
    groups = {name: {"count": len(each), "rows": [_row(one) for one in each]} for name, each in grouped(rows).items()}
    return {
        "id": batch.id,
        "created_at": wire_time(batch.created_at),
        "created_by": batch.by,
        "preset": batch.preset_id,
        "template": batch.slug,
        "pace": batch.pace,
        "total": len(rows),
        "finished": not any(each.state == "waiting" for each in rows),
        "cancelled_at": wire_time(batch.cancelled_at) if batch.cancelled_at else None,
        "stopped_at": wire_time(batch.stopped_at) if batch.stopped_at else None,
        **groups,
    }


def _row(row: BatchRow) -> dict[str, Any]:
    return {"row": row.row, "form": row.form_id, "error": " ".join(map(str, row.error)) or None}
