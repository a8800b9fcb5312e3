"""Webhooks for people: who is told, what was sent, and what came of it."""

from dossier.webhooks.pages import form_calls, one, overview

PAGES = (*overview.PAGES, *form_calls.PAGES, *one.PAGES)  # webhooks/forms is no {id}
