"""Webhooks over HTTP."""

from dossier.webhooks.routes import events, keys

ROUTERS = (keys.router, events.router)
