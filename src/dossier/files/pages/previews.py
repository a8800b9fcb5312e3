"""Files as pictures for members: pages and thumbnails made by us, never the browser's own viewer."""

from starlette.requests import Request
from starlette.responses import Response

from dossier import files
from dossier.files.actions import preview
from dossier.files.model import File, no_such
from dossier.files.model.preview import SHOWN, SIZES, THUMBNAIL, no_picture
from dossier.foundation.http import query
from dossier.foundation.http.content import is_known
from dossier.foundation.http.services import services_of
from dossier.web import PageRoute, addresses, current_user, database_of

_MEDIA_TYPE = "image/webp"


async def page_picture(request: Request) -> Response:
    """A page of a file, from 1; `size`: pixels of the longer side."""
    number = request.path_params["page"]
    if not (number.isascii() and number.isdigit() and len(number) < 8):
        raise no_picture()
    size = query.choice(query.parameters(request, ("size",)), "size", [str(each) for each in SIZES], str(SHOWN))
    return await _picture(request, int(number), int(size))


async def thumbnail(request: Request) -> Response:
    """The first page, small."""
    return await _picture(request, 1, THUMBNAIL)


async def _picture(request: Request, page: int, size: int) -> Response:
    tag, content = await preview(services_of(request), await _file(request), page, size)
    headers = {"ETag": tag, "Cache-Control": "private, no-cache"}
    if is_known(request, tag):
        return Response(None, 304, headers)
    return Response(content, 200, headers, _MEDIA_TYPE)


async def _file(request: Request) -> File:
    file_id = query.identifier(request.path_params["id"], "id")
    async with database_of(request).reading(current_user(request).actor.scope) as reading:
        file = await files.get(reading, file_id)
    if file is None:
        raise no_such(file_id)
    return file


PAGES = (
    PageRoute("GET", addresses.FILES + "/{id}/preview/{page}", page_picture),
    PageRoute("GET", addresses.FILES + "/{id}/thumbnail", thumbnail),
)
