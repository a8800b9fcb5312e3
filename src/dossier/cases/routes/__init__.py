"""Cases over HTTP."""

from fastapi import APIRouter

from dossier.cases.routes import changing, lists, one, steps

router = APIRouter()
for part in (lists, changing, one, steps):
    router.include_router(part.router)
