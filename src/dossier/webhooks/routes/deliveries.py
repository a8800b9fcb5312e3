"""What was sent, over HTTP: looked at, sent again, tried out."""

from datetime import datetime
from uuid import UUID

from starlette.requests import Request
from starlette.responses import Response

from dossier.foundation import exact
from dossier.foundation.database import Transaction
from dossier.foundation.errors import Invalid, pointer
from dossier.foundation.http import openapi, query
from dossier.foundation.http.body import read as read_body
from dossier.foundation.http.reads import read
from dossier.foundation.http.responses import ApiResponse
from dossier.foundation.http.router import Router
from dossier.foundation.http.writes import write
from dossier.webhooks import schemas
from dossier.webhooks.actions import replaying
from dossier.webhooks.actions.replaying import Range
from dossier.webhooks.actions.subscriptions import found
from dossier.webhooks.model.deliveries import STATUSES, TEST
from dossier.webhooks.model.events import TYPES
from dossier.webhooks.routes.subscriptions import WEBHOOK_ID
from dossier.webhooks.store import log

router = Router()

DELIVERY_ID = openapi.path("delivery", "the delivery")
_STATUS = openapi.query("status", {"type": "string", "enum": list(STATUSES)}, "only those")
_EVENT = openapi.query("event", {"type": "string", "enum": [*TYPES, TEST]}, "only those of this type")
_CASE = openapi.query("case[id]", {"type": "string", "format": "uuid"}, "only those of this case")
_FILTERS = ("status", "event", "case[id]")


@router.get(
    "/webhooks/{id}/deliveries",
    **openapi.documented(
        "listDeliveries",
        "What was sent, or waits, with each try, for 30 days",
        parameters=(WEBHOOK_ID, openapi.PAGE_NUMBER, openapi.PAGE_SIZE, openapi.SORT, _STATUS, _EVENT, _CASE),
        gives=schemas.DeliveryPage,
    ),
)
async def list_deliveries(request: Request) -> Response:
    request.state.caller.actor.require("webhooks.manage")
    sent = query.parameters(request, (*query.PAGING, *_FILTERS))
    page, id = query.page(sent), query.identifier(request.path_params["id"], "id")
    status = query.choice(sent, "status", STATUSES, STATUSES[0]) if "status" in sent else None
    type = query.choice(sent, "event", (*TYPES, TEST), TEST) if "event" in sent else None
    case = query.identifier(sent["case[id]"], "case[id]") if "case[id]" in sent else None
    async with read(request) as reading:
        webhook = await found(reading, id)
        total, rows = await log.page(reading, (webhook.workspace_id, id), page, status, type, case)
    return ApiResponse(page.envelope(total, [schemas.delivery(each) for each in rows])).response()


@router.post(
    "/webhooks/{id}/deliveries/{delivery}/replay",
    **openapi.documented(
        "replayDelivery",
        "Send a delivery again, with the same webhook-id",
        parameters=(WEBHOOK_ID, DELIVERY_ID, *openapi.WRITE),
        gives=schemas.Delivery,
        status=202,
    ),
)
async def replay_delivery(request: Request) -> Response:
    id, delivery = _id(request), query.identifier(request.path_params["delivery"], "delivery")
    query.raise_if_conditional(request)

    async def handle(transaction: Transaction) -> ApiResponse:
        return ApiResponse(schemas.delivery(await replaying.replay(transaction, id, delivery)), 202)

    return await write(request, request.state.caller.actor, handle)


@router.post(
    "/webhooks/{id}/replay",
    **openapi.documented(
        "replayDeliveries",
        "Send again what was given out at a time",
        parameters=(WEBHOOK_ID, *openapi.WRITE),
        body=schemas.Replay,
        gives=schemas.Replayed,
        status=202,
    ),
)
async def replay_deliveries(request: Request) -> Response:
    id, sent = _id(request), await read_body(request, schemas.Replay)
    query.raise_if_conditional(request)
    until = _moment(sent.until, "until") if sent.until else None
    range = Range(_moment(sent.since, "since"), until, sent.status or "not_taken")

    async def handle(transaction: Transaction) -> ApiResponse:
        return ApiResponse({"count": await replaying.replay_range(transaction, id, range)}, 202)

    return await write(request, request.state.caller.actor, handle)


@router.post(
    "/webhooks/{id}/test",
    **openapi.documented(
        "testWebhook",
        "Send a webhook.test",
        parameters=(WEBHOOK_ID, *openapi.WRITE),
        gives=schemas.Delivery,
        status=202,
    ),
)
async def test_webhook(request: Request) -> Response:
    id = _id(request)
    query.raise_if_conditional(request)

    async def handle(transaction: Transaction) -> ApiResponse:
        return ApiResponse(schemas.delivery(await replaying.send_test(transaction, id)), 202)

    return await write(request, request.state.caller.actor, handle)


def _id(request: Request) -> UUID:
    return query.identifier(request.path_params["id"], "id")


def _moment(text: str, name: str) -> datetime:
    try:
        moment = exact.moment(text)
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        sentence = "“{field}” must be a time with its zone, such as 2026-03-01T10:00:00Z."
        raise Invalid.because(sentence, pointer=pointer(name), field=name)
    return moment
