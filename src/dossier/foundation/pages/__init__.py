"""HTML for people: who may see a page, forms that only our pages can send, templates, errors that say what to do."""

from dossier.foundation.pages.page import Page, PageRoute, Public, cookie_name, form, see_other
from dossier.foundation.pages.render import render

__all__ = ["Page", "PageRoute", "Public", "cookie_name", "form", "render", "see_other"]
