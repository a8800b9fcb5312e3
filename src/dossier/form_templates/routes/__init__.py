"""Form templates over HTTP: presets listed, with their options and pages; documents read and written; the addresses of old."""

from dossier.form_templates.routes.lists import router as lists
from dossier.form_templates.routes.reading import router as reading
from dossier.form_templates.routes.twins import router as twins
from dossier.form_templates.routes.writing import router as writing

__all__ = ["ROUTERS"]

ROUTERS = (reading, writing, lists, twins)
