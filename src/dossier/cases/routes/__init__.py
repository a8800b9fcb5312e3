"""Cases over HTTP."""

from dossier.cases.actions import ERASING
from dossier.cases.routes import changing, lists, one
from dossier.contacts.routes import add_erasing
from dossier.foundation.http.router import Router

people = Router()
add_erasing(people, ERASING)

ROUTERS = (changing.router, lists.router, one.router)
