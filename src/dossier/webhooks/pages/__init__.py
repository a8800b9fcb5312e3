"""Webhooks for people: who is told, what was sent, and what came of it."""

from dossier.webhooks.pages import one, overview

PAGES = (*overview.PAGES, *one.PAGES)
