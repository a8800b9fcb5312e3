"""The shell for people outside, who come by a link: their area, their layout, their own styles and script."""

from dossier.web.portal.area import EMBEDDED, desk, portal
from dossier.web.portal.speaking import languages_asked, spoken
from dossier.web.portal.visitor import Brand, Visitor

__all__ = ["EMBEDDED", "Brand", "Visitor", "desk", "languages_asked", "portal", "spoken"]
