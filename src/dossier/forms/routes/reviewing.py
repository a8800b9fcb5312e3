"""Looking through what was answered, and asking again, for programs."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field
from starlette.requests import Request
from starlette.responses import Response

from dossier.forms import schemas
from dossier.forms.actions import asking_again, reviewing
from dossier.forms.actions.reviewing import Review
from dossier.forms.model.reviewing import Item, Refusal, Verdicts
from dossier.forms.routes.shown import FORM_ID, answer, origin
from dossier.foundation.clock import wire_time
from dossier.foundation.database import Transaction
from dossier.foundation.http import body, openapi, query
from dossier.foundation.http.body import StrictRequestModel
from dossier.foundation.http.openapi import Timestamp
from dossier.foundation.http.reads import read
from dossier.foundation.http.responses import ApiResponse
from dossier.foundation.http.router import Router
from dossier.foundation.http.writes import write
from dossier.records.schemas import HistoryActor

router = Router()

Key = Annotated[str, Field(max_length=120)]
Keys = Annotated[list[Key], Field(max_length=500)]
ShortText = Annotated[str, Field(max_length=5000)]


class RefusedInput(StrictRequestModel):
    """An element whose answer is refused, and why: who is asked again reads it."""

    element: Key
    reason: ShortText


class ReviewInput(StrictRequestModel):
    """Elements whose answers are accepted (`*`: all that came and that nobody said anything of), refused, or left open again."""

    accept: Keys = Field(default=[])
    refuse: Annotated[list[RefusedInput], Field(max_length=500)] = Field(default=[])
    undo: Keys = Field(default=[])


class ReopenInput(StrictRequestModel):
    """What is asked again (left out: what was refused), with words to who is asked, and until when."""

    elements: Keys | None = None
    message: ShortText | None = None
    active_until: str | None = None


class ReviewItem(BaseModel):
    """Something that is asked, and what came of it."""

    element: str
    label: str
    required: bool
    state: Literal["missing", "received", "accepted", "refused"]
    reason: str | None
    by: HistoryActor | None
    at: Timestamp | None


class FormReview(BaseModel):
    """How far the review of a form is; `complete`: nothing is missing, and all of it is accepted."""

    items: list[ReviewItem]
    complete: bool


_TAKEN = (FORM_ID, *openapi.WRITE, openapi.IF_MATCH)
_REVIEWED: dict[str, Any] = {"parameters": _TAKEN, "body": ReviewInput, "gives": FormReview}
_REOPENED: dict[str, Any] = {
    "parameters": _TAKEN,
    "body": ReopenInput,
    "body_required": False,
    "gives": schemas.WireForm,
}


@router.get(
    "/forms/{id}/review",
    **openapi.documented("getFormReview", "How far the review is", parameters=(FORM_ID,), gives=FormReview),
)
async def get_form_review(request: Request) -> Response:
    query.parameters(request)
    form_id = query.identifier(request.path_params["id"], "id")
    async with read(request) as session:
        found = await reviewing.review_of(session, form_id)
    return _answer(found).response()


@router.post("/forms/{id}/review", **openapi.documented("reviewForm", "Accept and refuse answers", **_REVIEWED))
async def review_form(request: Request) -> Response:
    sent = await body.read(request, ReviewInput)
    form_id, seen = query.identifier(request.path_params["id"], "id"), query.if_match(request)
    refused = tuple(Refusal(each.element, each.reason) for each in sent.refuse)
    verdicts = Verdicts(tuple(sent.accept), refused, tuple(sent.undo))

    async def handle(transaction: Transaction) -> ApiResponse:
        return _answer(await reviewing.review(transaction, form_id, verdicts, seen))

    return await write(request, request.state.caller.actor, handle)


@router.post("/forms/{id}/reopen", **openapi.documented("reopenForm", "Ask again", **_REOPENED))
async def reopen_form(request: Request) -> Response:
    sent = await body.read(request, ReopenInput, optional=True)
    form_id, seen = query.identifier(request.path_params["id"], "id"), query.if_match(request)
    again = asking_again.Again(
        None if sent.elements is None else tuple(dict.fromkeys(sent.elements)),
        sent.message,
        sent.active_until,
        "active_until" in sent.model_fields_set,
    )

    async def handle(transaction: Transaction) -> ApiResponse:
        form = await asking_again.reopen(transaction, form_id, again, origin(request), seen)
        return await answer(request, transaction, form)

    return await write(request, request.state.caller.actor, handle)


def _answer(found: Review) -> ApiResponse:
    content = {"items": [_item(each) for each in found.items], "complete": found.complete}
    return ApiResponse(content, headers={"ETag": f'"{found.form.version}"'}, about=found.form.id)


def _item(each: Item) -> dict[str, Any]:
    return {
        "element": each.element,
        "label": each.label,
        "required": each.required,
        "state": each.state,
        "reason": each.reason,
        "by": each.by,
        "at": wire_time(each.at) if each.at else None,
    }
