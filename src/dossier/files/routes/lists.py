"""The list of files for programs, without content."""

from functools import partial
from typing import Any

from dossier.files import schemas
from dossier.files.model import SCOPES, VOCABULARY
from dossier.files.routes.shown import shown
from dossier.files.store.rows import COLLECTION, ROWS
from dossier.foundation.http.router import Router
from dossier.listing.filtering import UUID_TEXT, Direct, Filters
from dossier.listing.list_routes import ListRoutes, pages_of

router = Router()


def _one_of(*options: str) -> Any:
    return {"type": "string", "enum": list(options)}


_FILTERS = Filters(
    VOCABULARY,
    {
        "name": Direct("name"),
        "scope": Direct("scope", _one_of(*SCOPES)),
        "check": Direct("check", _one_of("none", "pending", "clean", "infected", "not_possible")),
        "held": Direct("held", _one_of("true", "false")),
        "case[id]": Direct("case.id", UUID_TEXT),
        "workspace[id]": Direct("workspace.id", UUID_TEXT),
        "workspace[slug]": Direct("workspace.slug"),
    },
    archives=False,
)

ListRoutes("/files", COLLECTION, _FILTERS, pages_of(COLLECTION, ROWS), lambda request: partial(shown, request)).add(
    router, ("listFiles", "A page of files"), ("countFiles", "How many files there are"), schemas.FilePage
)
