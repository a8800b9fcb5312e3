"""One case: read as it is or was, edited, archived, deleted, something of it taken back; its steps."""

from dossier.cases import actions, schemas
from dossier.cases.actions import KEEPING, UNDO
from dossier.cases.actions.filing import FILES
from dossier.cases.actions.history import as_it_was
from dossier.cases.model import CASE_RECORD
from dossier.cases.routes.case import CASE, CASE_ID
from dossier.files.routes import FileRoutes
from dossier.foundation.http.router import Router
from dossier.records.routes import history_route

router = Router()

FILE_ROUTES = FileRoutes(CASE, FILES)

CASE.read(router, KEEPING, as_it_was, ("getCase", "A case in full"))
CASE.change(
    router,
    "POST",
    "",
    ("archiveCase", "Archive a case, or bring it back"),
    schemas.ArchiveCase,
    lambda tx, sent: KEEPING.archive(tx, sent.id, sent.body.archived, sent.seen),
)
CASE.change(
    router,
    "PATCH",
    "",
    ("patchCase", "Set title, description, locale, reference, status, waiting_for or owner"),
    schemas.PatchCase,
    lambda tx, sent: actions.patch(tx, sent.id, sent.body.model_dump(exclude_unset=True), sent.seen),
)
CASE.erase(router, actions.delete, ("deleteCase", "Erase a case with its values and its history"))
history_route(
    router,
    "/cases/{id}/history",
    CASE_ID,
    CASE_RECORD,
    KEEPING.get,
    FILE_ROUTES.told,
    operation="listCaseHistory",
    summary="What happened to a case, newest first",
)
FILE_ROUTES.listed(router, ("listCaseFiles", "The files of a case"))
CASE.undo(router, UNDO, ("undoCaseChange", "Take one entry of the history back"))
