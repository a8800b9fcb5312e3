"""Forms over HTTP."""

from dossier.forms.routes import lists, making, one, responses, twins

ROUTERS = (lists.router, making.router, one.router, responses.router, twins.router)
"""Lists stand first: `count` is no id."""
