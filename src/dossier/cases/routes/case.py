"""The address of one case."""

from dossier.cases import schemas
from dossier.cases.model import Case
from dossier.foundation.http import openapi
from dossier.records.routes import ThingRoutes

CASE_ID = openapi.path("id", "the case")
CASE: ThingRoutes[Case] = ThingRoutes("/cases/{id}", CASE_ID, schemas.Case, schemas.full, schemas.receipt)
