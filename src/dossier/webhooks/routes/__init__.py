"""Webhooks and events over HTTP."""

from dossier.webhooks.routes import deliveries, events, keys, subscriptions

ROUTERS = (keys.router, events.router, subscriptions.router, deliveries.router)
