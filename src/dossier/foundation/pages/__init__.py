"""HTML for people: who may see a page, forms that only our pages can send, templates, errors that say what to do."""

from dossier.foundation.pages.page import (
    Page,
    PageRoute,
    Public,
    cookie_name,
    database_of,
    form,
    see_other,
    visitor_of,
)
from dossier.foundation.pages.render import render

__all__ = ["Page", "PageRoute", "Public", "cookie_name", "database_of", "form", "render", "see_other", "visitor_of"]
