"""HTML for people: who may see a page, forms that only our pages can send, templates, errors that say what to do."""

from dossier.foundation.pages.language import LANGUAGES
from dossier.foundation.pages.page import (
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
    "LANGUAGES",
    "Page",
    "PageRoute",
    "Public",
    "cookie_name",
    "database_of",
    "form",
    "origin_of",
    "render",
    "see_other",
    "visitor_of",
]
