"""Cases over HTTP."""

from fastapi import APIRouter

from dossier.cases.actions import ERASING
from dossier.cases.routes import changing, lists, one
from dossier.contacts.routes import add_erasing

people = APIRouter()
add_erasing(people, ERASING)

ROUTERS = (changing.router, lists.router, one.router)
