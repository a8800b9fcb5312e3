"""Writing to somebody from a case; with `dry_run` what it would say, and nothing is sent."""

from datetime import datetime

from starlette.requests import Request
from starlette.responses import Response

from dossier.case_templates.model import Sending
from dossier.cases.routes.case import CASE_ID
from dossier.foundation import exact
from dossier.foundation.database import Transaction
from dossier.foundation.errors import InvalidValue, Problem
from dossier.foundation.http import openapi, query, writes
from dossier.foundation.http.body import read
from dossier.foundation.http.responses import ApiResponse
from dossier.foundation.http.router import Router
from dossier.foundation.http.services import api_address
from dossier.letters import schemas
from dossier.letters.actions.writing import Letter, write
from dossier.messages.schemas import SentMessage, whole

router = Router()


@router.post(
    "/cases/{id}/messages",
    **openapi.documented(
        "createCaseMessage",
        "Write to somebody from a case",
        description="`subject` and `body` are Liquid, and `body` is Markdown then. With `dry_run`, what it would say.",
        parameters=(CASE_ID, *openapi.WRITE),
        body=schemas.WriteMessage,
        gives=SentMessage,
        status=201,
    ),
)
async def create_case_message(request: Request) -> Response:
    body = await read(request, schemas.WriteMessage)
    query.raise_if_conditional(request)
    case_id, letter = query.identifier(request.path_params["id"], "id"), _letter(request, body)

    async def handle(transaction: Transaction) -> ApiResponse:
        message = await write(transaction, case_id, letter)
        return ApiResponse(whole(message), 201, about=message.case_id)

    return await writes.write(request, request.state.caller.actor, handle)


def _letter(request: Request, body: schemas.WriteMessage) -> Letter:
    to = tuple(body.to) if "to" in body.model_fields_set else (body.recipient or "main",)
    sending = Sending(
        to=to,
        cc=tuple(body.cc),
        bcc=tuple(body.bcc),
        from_name=body.from_name,
        reply_to=body.reply_to,
        subject=body.subject,
        body=body.body,
        attachments=tuple(body.attachments),
    )
    at, wrong = _moment(body.send_at)
    if body.recipient is not None and "to" in body.model_fields_set:
        wrong += (Problem("Say “to” or “recipient”, not both.", "contradiction", "/recipient"),)
    return Letter(body.channel, sending, at, api_address(request).removesuffix(openapi.BASE_PATH), wrong=wrong)


def _moment(text: str | None) -> tuple[datetime | None, tuple[Problem, ...]]:
    """The time that a body says, or what is wrong with it."""
    try:
        return (exact.moment(text) if text else None), ()
    except ValueError:
        bad = InvalidValue("“{field}” must be an RFC 3339 time with an offset, such as 2026-03-01T09:30:00Z.")
        return None, (bad.of("send_at", "/send_at"),)
