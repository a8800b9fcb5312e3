"""Several files at once for members: as one PDF, or as a ZIP of the originals."""

from starlette.requests import Request
from starlette.responses import Response

from dossier.files.routes.together import KINDS, all_of, name_of, together, wanted_ids
from dossier.foundation.http import query
from dossier.foundation.pages.reader import language_of
from dossier.web import PageRoute, addresses, current_user, database_of


async def files_together(request: Request) -> Response:
    """`ids`, `filename`, and `as`: pdf (the default) or zip."""
    sent = query.parameters(request, ("ids", "filename", "as"))
    ids, kind = wanted_ids(sent), query.choice(sent, "as", KINDS, "pdf")
    name = name_of(sent, kind)
    async with database_of(request).reading(current_user(request).actor.scope) as reading:
        files = await all_of(reading, ids)
    return await together(request, files, kind, name, language_of(request).said)


PAGES = (PageRoute("GET", addresses.FILES / "together", files_together),)
