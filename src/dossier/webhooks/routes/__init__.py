"""Webhooks over HTTP."""

from dossier.webhooks.routes import keys

ROUTERS = (keys.router,)
