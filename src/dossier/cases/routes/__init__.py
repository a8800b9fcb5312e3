"""Cases over HTTP."""

from dossier.cases.routes import changing, contacts, lists, one, steps

ROUTERS = (changing.router, lists.router, one.router, steps.router, contacts.router)
