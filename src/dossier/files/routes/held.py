"""The files of a thing for programs: those that it shows, and how they stand in its history."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Generic

from starlette.requests import Request
from starlette.responses import Response

from dossier.conditions import attribute, equals
from dossier.files import schemas
from dossier.files.actions.held import HeldFiles
from dossier.files.model import VOCABULARY, File, named_at
from dossier.files.model.held import H, fields_naming, told
from dossier.files.store.rows import COLLECTION, ROWS
from dossier.foundation.database import ReadSession
from dossier.foundation.http import openapi, query
from dossier.foundation.http.reads import read
from dossier.foundation.http.router import Router
from dossier.foundation.http.services import api_address
from dossier.listing import keyset
from dossier.listing.collection import Selection
from dossier.listing.filtering import PAGING, page_answer
from dossier.records.model import HistoryEntry
from dossier.records.routes import ThingRoutes


@dataclass(frozen=True, slots=True)
class FileRoutes(Generic[H]):
    """How programs see the files of `things`, by whose name files are found that they show."""

    things: ThingRoutes[H]
    files: HeldFiles[H]

    def listed(self, router: Router, does: tuple[str, str]) -> None:
        """The files that a thing shows."""
        shown_by = attribute(VOCABULARY, f"{self.files.keeping.record.name}.id")

        async def list_files(request: Request) -> Response:
            page = query.page(query.parameters(request, query.PAGING))
            id = query.identifier(request.path_params["id"], "id")
            async with read(request) as reading:
                thing = await self.files.keeping.get(reading, id)
                selection = Selection("any", equals(shown_by, str(id)))
                total, found = await keyset.page(reading, COLLECTION, ROWS, selection, page)
            return page_answer(request, page, total, found, lambda file: _of(request, thing, file))

        documented = openapi.documented(*does, parameters=(self.things.id, *PAGING), gives=schemas.FilesOfCase)
        router.get(self.things.path + "/files", **documented)(list_files)

    async def told(
        self, request: Request, reading: ReadSession, thing: H, entries: Sequence[HistoryEntry]
    ) -> Sequence[HistoryEntry]:
        """Entries of a thing with the files in them as they are called by now, in one statement for all."""
        show = partial(named_at, await self.files.named(reading, thing, entries), api_address(request))
        return [replace(each, changes=told(thing, each.changes, show)) for each in entries]


def _of(request: Request, thing: H, file: File) -> Mapping[str, Any]:
    shown = schemas.attachment(file, api_address(request))  # without the key of a public one
    return shown | {"field": next(iter(fields_naming(thing, str(file.id))), None)}
