"""Lists of options that form templates share, over HTTP."""

from starlette.requests import Request
from starlette.responses import Response

from dossier.form_templates import schemas, store
from dossier.form_templates.actions import lists
from dossier.form_templates.routes.naming import NAMED, within
from dossier.foundation.database import Transaction
from dossier.foundation.http import openapi, query
from dossier.foundation.http.body import read as read_body
from dossier.foundation.http.reads import read
from dossier.foundation.http.responses import ApiResponse
from dossier.foundation.http.router import Router
from dossier.foundation.http.writes import write
from dossier.tokens.model import Caller

router = Router()

_SLUG = openapi.path("slug", "the short name of a list", {"type": "string"})
_NAMES = tuple(each["name"] for each in NAMED)


@router.get(
    "/option_lists",
    **openapi.documented(
        "listOptionLists",
        "The lists of options that form templates share",
        parameters=NAMED,
        gives=schemas.FormOptionLists,
    ),
)
async def list_option_lists(request: Request) -> Response:
    places = within(query.parameters(request, _NAMES), request.state.caller)
    async with read(request) as reading:
        found = await store.option_lists(reading)
    shown = [schemas.option_list(each) for each in found if places is None or each.workspace_id in places]
    return ApiResponse({"data": shown}).response()


@router.put(
    "/option_lists/{slug}",
    **openapi.documented(
        "keepOptionList",
        "Make a list of options, or change it",
        description="An element with `list` has its options; what is published already stays as it is.",
        parameters=(_SLUG, *NAMED, *openapi.WRITE),
        body=schemas.KeepOptionList,
        gives=schemas.FormOptionList,
    ),
)
async def keep_option_list(request: Request) -> Response:
    body = await read_body(request, schemas.KeepOptionList)
    query.raise_if_conditional(request)
    caller: Caller = request.state.caller
    workspace_id = lists.only(within(_named(request), caller), [each.id for each in caller.workspaces])

    async def handle(transaction: Transaction) -> ApiResponse:
        options = [each.model_dump() for each in body.options]
        slug = request.path_params["slug"]
        made = await lists.keep(transaction, workspace_id, slug, lists.Given(body.title, options, body.texts))
        return ApiResponse(schemas.option_list(made))

    return await write(request, caller.actor, handle, _NAMES)


@router.delete(
    "/option_lists/{slug}",
    **openapi.documented(
        "removeOptionList",
        "Forget a list of options; what was published with it keeps them",
        parameters=(_SLUG, *NAMED, *openapi.WRITE),
        status=204,
    ),
)
async def remove_option_list(request: Request) -> Response:
    query.raise_if_conditional(request)
    caller: Caller = request.state.caller
    workspace_id = lists.only(within(_named(request), caller), [each.id for each in caller.workspaces])

    async def handle(transaction: Transaction) -> ApiResponse:
        await lists.remove(transaction, workspace_id, request.path_params["slug"])
        return ApiResponse(None, 204)

    return await write(request, caller.actor, handle, _NAMES)


def _named(request: Request) -> dict[str, str]:
    return {name: text for name, text in request.query_params.multi_items() if name in _NAMES}
