"""The content of a file for members: always to be kept, never opened by the browser itself."""

from starlette.requests import Request
from starlette.responses import Response

from dossier import files
from dossier.files.model import BINARY, no_such
from dossier.files.routes.reading import content
from dossier.foundation.http import query
from dossier.web import PageRoute, addresses, current_user, database_of


async def file_content(request: Request) -> Response:
    """The whole content, or a part of it."""
    file_id = query.identifier(request.path_params["id"], "id")
    async with database_of(request).reading(current_user(request).actor.scope) as reading:
        file = await files.get(reading, file_id)
    if file is None:
        raise no_such(file_id)
    return await content(request, file, BINARY, inline=False)


PAGES = (PageRoute("GET", addresses.FILES + "/{id}/content", file_content),)
