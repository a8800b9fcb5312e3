"""HTML for people: who may see a page, forms that only our pages can send, templates, errors that say what to do."""

from dossier.foundation.pages.language import LANGUAGES
from dossier.foundation.pages.reader import language_of
from dossier.web import addresses
from dossier.web.area import Area
from dossier.web.call import Call, Called
from dossier.web.page import Outside, Page, PageRoute, RefusedPage
from dossier.web.render import render, render_text
from dossier.web.requests import cookie_name, database_of, form, is_part, origin_of, see_other, uploaded
from dossier.web.workspace.access import Public, current_user, workspace
from dossier.web.workspace.current_user import CurrentUser, Looker

__all__ = [
    "LANGUAGES",
    "Area",
    "Call",
    "Called",
    "CurrentUser",
    "Looker",
    "Outside",
    "Page",
    "PageRoute",
    "Public",
    "RefusedPage",
    "addresses",
    "cookie_name",
    "current_user",
    "database_of",
    "form",
    "is_part",
    "language_of",
    "origin_of",
    "render",
    "render_text",
    "see_other",
    "uploaded",
    "workspace",
]
