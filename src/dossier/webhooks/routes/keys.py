"""The public keys that receivers verify calls with: at the root of the host, for everybody."""

from starlette.requests import Request
from starlette.responses import Response

from dossier.foundation.http import openapi
from dossier.foundation.http.responses import ApiResponse
from dossier.foundation.http.router import Router
from dossier.foundation.http.services import services_of
from dossier.webhooks import schemas
from dossier.webhooks.actions import keys
from dossier.webhooks.model.keys import MAX_AGE

router = Router()

_DOCUMENTED = openapi.documented(
    "getSigningKeys", "The public keys that calls to other systems are signed with", gives=schemas.Jwks
)


@router.get(
    "/.well-known/jwks.json",
    **_DOCUMENTED | {"openapi_extra": {"parameters": [], "servers": [{"url": "/"}], "security": []}},
)
async def get_signing_keys(request: Request) -> Response:
    shown = await keys.shown(services_of(request))
    return ApiResponse(shown, headers={"Cache-Control": f"public, max-age={MAX_AGE}"}).response()
