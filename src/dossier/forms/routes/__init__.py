"""Forms over HTTP."""

from dossier.forms.routes import batches, lists, making, one, responses, reviewing, twins

ROUTERS = (batches.router, lists.router, making.router, one.router, reviewing.router, responses.router, twins.router)
"""Lists stand first: `count` is no id."""
