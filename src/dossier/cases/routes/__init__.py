"""Cases over HTTP."""

from fastapi import APIRouter

from dossier.cases.actions import ERASING
from dossier.cases.routes import changing, lists, one, steps, writing
from dossier.contacts.routes import add_erasing

_people = APIRouter()
add_erasing(_people, ERASING)

ROUTERS = (changing.router, lists.router, one.router, steps.router, writing.router, _people)
