"""HTML for people: who may see a page, forms that only our pages can send, templates, errors that say what to do."""

from dossier.foundation.pages.language import LANGUAGES, language_of
from dossier.foundation.pages.page import (
    CONFIRM,
    Page,
    PageRoute,
    Public,
    cookie_name,
    database_of,
    form,
    origin_of,
    see_other,
    visitor_of,
)
from dossier.foundation.pages.render import render

__all__ = [
    "CONFIRM",
    "LANGUAGES",
    "Page",
    "PageRoute",
    "Public",
    "cookie_name",
    "database_of",
    "form",
    "language_of",
    "origin_of",
    "render",
    "see_other",
    "visitor_of",
]
