"""Files over HTTP: attachments sent, read, changed and erased, and the list of them."""

from dossier.files.routes.changing import router as changing
from dossier.files.routes.held import FileRoutes
from dossier.files.routes.lists import router as lists
from dossier.files.routes.reading import router as reading
from dossier.files.routes.resuming import router as resuming
from dossier.files.routes.together import router as together
from dossier.files.routes.uploading import router as uploading

__all__ = ["ROUTERS", "FileRoutes"]

ROUTERS = (uploading, resuming, together, reading, changing, lists)
